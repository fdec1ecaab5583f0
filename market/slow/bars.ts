/** Bars and rolling correlation from the mids of all instruments: slow, and off the tick path. */
import type { Nanoseconds } from '#engine';

export type Bar = {
  /** Start of the second or the minute. */
  startNs: Nanoseconds;
  /** Mids in half price increments. */
  open: number;
  high: number;
  low: number;
  close: number;
  /** Quotes in it. */
  quotes: number;
};

export type SlowFeatures = {
  /** Of each instrument, the last whole second and minute that had a quote. */
  seconds: (Bar | undefined)[];
  minutes: (Bar | undefined)[];
  /**
   * Of each pair `[first, second, value]` the correlation of the changes of the mid from second to
   * second over the last 60, in which both moved at least once; other pairs are left out.
   */
  correlations: [first: number, second: number, value: number][];
};

export type Bars = {
  /** Quotes of one instrument come in the order of their times. */
  show(instrument: number, timeNs: Nanoseconds, midHalfIncrements: number): void;
  features(): SlowFeatures;
};

const SECOND_NS = 1e9;
const MINUTE_NS = 60e9;
/** Seconds a correlation looks back. */
const WINDOW = 60;

type Series = { second: Bar | undefined; minute: Bar | undefined } & {
  lastSecond: Bar | undefined;
  lastMinute: Bar | undefined;
  /** Closes of whole seconds, by second modulo the window and one; NaN where there was none. */
  closes: Float64Array;
  closedSecond: number;
};

export function createBars(instruments: number): Bars {
  const all: Series[] = Array.from({ length: instruments }, () => ({
    ...{ second: undefined, minute: undefined, lastSecond: undefined, lastMinute: undefined },
    ...{ closes: new Float64Array(WINDOW + 1).fill(Number.NaN), closedSecond: -1 },
  }));
  return {
    show(instrument, timeNs, mid) {
      const series = all[instrument]!;
      const second = Math.floor(timeNs / SECOND_NS) * SECOND_NS;
      if (series.second !== undefined && series.second.startNs !== second) closeSecond(series);
      series.second = grown(series.second, second, mid);
      const minute = Math.floor(timeNs / MINUTE_NS) * MINUTE_NS;
      if (series.minute !== undefined && series.minute.startNs !== minute) {
        series.lastMinute = series.minute;
        series.minute = undefined;
      }
      series.minute = grown(series.minute, minute, mid);
    },
    features: () => ({
      seconds: all.map(({ lastSecond }) => lastSecond),
      minutes: all.map(({ lastMinute }) => lastMinute),
      correlations: correlationsOf(all),
    }),
  };
}

function grown(bar: Bar | undefined, startNs: Nanoseconds, mid: number): Bar {
  if (bar === undefined) {
    return { startNs, open: mid, high: mid, low: mid, close: mid, quotes: 1 };
  }
  bar.high = Math.max(bar.high, mid);
  bar.low = Math.min(bar.low, mid);
  bar.close = mid;
  bar.quotes++;
  return bar;
}

/** Seconds without a quote repeat the close before them: nothing changed. */
function closeSecond(series: Series): void {
  const bar = series.second!;
  const second = bar.startNs / SECOND_NS;
  const before = series.closes[series.closedSecond % (WINDOW + 1)] ?? Number.NaN;
  const first = series.closedSecond < 0 ? second : series.closedSecond + 1;
  for (let at = Math.max(first, second - WINDOW); at < second; at++) {
    series.closes[at % (WINDOW + 1)] = before;
  }
  series.closes[second % (WINDOW + 1)] = bar.close;
  series.closedSecond = second;
  series.lastSecond = bar;
  series.second = undefined;
}

function correlationsOf(all: readonly Series[]): SlowFeatures['correlations'] {
  const found: SlowFeatures['correlations'] = [];
  for (let first = 0; first < all.length; first++) {
    for (let second = first + 1; second < all.length; second++) {
      const value = correlation(all[first]!, all[second]!);
      if (value !== undefined) found.push([first, second, value]);
    }
  }
  return found;
}

/** Of the changes in the seconds that both have closed. */
function correlation(a: Series, b: Series): number | undefined {
  const last = Math.min(a.closedSecond, b.closedSecond);
  const oldest = Math.max(a.closedSecond, b.closedSecond) - WINDOW;
  let [count, sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0, 0];
  for (let at = Math.max(oldest + 1, 1); at <= last; at++) {
    const changeA = changeAt(a, at);
    const changeB = changeAt(b, at);
    if (Number.isNaN(changeA) || Number.isNaN(changeB)) continue;
    count++;
    sumA += changeA;
    sumB += changeB;
    squaresA += changeA * changeA;
    squaresB += changeB * changeB;
    products += changeA * changeB;
  }
  const varianceA = count * squaresA - sumA * sumA;
  const varianceB = count * squaresB - sumB * sumB;
  if (!(varianceA > 0 && varianceB > 0)) return undefined;
  return (count * products - sumA * sumB) / Math.sqrt(varianceA * varianceB);
}

function changeAt({ closes }: Series, second: number): number {
  return closes[second % (WINDOW + 1)]! - closes[(second - 1) % (WINDOW + 1)]!;
}
