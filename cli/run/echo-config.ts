/** The configuration file of `outrider venue --echo`: an address and QuickFIX's settings. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import {
  readSessionSettings,
  type SessionSettings,
  type TlsIdentity,
  unknownSettings,
} from '#gateway';
import { type Address, parseAddress } from '../commands/address.ts';
import { readCredentialsFile } from './credentials-file.ts';
import { readJsonOption } from './option-file.ts';
import { readTls } from './tls-files.ts';

export type EchoConfig = {
  listen: Address & { tls?: TlsIdentity | undefined };
  sessions: SessionSettings[];
  /** Where numbers and messages outlive the process; undefined for memory. */
  storePath: string | undefined;
  /** Names that mean nothing here; QuickFIX ignores such settings too. */
  unknown: string[];
};

/** A thousand sessions fit well. */
const BYTES_MAX = 1 << 20;

const OWN = ['listen', 'echo', 'Sessions', 'FileStorePath', 'CredentialsFile'] as const;
const TLS = ['TlsCertificateFile', 'TlsKeyFile', 'TlsAuthoritiesFile'] as const;

const fileSchema = z.looseObject({
  listen: z.union([z.string(), z.int().min(0).max(65_535)]),
  echo: z.literal(true, 'give true, or leave it out').default(true),
  TlsCertificateFile: z.string().optional(),
  TlsKeyFile: z.string().optional(),
  TlsAuthoritiesFile: z.string().optional(),
  Sessions: z.array(z.looseObject({})).min(1).max(1_000).optional(),
});

/**
 * Settings of the file hold for each of its `Sessions`, which may change them; without any it is
 * one session. Throws `bad-config` naming file, field, value and remedy.
 */
export function loadEchoConfig(path: string): EchoConfig {
  const file = fileSchema.safeParse(readJsonOption(path, BYTES_MAX));
  if (!file.success) {
    const [issue] = file.error.issues;
    throw new OutriderError('bad-config', `${path}: ${issue!.path.join('.')}: ${issue!.message}`);
  }
  const { listen, echo: _, Sessions: given = [{}], ...common } = file.data;
  const sessions = given.map((own, index) => {
    try {
      return readSessionSettings(withCredentials({ ...common, ...own }));
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
  const tls = readTls({
    certificate: file.data.TlsCertificateFile,
    key: file.data.TlsKeyFile,
    authorities: file.data.TlsAuthoritiesFile,
  });
  const known = [...OWN, ...TLS];
  const address = typeof listen === 'number' ? `127.0.0.1:${listen}` : listen;
  return {
    listen: { ...parseAddress('listen', address), tls },
    sessions,
    storePath: typeof common.FileStorePath === 'string' ? common.FileStorePath : undefined,
    unknown: [...new Set([common, ...given].flatMap(each => unknownSettings(each, known)))],
  };
}

/** Username and Password may stand in a file of their own. */
function withCredentials({ CredentialsFile: path, ...settings }: Record<string, unknown>): object {
  return path === undefined ? settings : { ...settings, ...readCredentialsFile(String(path)) };
}
