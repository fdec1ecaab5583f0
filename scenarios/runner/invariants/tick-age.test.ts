/** Stale orders are planted: a checker that misses one would pass a gateway that sends it. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS } from '#engine';
import { judgeTickAge, type TickAgeInput } from './tick-age.ts';

const ms = (count: number) => count * MILLISECOND_NS;
const QUOTE = { instrument: 0, bidIncrements: 100, askIncrements: 102 };

/** A quote at 1 s, its signal a millisecond later, and an order from that. */
function traces(sentMs: number, tickMs = 1000): TickAgeInput {
  const quote = { ...QUOTE, exchangeTimeNs: 0, arrivedNs: ms(1000), deliveredNs: ms(1000) };
  const signal = { ...QUOTE, timeNs: ms(1001), tickTimeNs: ms(tickMs) };
  return {
    delivered: [quote],
    signals: [signal],
    orders: [{ id: 'A', instrument: 0, sentNs: ms(sentMs) }],
  };
}

const violations = (input: TickAgeInput) => judgeTickAge(input, ms(1000)).judged.violations;

describe('the age of the tick behind an order', () => {
  it('passes a fresh order and samples its age', () => {
    const { judged, ages } = judgeTickAge(traces(1002), ms(1000));
    expect(judged).toMatchObject({ checked: 1, violations: [] });
    expect(ages).toEqual([{ atNs: ms(1002), value: ms(2) }]);
  });

  it('finds an order from a tick that is too old', () => {
    expect(violations(traces(2000))).toEqual([]);
    expect(violations(traces(2001))).toEqual(['A: rests on a tick 1001 ms old']);
  });

  it('finds a tick that is old by its own signal, though the same quote came again', () => {
    expect(violations(traces(1002, 1))).toEqual(['A: rests on a tick 1001 ms old']);
  });

  it('counts a quote that was delivered again from its first time', () => {
    const input = traces(2500, 2400);
    const again = { ...input.delivered[0]!, deliveredNs: ms(2400) };
    const repeated = { ...input, delivered: [...input.delivered, again] };
    expect(violations(repeated)).toEqual(['A: rests on a tick 1500 ms old']);
  });

  it('finds an order that rests on a quote which the feed had not given', () => {
    const input = traces(1002);
    const other = { ...input.delivered[0]!, bidIncrements: 99 };
    expect(violations({ ...input, delivered: [other] })).toEqual([
      'A: rests on 100/102, which the feed had not given',
    ]);
  });

  it('takes a quote that came by a clock a little ahead, rather than the same of long ago', () => {
    const input = traces(2002, 2000);
    const again = { ...input.delivered[0]!, arrivedNs: ms(2004), deliveredNs: ms(2004) };
    const repeated = { ...input, delivered: [...input.delivered, again] };
    expect(violations(repeated)).toEqual([]);
    const late = { ...again, deliveredNs: ms(2005) };
    expect(violations({ ...input, delivered: [...input.delivered, late] })).toHaveLength(1);
  });

  it('finds an order before any signal of its instrument', () => {
    const input = traces(1002);
    const signals = input.signals.map(signal => ({ ...signal, instrument: 1 }));
    expect(violations({ ...input, signals })).toEqual(['A: no signal came before it']);
  });
});
