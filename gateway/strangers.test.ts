/** Executions of orders that are none of ours: without these tests, they could pass for ours. */
import { expect, it } from 'vitest';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { configWith, reportOn, scriptedVenue } from './scripted-venue.ts';

const FILL = {
  ...{ execType: ExecType.trade, ordStatus: OrdStatus.filled, leavesQty: '0' },
  ...{ lastQty: '2000', lastPx: '1.00010', cumQty: '2000', orderQty: '2000' },
} as const;

function venueOf(hasDontKnowTrade: boolean) {
  const venue = scriptedVenue(configWith({ hasDontKnowTrade }));
  venue.logOn();
  return venue;
}

it('are disowned where the venue takes that, once each, in the words of the execution', () => {
  const venue = venueOf(true);
  const fill = reportOn({ clOrdId: 'another' }, FILL);
  venue.say(fill);
  venue.say(fill);
  venue.say({ ...fill, execId: 'second' });
  const of = { orderId: 'Vanother', side: '1', symbol: 'EUR/USD', reason: 'D', orderQty: '2000' };
  expect(venue.sent()).toMatchObject([
    { msgType: 'Q', execId: 'Eanother', lastQty: '2000', lastPx: '1.00010', ...of },
    { msgType: 'Q', execId: 'second', ...of },
  ]);
  // Told twice, it is one fill here too.
  expect(venue.gateway.state.strangers.lots).toEqual([4, 0]);
  expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
});

it('are disowned of a symbol that is none here, too', () => {
  const venue = venueOf(true);
  venue.say(reportOn({ clOrdId: 'another', symbol: 'GBP/USD' }, FILL));
  expect(venue.sent()).toMatchObject([{ msgType: 'Q', symbol: 'GBP/USD' }]);
});

it('are not disowned of an order of ours that has ended, or one that is only asked after', () => {
  const venue = venueOf(true);
  venue.signal({});
  const [order] = venue.sent();
  if (order?.msgType !== 'D') throw new Error('no order left');
  venue.say(reportOn(order, { ...FILL, lastQty: '1000', cumQty: '1000' }));
  venue.say(reportOn(order, { ...FILL, execId: 'late' }));
  venue.say(reportOn({ clOrdId: 'another' }, { ...FILL, execType: ExecType.orderStatus }));
  expect(venue.gateway.state.desks[0]!.holding.positionLots).toBe(3);
  expect(venue.sent().filter(({ msgType }) => msgType === 'Q')).toEqual([]);
});

it('change no byte where the venue does not take it', () => {
  const venue = venueOf(false);
  venue.say(reportOn({ clOrdId: 'another' }, FILL));
  expect(venue.sent()).toEqual([]);
});
