/** Quotes of a run's further paper venues: equal ones would leave its router nothing to choose. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { quotesOff } from './paper-venues.ts';

const quote = (seconds: number) => ({
  ...({ kind: 'quote', instrument: 0, exchangeTimeNs: seconds * SECOND_NS } as const),
  ...{ bidIncrements: 100, askIncrements: 103 },
});

it('are off by as much on both sides, and by something else after a while', () => {
  const shown = [0, 4, 5, 10, 15].map(seconds => quotesOff([quote(seconds)], 1)[0]!);
  expect(shown.map(({ bidIncrements }) => bidIncrements)).toEqual([100, 100, 102, 98, 100]);
  for (const { bidIncrements, askIncrements } of shown) {
    expect(askIncrements - bidIncrements).toBe(3);
  }
  expect(quotesOff([quote(0)], 2)[0]!.bidIncrements).toBe(102);
});
