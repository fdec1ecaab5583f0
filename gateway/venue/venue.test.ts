/** The paper venue's desk: without these tests, its reports could say what never happened. */
import { describe, expect, it } from 'vitest';
import type { ApplicationMessage } from '../fix/message.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import type { OrderCancelReplaceRequest } from '../fix/order-cancel-replace-request.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import type { VenueEvent } from './market.ts';
import { recordedMarket } from './recorded-market.ts';
import { createVenue } from './venue.ts';

const TIME = '20140502-10:00:00.000';

/** A venue that shows five lots a side of 1.00000 to 1.00010, and 0.00050 of band. */
function newVenue() {
  const rules = { quoteSizeLots: 5, bandIncrements: 50 };
  const market = recordedMarket(INSTRUMENTS.map(() => rules));
  const venue = createVenue(market, INSTRUMENTS);
  const say = (message: ApplicationMessage) => venue.onMessage(message, TIME);
  const quote = (bidIncrements: number, askIncrements: number, instrument = 0) => {
    const events: VenueEvent[] = [];
    const prices = { bidIncrements, askIncrements, exchangeTimeNs: 0 };
    market.onQuote({ kind: 'quote', instrument, ...prices }, events);
    return venue.onEvents(events, TIME);
  };
  quote(100_000, 100_010);
  quote(100_000, 100_010, 1);
  return { say, quote };
}

const TERMS = { symbol: 'EUR/USD', side: '1', transactTime: TIME } as const;

const order = (clOrdId: string, differing: Partial<NewOrderSingle> = {}): NewOrderSingle => ({
  ...{ msgType: 'D', clOrdId, orderQty: '3000', price: '0.99990', postOnly: false, ...TERMS },
  ...differing,
});
const replace = (
  clOrdId: string,
  origClOrdId: string,
  differing: Partial<OrderCancelReplaceRequest> = {},
): OrderCancelReplaceRequest => ({
  ...order(clOrdId),
  ...{ msgType: 'G', origClOrdId },
  ...differing,
});
const cancel = (clOrdId: string, origClOrdId: string): ApplicationMessage => ({
  ...{ msgType: 'F', clOrdId, origClOrdId, orderQty: '3000', ...TERMS },
});
const status = (clOrdId: string): ApplicationMessage => ({
  ...{ msgType: 'H', clOrdId, symbol: TERMS.symbol, side: TERMS.side },
});

describe('a new order', () => {
  it('is accepted, and filled at the touch with exact figures', () => {
    const { say } = newVenue();
    const [accepted, fill] = say(order('a', { orderQty: '7000', price: '1.00020' }));
    expect(accepted).toMatchObject({ execType: ExecType.new, ordStatus: '0', leavesQty: '7000' });
    expect(fill).toMatchObject({
      ...{ execType: ExecType.trade, ordStatus: OrdStatus.partiallyFilled, clOrdId: 'a' },
      ...{ lastQty: '5000', lastPx: '1.00010', avgPx: '1.00010' },
      ...{ cumQty: '5000', leavesQty: '2000', orderQty: '7000', price: '1.00020' },
    });
  });

  const refusals: [string, Partial<NewOrderSingle>, RegExp][] = [
    ['of an unknown symbol', { symbol: 'GBP/USD' }, /unknown symbol GBP\/USD/],
    ['of a part of a lot', { orderQty: '1500' }, /quantity 1500/],
    ['of nothing', { orderQty: '0' }, /quantity 0/],
    ['of less than nothing', { orderQty: '-1000' }, /quantity -1000/],
    ['between two increments', { price: '0.999905' }, /price 0.999905/],
    ['far beyond the touch', { price: '1.00061' }, /price-out-of-band/],
    ['that must not trade but would', { price: '1.00010', postOnly: true }, /post-only/],
  ];
  it.each(refusals)('%s is refused with the reason', (_, differing, text) => {
    const { say } = newVenue();
    const reports = say(order('a', differing));
    const refused = { execType: ExecType.rejected, ordStatus: OrdStatus.rejected, clOrdId: 'a' };
    expect(reports).toEqual([expect.objectContaining({ ...refused, ordRejReason: 99 })]);
    expect(reports[0]).toMatchObject({ text: expect.stringMatching(text) });
    expect(say(cancel('b', 'a'))[0]).toMatchObject({ msgType: '9' });
  });

  it('under a name that was used is refused, and the first one stays', () => {
    const { say } = newVenue();
    say(order('a'));
    const [refused] = say(order('a', { price: '0.99995' }));
    expect(refused).toMatchObject({ execType: ExecType.rejected, text: 'duplicate ClOrdID a' });
    expect(say(status('a'))[0]).toMatchObject({ ordStatus: OrdStatus.new, price: '0.99990' });
  });
});

describe('a cancel or replace', () => {
  it('goes by the new name after a replace, and the old one is too late', () => {
    const { say } = newVenue();
    say(order('a'));
    const [replaced] = say(replace('b', 'a', { orderQty: '4000', price: '0.99995' }));
    expect(replaced).toMatchObject({
      ...{ execType: ExecType.replaced, clOrdId: 'b', origClOrdId: 'a' },
      ...{ orderQty: '4000', price: '0.99995', leavesQty: '4000', ordStatus: '0' },
    });
    expect(say(cancel('c', 'a'))[0]).toMatchObject({ msgType: '9', cxlRejReason: 0 });
    expect(say(cancel('d', 'b'))[0]).toMatchObject({
      ...{ execType: ExecType.canceled, clOrdId: 'd', origClOrdId: 'b', leavesQty: '0' },
    });
  });

  it('comes too late for an order that is filled, and says of which request', () => {
    const { say, quote } = newVenue();
    say(order('a'));
    expect(quote(99_980, 99_989)[0]).toMatchObject({ ordStatus: OrdStatus.filled });
    const late = { msgType: '9', cxlRejReason: 0, ordStatus: OrdStatus.filled, origClOrdId: 'a' };
    expect(say(cancel('b', 'a'))).toEqual([expect.objectContaining(late)]);
    expect(say(cancel('b', 'a'))[0]).toMatchObject({ cxlRejResponseTo: '1', clOrdId: 'b' });
    expect(say(replace('c', 'a'))[0]).toMatchObject({ ...late, cxlRejResponseTo: '2' });
  });

  it('of an order that never was is refused as unknown', () => {
    const { say } = newVenue();
    const unknown = { msgType: '9', orderId: 'NONE', cxlRejReason: 1 };
    expect(say(cancel('b', 'a'))[0]).toMatchObject(unknown);
    expect(say(replace('b', 'a'))[0]).toMatchObject(unknown);
  });

  it('under the name of another order is refused, or that one could not be reached', () => {
    const { say } = newVenue();
    say(order('a'));
    say(order('b', { price: '0.99980' }));
    expect(say(replace('b', 'a'))[0]).toMatchObject({ msgType: '9', cxlRejReason: 6 });
    expect(say(status('b'))[0]).toMatchObject({ price: '0.99980' });
    expect(say(cancel('c', 'b'))[0]).toMatchObject({ execType: ExecType.canceled });
  });

  it('that cannot be read or done leaves the order as it was', () => {
    const { say } = newVenue();
    say(order('a'));
    const wrong = [{ orderQty: '1500' }, { price: '0.999905' }, { price: '1.00061' }];
    for (const differing of wrong) {
      expect(say(replace('b', 'a', differing))[0]).toMatchObject({ msgType: '9', clOrdId: 'b' });
    }
    expect(say(status('a'))[0]).toMatchObject({ price: '0.99990', leavesQty: '3000' });
    expect(say(replace('b', 'a'))[0]).toMatchObject({ execType: ExecType.replaced });
  });

  it('to no more than is filled ends the order, under the name of the request', () => {
    const { say } = newVenue();
    say(order('a', { orderQty: '7000', price: '1.00010' }));
    expect(say(replace('b', 'a', { orderQty: '5000', price: '1.00010' }))).toEqual([
      expect.objectContaining({ execType: ExecType.canceled, clOrdId: 'b', cumQty: '5000' }),
    ]);
  });
});

describe('a status', () => {
  it('of an order nobody sent says so instead of nothing', () => {
    const { say } = newVenue();
    expect(say(status('a'))).toEqual([
      expect.objectContaining({
        ...{ execType: ExecType.orderStatus, ordStatus: OrdStatus.rejected, orderId: 'NONE' },
        ...{ clOrdId: 'a', cumQty: '0', leavesQty: '0' },
      }),
    ]);
  });

  it('counts what is filled and averages its prices to the nearest increment', () => {
    const { say, quote } = newVenue();
    say(order('a', { orderQty: '7000', price: '1.00010' }));
    say(replace('b', 'a', { orderQty: '7000', price: '1.00002' }));
    quote(99_990, 100_001);
    expect(say(status('a'))[0]).toMatchObject({
      ...{ clOrdId: 'b', cumQty: '7000', leavesQty: '0', ordStatus: OrdStatus.filled },
      avgPx: '1.00008',
    });
  });
});

it('numbers its reports one by one, or a receiver could not tell a repetition', () => {
  const { say } = newVenue();
  const reports = [order('a'), order('b', { symbol: 'none' }), status('a'), status('c')].flatMap(
    say,
  );
  const numbers = reports.map(report => (report.msgType === '8' ? report.execId : ''));
  expect(numbers).toEqual(['1', '2', '3', '4']);
});
