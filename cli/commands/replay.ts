/** `outrider replay DIR`: a run once more from its logs, against what the venue received. */
import { join } from 'node:path';
import { OutriderError } from '#engine';
import type { ChainReading } from '#gateway';
import { type Comparison, compareRun } from '../run/compare.ts';
import { parentLines } from '../run/parent-lines.ts';
import { replayGateway } from '../run/replay-logs.ts';
import { examineAll, replayFromSnapshot } from '../run/snapshot-replay.ts';
import { type Command, parseOptions } from './command.ts';

export const replayCommand: Command = {
  name: 'replay',
  summary: 're-runs a run from its input logs and compares the bytes: outrider replay DIR',
  help: () =>
    [
      'usage: outrider replay DIR [--from-snapshot | --verify-snapshots | --parents]',
      '',
      'DIR is a run folder, or the --out of `outrider gateway`. Compared is what the venue',
      'received; where it was a process elsewhere, what was sent to it. A run with its gateway',
      'elsewhere has no bytes to compare: replay the folder of that gateway.',
      '',
      '  --from-snapshot              steps the log from the newest good snapshot on, and no more',
      '  --verify-snapshots           steps the whole log and judges every snapshot beside it',
      '  --parents                    prints parent orders of execution policies, slice by slice',
      '',
      'Exit 0: `identical: N messages, sha256 ...`, or after a crash `identical prefix: N of M`;',
      'then the hash chain over all that was sent. Exit 1: the first difference, with its record.',
    ].join('\n'),
  async run(given) {
    const kinds = { fromSnapshot: 'flag', verifySnapshots: 'flag', parents: 'flag' } as const;
    const { values, positionals } = parseOptions(given, kinds, 1);
    const [directory] = positionals;
    if (directory === undefined) {
      throw new OutriderError('bad-usage', 'DIR: missing; give the folder of a run');
    }
    if (values.fromSnapshot === true) return replayTail(directory);
    if (values.verifySnapshots === true) return verifySnapshots(directory);
    if (values.parents === true) return printParents(directory);
    const comparison = compareRun(directory);
    const line = comparisonLine(comparison);
    if (comparison.kind === 'different') console.error(line);
    else console.log(line);
    console.log(chainLine(comparison.chain));
    return comparison.kind === 'different' ? 1 : 0;
  },
};

const chainLine = ({ messages, tip }: ChainReading) => `chain: ${messages} messages, ${tip}`;

function replayTail(directory: string): number {
  const tail = replayFromSnapshot(join(directory, 'gateway.log'));
  if (tail === undefined) {
    const message = `${directory}: no good snapshot; replay without --from-snapshot`;
    throw new OutriderError('bad-usage', message);
  }
  const { fromOffset, records, chain } = tail;
  console.log(`from the snapshot at record ${fromOffset}: ${records} records`);
  console.log(chainLine(chain));
  return 0;
}

function printParents(directory: string): number {
  for (const line of parentLines(join(directory, 'gateway.log'))) console.log(line);
  return 0;
}

/** The log's own marks are compared with the state at each; a difference ends the replay. */
function verifySnapshots(directory: string): number {
  const logDirectory = join(directory, 'gateway.log');
  const { records, chain } = replayGateway(logDirectory, NO_PORTS);
  const examined = examineAll(logDirectory);
  for (const each of examined) {
    const isGood = 'snapshot' in each;
    const found = isGood ? `good, ${each.snapshot.hash}` : `BAD: ${each.problem}`;
    console.log(`snapshot at record ${each.offset}: ${found}`);
  }
  console.log(`${records} records stepped`);
  console.log(chainLine(chain));
  return examined.every(each => 'snapshot' in each) ? 0 : 1;
}

const NO_PORTS = { connected() {}, message() {}, signal() {} };

export function comparisonLine(comparison: ReturnType<typeof compareRun>): string {
  const against = ' (with fix/outbound.fix, what was sent: the venue keeps what it received)';
  return `${outcome(comparison)}${comparison.compared === 'sent' ? against : ''}`;
}

function outcome(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'identical': {
      const lost = comparison.lost === 0 ? '' : `, ${comparison.lost} lost with their connection`;
      return `identical: ${comparison.messages} messages, sha256 ${comparison.sha256}${lost}`;
    }
    case 'prefix':
      return `identical prefix: ${comparison.messages} of ${comparison.of}`;
    case 'different':
      return `different: ${comparison.at}`;
  }
}
