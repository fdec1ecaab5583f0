/** `npm run bench -- gateway replay`: a log of mixed records gives the same bytes, however read. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openResults } from '../replay/results.ts';
import { textTable } from '../table.ts';
import type { Replayed } from './replay-log.ts';
import { type MixedLog, writeMixedLog } from './write-mixed-log.ts';

const RECORDS = 1_000_000;
const SEED = 1;

export type GatewayReplays = {
  written: MixedLog & { seconds: number };
  full: Replayed;
  fromSnapshot: Replayed;
  twins: Replayed;
  /** All bytes, chains and states are equal. */
  isEqual: boolean;
};

/** The gateway writes the log; three processes then step it on their own. */
export async function measureGatewayReplays(
  directory: string,
  { records = RECORDS, seed = SEED } = {},
): Promise<GatewayReplays> {
  mkdirSync(directory, { recursive: true });
  const begin = process.hrtime.bigint();
  const log = writeMixedLog({ directory, seed, records });
  const written = { ...log, seconds: Number(process.hrtime.bigint() - begin) / 1e9 };
  const full = await replayed(directory, [], {});
  const fromSnapshot = await replayed(directory, ['snapshot'], {});
  const twins = await replayed(directory, [], { OUTRIDER_TWINS: '1' });
  return {
    ...{ written, full, fromSnapshot, twins },
    isEqual:
      written.sha256 === full.sha256 &&
      [fromSnapshot, twins].every(each => sameOf(each) === sameOf(full)) &&
      twins.sha256 === full.sha256,
  };
}

const sameOf = ({ tailSha256, chainTip, messages, stateHash }: Replayed) =>
  JSON.stringify([tailSha256, chainTip, messages, stateHash]);

async function replayed(
  directory: string,
  parameters: readonly string[],
  environment: Record<string, string>,
): Promise<Replayed> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'replay-log.ts'), directory, ...parameters],
    { env: { ...process.env, ...environment } },
  );
  return JSON.parse(stdout) as Replayed;
}

/** Prints the figures; 1 where anything differs. */
export async function benchGatewayReplay(records = RECORDS): Promise<number> {
  const results = openResults('gateway-replay');
  const replays = await measureGatewayReplays(results.folderOf('log'), { records });
  results.write({ ...replays });
  const { written, full, fromSnapshot, twins, isEqual } = replays;
  const rate = (each: { records: number; seconds: number }) =>
    Math.round(each.records / each.seconds).toLocaleString('en-US');
  const row = (name: string, { records: count, ...each }: Replayed) => [
    ...[name, String(count), rate({ records: count, ...each })],
    ...[each.sha256.slice(0, 16), each.tailSha256.slice(0, 16), each.chainTip.slice(0, 16)],
    each.stateHash.slice(0, 16),
  ];
  console.log(`commit     ${results.commit}`);
  console.log(`records    ${JSON.stringify(written.kinds)}`);
  console.log(`messages   ${full.messages}, SHA-256 of all bytes sent ${full.sha256}\n`);
  console.log(
    textTable([
      ['', 'records', 'records/s', 'all bytes', 'second half', 'chain', 'state'],
      ['gateway', String(written.records), rate(written), written.sha256.slice(0, 16)],
      row('whole log', full),
      row('from the snapshot', fromSnapshot),
      row(`whole log, ${twins.kernels}`, twins),
    ]),
  );
  console.log(`\n${isEqual ? 'all equal' : 'DIFFERENT'}`);
  console.log('on another clone: npm run bench -- gateway replay; SHA-256 must be the same');
  console.log(results.path);
  return isEqual ? 0 : 1;
}
