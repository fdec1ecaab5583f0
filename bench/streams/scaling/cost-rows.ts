/** The symbols of `docs/scaling.md`: read from its table, and measured anew as rows of it. */

import { OutriderError } from '#engine';
import { countText } from '../../report-html/number-text.ts';
import { median } from '../../statistics.ts';
import { isMiddle, type Measured } from './levels.ts';
import { roundText } from './markdown-table.ts';
import type { Costs } from './on-paper.ts';

/** Of those that the sweeps give; the others are of other benchmarks. */
export type MeasuredCosts = Pick<Costs, 'm' | 'a' | 'c' | 'b' | 'p'>;

const SYMBOLS: readonly (keyof Costs)[] = ['t', 'r', 'm', 'a', 'c', 'b', 'p', 's', 'g'];
/** `| symbol | what | figure unit, and more | by |`. */
const ROW = /^\| `(\w)` \| [^|]* \| ([\d.,]+) /gm;

/** Throws `bad-data` where a symbol has no row. */
export function readCosts(document: string): Costs {
  const found = new Map(
    [...document.matchAll(ROW)].map(([, symbol, figure]) => [
      symbol,
      Number(figure!.replaceAll(',', '')),
    ]),
  );
  const costs = SYMBOLS.map(symbol => {
    const figure = found.get(symbol);
    if (figure !== undefined) return [symbol, figure];
    const message = `scaling: the table of figures has no row \`${symbol}\`; give it one`;
    throw new OutriderError('bad-data', message);
  });
  return Object.fromEntries(costs) as Costs;
}

/** As many digits as the rows show: the tables on paper follow from what can be read. */
export function measuredCosts(measured: readonly Measured[]): MeasuredCosts {
  const of = (levels: readonly Measured[], read: (level: Measured) => readonly number[]) =>
    Number(median(levels.flatMap(read)).toPrecision(2));
  const us = (figures: readonly number[]) => figures.map(ns => ns / 1_000);
  const mapped = measured.filter(({ sweep }) => sweep === 'map');
  const middle = measured.filter(isMiddle);
  return {
    m: of(mapped, level => us(level.cpuNs)),
    a: of(mapped, level => us(level.brokerCpuNs)),
    c: of(middle, level => us(level.cpuNs)),
    b: of(middle, level => us(level.brokerCpuNs)),
    p: of(middle, level => level.recordsPerSecond),
  };
}

/** In the order in which the document has them. */
export function costRows({ m, a, c, b, p }: MeasuredCosts, measured: readonly Measured[]): string {
  const counted = measured.filter(({ sweep }) => sweep !== 'map');
  const over = (read: (level: Measured) => readonly number[], unit: number) => {
    const medians = counted.map(level => median(read(level)) / unit);
    const [low, high] = [Math.min(...medians), Math.max(...medians)].map(roundText);
    return ` (${low} to ${high} over all levels)`;
  };
  const row = (symbol: keyof MeasuredCosts, what: string, figure: string) =>
    `| \`${symbol}\` | ${what} | ${figure} | \`npm run bench -- streams scaling\` |`;
  return [
    row('m', 'a record through a map without state, at least once', `${m} us`),
    row('a', "the broker's time for it: one in, one out and read back", `${a} us`),
    row(
      'c',
      'a record counted in its window and joined, exactly once: two outputs and a changelog',
      `${c} us${over(each => each.cpuNs, 1_000)}`,
    ),
    row(
      'b',
      "the broker's time for it: one in, two out and read back, the changelog, the transaction",
      `${b} us${over(each => each.brokerCpuNs, 1_000)}`,
    ),
    row(
      'p',
      'what one process counts and joins, on cores shared with the broker and the reader',
      `${countText(p)} a second${over(each => each.recordsPerSecond, 1)}`,
    ),
  ].join('\n');
}
