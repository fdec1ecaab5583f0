/** Lost and doubled ticks are planted: a reader that misses one would pass a broker that loses. */
import { expect, it } from 'vitest';
import { tickSchema } from '#market';
import { judgeTicksOnce, type TicksOnceInput } from './ticks-once.ts';

const ORIGIN_NS = 1_700_000_000_000_000_000n;

/** Six quotes of two instruments, as the product's own codec writes them. */
function sound(): TicksOnceInput & { records: Buffer[] } {
  const delivered = Array.from({ length: 6 }, (_, at) => ({
    ...{ instrument: at % 2, bidIncrements: 100 + at, askIncrements: 102 + at },
    exchangeTimeNs: at * 1_000_000,
  }));
  const { codec } = tickSchema(ORIGIN_NS);
  const records = delivered.map((quote, at) => {
    const sequence = Math.floor(at / 2) + 1;
    return Buffer.from(codec.encode({ sequence, tick: { kind: 'quote', ...quote } }));
  });
  return { delivered, originNs: ORIGIN_NS, records, taken: delivered };
}

const without = <Each>(list: readonly Each[], at: number) => list.filter((_, each) => each !== at);
const twice = <Each>(list: readonly Each[], at: number) => list.toSpliced(at, 0, list[at]!);
const violations = (change: Partial<TicksOnceInput>) =>
  judgeTicksOnce({ ...sound(), ...change }).violations.join('; ');

it('has nothing to say of ticks that came through once', () => {
  expect(judgeTicksOnce(sound())).toMatchObject({ checked: 6, violations: [] });
});

const { records, taken } = sound();
it.each<[string, Partial<TicksOnceInput>, string]>([
  ['a lost one', { records: without(records, 2) }, 'instrument 0 in the topic: 1 lost'],
  ['a lost last one', { records: without(records, 5) }, 'instrument 1 in the topic: 1 lost'],
  ['a doubled one', { records: twice(records, 2) }, 'instrument 0 in the topic: 1 too many'],
  ['two that changed places', { records: records.toReversed() }, 'where 100/102 of'],
  ['a number left out', { records: without(records, 0) }, 'tick 1 has the number 2'],
  ['half a record', { records: [...records, records[0]!.subarray(0, 32)] }, '32 bytes are no'],
  ['one lost on the way to the edge', { taken: without(taken, 3) }, '1 at the edge: 1 lost'],
  ['one that the edge took twice', { taken: twice(taken, 3) }, '1 at the edge: 1 too many'],
  ['nothing at all', { records: [] }, 'in the topic: 3 lost'],
])('finds %s', (_, change, problem) => {
  expect(violations(change)).toContain(problem);
});
