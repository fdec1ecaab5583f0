/** The configuration file of `outrider venue --echo`: an address and QuickFIX's settings. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OutriderError } from '#engine';
import { readSessionSettings, type SessionSettings, unknownSettings } from '#gateway';
import { type Address, parseAddress } from '../commands/address.ts';

export type EchoConfig = {
  listen: Address;
  sessions: SessionSettings[];
  /** Names that mean nothing here; QuickFIX ignores such settings too. */
  unknown: string[];
};

const OWN = ['listen', 'echo', 'Sessions'] as const;

const fileSchema = z.looseObject({
  listen: z.union([z.string(), z.int().min(0).max(65_535)]),
  echo: z.literal(true, 'give true, or leave it out').default(true),
  Sessions: z.array(z.looseObject({})).min(1).max(1_000).optional(),
});

/**
 * Settings of the file hold for each of its `Sessions`, which may change them; without any it is
 * one session. Throws `bad-config` naming file, field, value and remedy.
 */
export function loadEchoConfig(path: string): EchoConfig {
  const file = fileSchema.safeParse(readJson(path));
  if (!file.success) {
    const [issue] = file.error.issues;
    throw new OutriderError('bad-config', `${path}: ${issue!.path.join('.')}: ${issue!.message}`);
  }
  const { listen, echo: _, Sessions: given = [{}], ...common } = file.data;
  const sessions = given.map((own, index) => {
    try {
      return readSessionSettings({ ...common, ...own });
    } catch (error) {
      if (!(error instanceof OutriderError)) throw error;
      const place = given.length > 1 ? ` session ${index + 1}:` : '';
      throw new OutriderError('bad-config', `${path}:${place} ${error.message}`);
    }
  });
  const names = sessions.map(
    ({ SenderCompID, TargetCompID }) => `${SenderCompID}->${TargetCompID}`,
  );
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new OutriderError('bad-config', `${path}: session ${twice} is there twice; drop one`);
  }
  return {
    listen: parseAddress('listen', typeof listen === 'number' ? `127.0.0.1:${listen}` : listen),
    sessions,
    unknown: [...new Set([common, ...given].flatMap(each => unknownSettings(each, OWN)))],
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const message = `${path}: ${(cause as Error).message}; give a JSON file`;
    throw new OutriderError('bad-config', message, { cause });
  }
}
