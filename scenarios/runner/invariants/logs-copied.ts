/** A run's logs on their topics: what was journalled is there once, in order, byte for byte. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { readLog } from '#engine';
import type { TopicRecord } from '../brokers/read-topic.ts';
import type { JudgedInvariant } from './invariant.ts';

/** By name of a log: its own records, as they are on the run's disk. */
export type LogRecords = ReadonlyMap<string, readonly Uint8Array[]>;

type CopiedRecord = Pick<TopicRecord, 'key' | 'value'>;

/** A run's logs by the names under which they are copied; a gateway elsewhere keeps its own. */
export function logsOf(runDirectory: string): LogRecords {
  // A payload is good until the next one is read.
  const payloads = (directory: string) =>
    Array.from(readLog({ directory }), ({ payload }) => Uint8Array.from(payload));
  return new Map(
    ['edge', 'gateway']
      .filter(name => existsSync(`${runDirectory}/${name}.log`))
      .map(name => [
        `${basename(runDirectory)}.${name}-log`,
        payloads(`${runDirectory}/${name}.log`),
      ]),
  );
}

export function judgeLogsCopied(
  logs: LogRecords,
  copied: readonly CopiedRecord[],
): JudgedInvariant {
  const violations: string[] = [];
  let checked = 0;
  for (const [name, wanted] of logs) {
    const found = copied.filter(({ key }) => key === name);
    const at = wanted.findIndex((bytes, index) => !found[index]?.value.equals(bytes));
    if (at >= 0) violations.push(`${name}: record ${at} is another in its topic`);
    const more = found.length - wanted.length;
    if (more !== 0) {
      violations.push(`${name}: ${Math.abs(more)} ${more < 0 ? 'lost' : 'too many'}`);
    }
    checked += wanted.length;
  }
  const claim = 'the logs of the run are on their topics, each record once and in order';
  return { name: 'logsCopied', claim, checked, violations };
}
