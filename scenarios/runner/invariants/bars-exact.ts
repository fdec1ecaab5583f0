/** A group's results are those that its input must give: nothing lost, doubled or left unsaid. */
import {
  add,
  type BarRules,
  barText,
  expectedBars,
  type SeenTrade,
} from '../streams/expected-bars.ts';
import type { JudgedInvariant } from './invariant.ts';

export type BarsInput = {
  /** By key, what the sender knows it sent. */
  readonly sent: ReadonlyMap<string, number>;
  readonly trades: readonly SeenTrade[];
  /** Of each partition in the order of offsets. */
  readonly bars: readonly (Numbered & { startMs: number; count: number; sum: number })[];
  readonly late: readonly Numbered[];
  readonly dead: readonly Numbered[];
};

type Numbered = { readonly key: string; readonly number: number };

export function judgeBars(input: BarsInput, rules: BarRules): JudgedInvariant {
  const { sent, trades, bars, late, dead } = input;
  const expected = expectedBars(trades, rules);
  const violations = [
    ...[...sent].flatMap(([key, count]) => inputProblems(key, count, trades)),
    ...differences('result', expected.bars, byKey(bars, barText)),
    ...differences('late record', expected.late, byKey(late, numberText)),
    ...differences('dead letter', expected.dead, byKey(dead, numberText)),
  ];
  const parts = `${bars.length} results, ${late.length} late, ${dead.length} dead letters`;
  const claim = `each record changed its bar once, in order, or is among the late ones: ${parts}`;
  return { name: 'barsExact', claim, checked: trades.length, violations };
}

const numberText = ({ number }: Numbered) => String(number);

/** What was sent is in the input once, in order: else nothing behind it could be judged. */
function inputProblems(key: string, count: number, trades: readonly SeenTrade[]): string[] {
  const numbers = trades.filter(trade => trade.key === key).map(({ number }) => number);
  const at = numbers.findIndex((number, index) => number !== index + 1);
  if (at >= 0) return [`${key}: record ${numbers[at]} is in the input where ${at + 1} belongs`];
  return numbers.length === count ? [] : [`${key}: ${numbers.length} of ${count} in the input`];
}

function byKey<Each extends Numbered>(all: readonly Each[], textOf: (each: Each) => string) {
  const texts = new Map<string, string[]>();
  for (const each of all) add(texts, each.key, textOf(each));
  return texts;
}

type Texts = ReadonlyMap<string, readonly string[]>;

/** Of each key the first place where the lists part, and how many are missing or too many. */
function differences(what: string, expected: Texts, found: Texts): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap(key => {
    const wanted = expected.get(key) ?? [];
    const seen = found.get(key) ?? [];
    const at = wanted.findIndex((text, index) => seen[index] !== text);
    const more = seen.length - wanted.length;
    return [
      ...(at < 0 ? [] : [`${key}: ${what} ${seen[at] ?? 'nothing'} where ${wanted[at]} belongs`]),
      ...(more === 0
        ? []
        : [`${key}: ${Math.abs(more)} ${what}s ${more < 0 ? 'lost' : 'too many'}`]),
    ];
  });
}
