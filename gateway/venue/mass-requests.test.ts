/** Questions and cancels about all orders: without these tests, some would be left at the venue. */
import { describe, expect, it } from 'vitest';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import type { OrderMassCancelRequest } from '../fix/order-mass-cancel-request.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import { recordedMarket } from './recorded-market.ts';
import { createVenue } from './venue.ts';

const TIME = '20140502-10:00:00.000';

/** Two orders of the first instrument, one of them a stop, and one of the second. */
function venueOfThree() {
  const market = recordedMarket(INSTRUMENTS.map(() => ({ quoteSizeLots: 5, bandIncrements: 50 })));
  const venue = createVenue(market, INSTRUMENTS);
  for (const instrument of INSTRUMENTS.keys()) {
    const quote = { bidIncrements: 100_000, askIncrements: 100_010, exchangeTimeNs: 0 };
    market.onQuote({ kind: 'quote', instrument, ...quote }, []);
  }
  const order = (clOrdId: string, differing: Partial<NewOrderSingle>) =>
    venue.onMessage(
      {
        ...{ msgType: 'D', clOrdId, orderQty: '3000', postOnly: false, side: '1' },
        ...{ symbol: 'EUR/USD', transactTime: TIME, ...differing },
      },
      TIME,
    );
  order('rests', { price: '0.99990' });
  order('stop', { ordType: '3', stopPx: '1.00050' });
  order('other', { symbol: 'BTCUSDT', orderQty: '0.003', price: '9999.00' });
  const cancelAll = (differing: Partial<OrderMassCancelRequest> = {}) =>
    venue.onMessage(
      { msgType: 'q', clOrdId: 'mass', transactTime: TIME, type: '7', ...differing },
      TIME,
    );
  const open = () => venue.onMessage({ msgType: 'AF', massStatusReqId: 'how' }, TIME);
  return { cancelAll, open, venue };
}

const names = (reports: object[]) =>
  reports.map(report => ('clOrdId' in report ? report.clOrdId : undefined));

describe('a mass cancel', () => {
  it('ends every order, each with a report of its own, stops that wait too', () => {
    const { cancelAll, open } = venueOfThree();
    const [taken, ...ended] = cancelAll();
    const of = { clOrdId: 'mass', type: '7', response: '7', totalAffectedOrders: 3 };
    expect(taken).toMatchObject({ msgType: 'r', ...of });
    expect(names(ended)).toEqual(['rests', 'stop', 'other']);
    for (const report of ended) {
      const over = { execType: ExecType.canceled, ordStatus: OrdStatus.canceled };
      expect(report).toMatchObject({ ...over, leavesQty: expect.stringMatching(/^0/) });
    }
    expect(names(open())).toEqual([undefined]);
  });

  it('of a security leaves the others', () => {
    const { cancelAll, open } = venueOfThree();
    const [taken, ...ended] = cancelAll({ type: '1', symbol: 'EUR/USD' });
    expect(taken).toMatchObject({ response: '1', symbol: 'EUR/USD', totalAffectedOrders: 2 });
    expect(names(ended)).toEqual(['rests', 'stop']);
    expect(names(open())).toEqual(['other']);
  });

  it.each([
    ['a scope that it does not have', { type: '3' }, 0, '530=3 is not supported'],
    ['a symbol that is not listed', { type: '1', symbol: 'GBP/USD' }, 1, 'symbol GBP/USD'],
    ['no symbol', { type: '1' }, 1, 'unknown symbol'],
  ] as const)(
    'for %s is refused with the reason, and cancels nothing',
    (_, asked, reason, text) => {
      const { cancelAll, open } = venueOfThree();
      const [refused, ...more] = cancelAll(asked);
      expect(refused).toMatchObject({ msgType: 'r', response: '0', rejectReason: reason });
      expect(refused).toMatchObject({ text: expect.stringContaining(text) });
      expect([more, names(open())]).toEqual([[], ['rests', 'stop', 'other']]);
    },
  );
});

describe('a mass status', () => {
  it('counts its reports and marks the last, or nobody would know that it was all', () => {
    const reports = venueOfThree().open();
    expect(reports).toMatchObject([
      { totNumReports: 3, lastRptRequested: false, massStatusReqId: 'how' },
      { totNumReports: 3, lastRptRequested: false },
      { totNumReports: 3, lastRptRequested: true },
    ]);
  });

  it('of no orders is one report that says so', () => {
    const { cancelAll, open } = venueOfThree();
    cancelAll();
    expect(open()).toMatchObject([
      {
        ...{ execType: ExecType.orderStatus, ordStatus: OrdStatus.rejected, text: 'no orders' },
        ...{ massStatusReqId: 'how', totNumReports: 0, lastRptRequested: true },
      },
    ]);
  });
});

it('counts executions that the other side does not know, and says nothing to it', () => {
  const { venue } = venueOfThree();
  const of = { execId: '1', orderId: '1', side: '1', symbol: 'EUR/USD' } as const;
  expect(venue.onMessage({ msgType: 'Q', ...of, reason: 'D' }, TIME)).toEqual([]);
  expect(venue.counts().disputed).toBe(1);
});
