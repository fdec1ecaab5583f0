/** Ticks over Kafka: each that the feed gave is in the topic once and reached the edge once. */
import { type SeenTick, seenTick } from '../brokers/seen-tick.ts';
import type { JudgedInvariant } from './invariant.ts';

export type GivenQuote = {
  readonly instrument: number;
  readonly bidIncrements: number;
  readonly askIncrements: number;
  readonly exchangeTimeNs: number;
};

export type TicksOnceInput = {
  /** What the feed gave the run, in order. */
  readonly delivered: readonly GivenQuote[];
  /** Of their times, nanoseconds since 1970. */
  readonly originNs: bigint;
  /** Values of the topic, of a partition in the order of its offsets. */
  readonly records: readonly Buffer[];
  /** What the edge's log says it took, in order. */
  readonly taken: readonly GivenQuote[];
};

/** An instrument is in one partition: its order there is that of the feed. */
export function judgeTicksOnce(input: TicksOnceInput): JudgedInvariant {
  const { delivered, originNs, records, taken } = input;
  const ticks = records.map(seenTick);
  const problems = ticks.flatMap((tick, at) =>
    tick === undefined ? [`record ${at}: ${records[at]!.length} bytes are no tick`] : [],
  );
  const seen = ticks.filter(tick => tick !== undefined);
  const given = byInstrument(delivered);
  const inTopic = byInstrument(seen.filter(({ kind }) => kind === 'quote'));
  const atEdge = byInstrument(taken);
  for (const instrument of new Set([...given.keys(), ...inTopic.keys(), ...atEdge.keys()])) {
    const wanted = (given.get(instrument) ?? []).map(quote => textOf(quote, originNs));
    const stored = (inTopic.get(instrument) ?? []).map(quote => textOf(quote, 0n));
    const reached = (atEdge.get(instrument) ?? []).map(quote => textOf(quote, originNs));
    problems.push(...differences(`instrument ${instrument} in the topic`, wanted, stored));
    problems.push(...differences(`instrument ${instrument} at the edge`, wanted, reached));
  }
  problems.push(...sequenceProblems(seen));
  const claim = 'each tick that the feed gave is in the topic once, in order, and at the edge once';
  return { name: 'ticksOnce', claim, checked: seen.length, violations: problems };
}

/** Numbers of a publisher go on by one: ticks of other kinds than quotes are counted by them. */
function sequenceProblems(seen: readonly SeenTick[]): string[] {
  return [...byInstrument(seen)].flatMap(([instrument, ticks]) => {
    const at = ticks.findIndex(({ sequence }, index) => sequence !== index + 1);
    if (at < 0) return [];
    return [`instrument ${instrument}: tick ${at + 1} has the number ${ticks[at]!.sequence}`];
  });
}

/** The first place where two lists part, and how many there are too few or too many. */
function differences(where: string, wanted: readonly string[], found: readonly string[]) {
  const problems: string[] = [];
  const at = wanted.findIndex((text, index) => found[index] !== text);
  if (at >= 0) problems.push(`${where}: ${found[at] ?? 'nothing'} where ${wanted[at]} belongs`);
  const more = found.length - wanted.length;
  if (more !== 0) problems.push(`${where}: ${Math.abs(more)} ${more < 0 ? 'lost' : 'too many'}`);
  return problems;
}

type Quoted = {
  readonly bidIncrements: number;
  readonly askIncrements: number;
  readonly exchangeTimeNs: number | bigint;
};

const textOf = ({ bidIncrements, askIncrements, exchangeTimeNs }: Quoted, originNs: bigint) =>
  `${bidIncrements}/${askIncrements} of ${BigInt(exchangeTimeNs) + originNs}`;

function byInstrument<Each extends { readonly instrument: number }>(
  all: readonly Each[],
): Map<number, Each[]> {
  const lists = new Map<number, Each[]>();
  for (const each of all) {
    const list = lists.get(each.instrument);
    if (list === undefined) lists.set(each.instrument, [each]);
    else list.push(each);
  }
  return lists;
}
