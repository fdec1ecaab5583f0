/** An operator's side: a key of their own, and a gateway that runs in a folder. */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { OutriderError, wallClock, wallTimers } from '#engine';
import {
  askControl,
  CONTROL_SOCKET,
  type OperatorAction,
  type OperatorOutcome,
  type RiskListing,
  signCommand,
} from '#gateway';
import { readKey } from './operator-key.ts';

/** What each command that signs is given. */
export type Signer = { out: string; operator: string; key: KeyObject };

/** Options of every command that signs. */
export const SIGNER_KINDS = { out: 'text', operator: 'text', key: 'text' } as const;

export const SIGNER_LINES = [
  '  --out DIR                    folder of the gateway that runs',
  '  --operator NAME              who asks, as the desk file has the name',
  '  --key FILE                   their private key, PEM; see `outrider keys`',
];

/** Folder of a gateway that runs; throws `bad-usage` where it is missing. */
export function readOut({ out }: Record<string, unknown>): string {
  if (typeof out === 'string') return out;
  throw new OutriderError('bad-usage', 'out: missing; give --out DIR');
}

/** Throws `bad-usage` for what is missing, `bad-config` for a file that is no Ed25519 key. */
export function readSigner(values: Record<string, unknown>): Signer {
  const [out, operator, file] = ['out', 'operator', 'key'].map(name => {
    const value = values[name];
    if (typeof value === 'string') return value;
    throw new OutriderError('bad-usage', `${name}: missing; give --${name}`);
  }) as [string, string, string];
  return { out, operator, key: readKey(file) };
}

/** Signs an action for the gateway that runs in the folder, and says its outcome. */
export async function operate(signer: Signer, action: OperatorAction): Promise<number> {
  const { gateway } = await showGateway(signer.out);
  const { operator, key } = signer;
  const bytes = signCommand({ operator, gateway, unixMs: Date.now(), action }, key);
  return report((await ask(signer.out, { kind: 'command', bytes })) as OperatorOutcome);
}

/** Has the gateway compare a statement of positions with its own, and says the outcome. */
export async function compareStatement(out: string, bytes: Uint8Array): Promise<number> {
  return report((await ask(out, { kind: 'statement', bytes })) as OperatorOutcome);
}

export const showGateway = async (out: string): Promise<RiskListing> =>
  (await ask(out, { kind: 'show' })) as RiskListing;

function ask(out: string, question: Parameters<typeof askControl>[1]): Promise<unknown> {
  const clock = wallClock(0n);
  return askControl(join(out, CONTROL_SOCKET), question, { clock, timers: wallTimers(clock) });
}

const EXITS = { applied: 0, refused: 1, differs: 1, waiting: 3 } as const;

/** Says what came of it; 0 applied, 1 refused or differing, 3 waits for a second operator. */
function report(outcome: OperatorOutcome): number {
  console.log(`${outcome.status}: ${outcome.text}`);
  return EXITS[outcome.status];
}
