/** Any tick there can be, for property tests: each field present or absent. */
import fc from 'fast-check';
import type { Tick } from './tick.ts';

const time = fc.integer({ min: 0, max: 2 ** 51 });
const lots = fc.integer({ min: 0, max: 2 ** 40 });
const price = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const flag = maybe(fc.constant(true as const));

const stamped = {
  ...{ instrument: fc.nat(4096), exchangeTimeNs: time, isTimeEstimated: flag },
  ...{ receiveTimeNs: maybe(time), merged: maybe(fc.integer({ min: 1, max: 2 ** 32 - 1 })) },
};
const ofKind = <T extends Tick['kind']>(kind: T) => ({ kind: fc.constant(kind), ...stamped });

/** Absent fields are absent, not undefined. */
export const anyTick: fc.Arbitrary<Tick> = fc
  .oneof(
    fc.record({
      ...ofKind('quote'),
      ...{ bidIncrements: price, askIncrements: price, bidLots: maybe(lots), askLots: maybe(lots) },
    }),
    fc.record({
      ...{ ...ofKind('trade'), priceIncrements: price, sizeLots: maybe(lots) },
      aggressor: maybe(fc.constantFrom('buy' as const, 'sell' as const)),
    }),
    fc.record({
      ...{ ...ofKind('level'), side: fc.constantFrom('bid' as const, 'ask' as const) },
      ...{ priceIncrements: price, sizeLots: lots, hasMore: flag },
    }),
    fc.record(ofKind('snapshot')),
    fc.record(ofKind('gap')),
  )
  .map(given => {
    const present = Object.entries(given).filter(([, value]) => value !== undefined);
    return Object.fromEntries(present) as Tick;
  });

const STAMPED = ['instrument', 'exchangeTimeNs', 'isTimeEstimated', 'receiveTimeNs', 'merged'];
const FIELDS: Record<Tick['kind'], readonly string[]> = {
  quote: [...STAMPED, 'bidIncrements', 'askIncrements', 'bidLots', 'askLots'],
  trade: [...STAMPED, 'priceIncrements', 'sizeLots', 'aggressor'],
  level: [...STAMPED, 'side', 'priceIncrements', 'sizeLots', 'hasMore'],
  snapshot: STAMPED,
  gap: STAMPED,
};

/** What a tick says: the fields of its kind that are there, whatever else its object carries. */
export function saidBy(tick: Tick): Tick {
  const given = Object.entries(tick).filter(
    ([field, value]) => value !== undefined && FIELDS[tick.kind].includes(field),
  );
  return { kind: tick.kind, ...Object.fromEntries(given) } as Tick;
}
