/** What the group must have made of its input: worked out anew from the documented rules alone. */

/** A record of the input, of its partition in the order of offsets. Times since 1970. */
export type SeenTrade = {
  readonly partition: number;
  readonly key: string;
  readonly number: number;
  readonly sentMs: number;
  /** Its event time. */
  readonly timeMs: number;
};

export type BarRules = {
  readonly windowMs: number;
  readonly latenessMs: number;
  readonly outOfOrderMs: number;
  readonly aheadMaxMs: number;
};

/** By key and in order: results as text, and numbers of the records that make none. */
export type ExpectedBars = {
  readonly bars: ReadonlyMap<string, readonly string[]>;
  readonly late: ReadonlyMap<string, readonly string[]>;
  readonly dead: ReadonlyMap<string, readonly string[]>;
};

export const barText = (bar: { startMs: number; count: number; sum: number; number: number }) =>
  `bar ${bar.startMs} with record ${bar.number}: ${bar.count} of sum ${bar.sum}`;

/**
 * Event time of a partition: the latest of its times less what may be out of order. A record comes
 * too late once its bar's end and the lateness have passed; one ahead of its sender moves nothing.
 */
export function expectedBars(trades: readonly SeenTrade[], rules: BarRules): ExpectedBars {
  const { windowMs, latenessMs, outOfOrderMs, aheadMaxMs } = rules;
  const expected = { bars: lists(), late: lists(), dead: lists() };
  const passedMs = new Map<number, number>();
  const held = new Map<string, { count: number; sum: number }>();
  for (const { partition, key, number, sentMs, timeMs } of trades) {
    if (timeMs > sentMs + aheadMaxMs) {
      add(expected.dead, key, String(number));
      continue;
    }
    const startMs = timeMs - (timeMs % windowMs);
    const watermarkMs = passedMs.get(partition) ?? Number.NEGATIVE_INFINITY;
    passedMs.set(partition, Math.max(watermarkMs, timeMs - outOfOrderMs));
    if (startMs + windowMs + latenessMs <= watermarkMs) {
      add(expected.late, key, String(number));
      continue;
    }
    const name = `${key} ${startMs}`;
    const { count, sum } = held.get(name) ?? { count: 0, sum: 0 };
    const bar = { count: count + 1, sum: sum + number };
    held.set(name, bar);
    add(expected.bars, key, barText({ ...bar, startMs, number }));
  }
  return expected;
}

const lists = () => new Map<string, string[]>();

export function add(to: Map<string, string[]>, key: string, text: string): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [text]);
  else list.push(text);
}
