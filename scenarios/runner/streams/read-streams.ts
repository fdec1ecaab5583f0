/** Input and results of a group, read by a client that shares no code with it. */
import { TOPICS } from '../../streams/bars-member.ts';
import { readTopic, type TopicRecord } from '../brokers/read-topic.ts';
import type { StreamScenario } from '../file/stream-scenario.ts';
import { expectedBars, type SeenTrade } from './expected-bars.ts';

export type SeenBar = {
  readonly key: string;
  readonly number: number;
  readonly sentMs: number;
  readonly startMs: number;
  readonly count: number;
  readonly sum: number;
  /** When the broker took it, milliseconds since 1970. */
  readonly atMs: number;
};

/** A record that has no bar; `atMs` as above. */
export type SeenRest = { readonly key: string; readonly number: number; readonly atMs: number };

export type StreamRecords = {
  readonly trades: readonly SeenTrade[];
  readonly bars: readonly SeenBar[];
  readonly late: readonly SeenRest[];
  readonly dead: readonly SeenRest[];
};

/** Waits for as many results as the input must have, while members still work on them. */
export async function readStreams(
  addresses: readonly string[],
  scenario: StreamScenario,
): Promise<StreamRecords> {
  const read = (topic: string, expected: number) => readTopic({ addresses, topic, expected });
  const trades = (await readTopic({ addresses, topic: TOPICS.trades })).map(seenTrade);
  const expected = expectedBars(trades, rulesOf(scenario));
  const [bars, late, dead] = await Promise.all([
    read(TOPICS.bars, countOf(expected.bars)),
    read(TOPICS.late, countOf(expected.late)),
    read(TOPICS.dead, countOf(expected.dead)),
  ]);
  const rest = (record: TopicRecord): SeenRest => {
    const { key, number } = seenTrade(record);
    return { key, number, atMs: record.timestampMs };
  };
  return { trades, bars: bars.map(seenBar), late: late.map(rest), dead: dead.map(rest) };
}

export const rulesOf = ({ streams }: StreamScenario) => ({
  ...{ windowMs: streams.window, latenessMs: streams.lateness },
  ...{ outOfOrderMs: streams.outOfOrder, aheadMaxMs: streams.ahead },
});

const countOf = (lists: ReadonlyMap<string, readonly string[]>) =>
  [...lists.values()].reduce((sum, { length }) => sum + length, 0);

function seenTrade({ partition, key, value, timestampMs }: TopicRecord): SeenTrade {
  const { number, sentMs } = JSON.parse(value.toString()) as Pick<SeenTrade, 'number' | 'sentMs'>;
  return { partition, key, number, sentMs, timeMs: timestampMs };
}

function seenBar({ key, value, timestampMs }: TopicRecord): SeenBar {
  const bar = JSON.parse(value.toString()) as Omit<SeenBar, 'key' | 'atMs'>;
  return { ...bar, key, atMs: timestampMs };
}
