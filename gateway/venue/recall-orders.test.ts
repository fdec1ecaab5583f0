/** A venue after a restart: without these tests, orders could be lost, doubled or miscounted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecutionReport } from '../fix/execution-report.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import type { VenueEvent } from './market.ts';
import { recordedMarket } from './recorded-market.ts';
import { createVenue } from './venue.ts';

const TIME = '20140502-10:00:00.000';
const RULES = { quoteSizeLots: 5, bandIncrements: 50 };
/** Names of orders and requests; few, so that they are used again. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A venue that goes on after `said`, and everything it says from then on. */
function openVenue(said: ApplicationMessage[] = [], instruments = INSTRUMENTS) {
  const market = recordedMarket(INSTRUMENTS.map(() => RULES));
  const venue = createVenue(market, instruments, said);
  const reports = [...said];
  const heard = (given: ApplicationMessage[]) => {
    reports.push(...given);
    return given;
  };
  heard(venue.resume(TIME));
  return {
    reports,
    say: (message: ApplicationMessage) => heard(venue.onMessage(message, TIME)),
    quote(bidIncrements: number, askIncrements: number, instrument = 0) {
      const events: VenueEvent[] = [];
      const prices = { bidIncrements, askIncrements, exchangeTimeNs: 0 };
      market.onQuote({ kind: 'quote', instrument, ...prices }, events);
      return heard(venue.onEvents(events, TIME));
    },
  };
}

type Opened = ReturnType<typeof openVenue>;

const terms = { symbol: 'EUR/USD', side: '1', transactTime: TIME } as const;
const order = (clOrdId: string, orderQty: string, price: string): ApplicationMessage => ({
  ...{ msgType: 'D', clOrdId, orderQty, price, postOnly: false, ...terms },
});
const status = (clOrdId: string): ApplicationMessage => ({ msgType: 'H', clOrdId, ...terms });
const cancel = (clOrdId: string, origClOrdId: string): ApplicationMessage => ({
  ...{ msgType: 'F', clOrdId, origClOrdId, orderQty: '1000', ...terms },
});

const name = fc.constantFrom(...NAMES);
const asked = {
  clOrdId: name,
  // Some are between two lots or increments, out of the band, or of a symbol nobody lists.
  orderQty: fc.constantFrom('1000', '4000', '7000', '12000', '500', '0'),
  price: fc.constantFrom('0.99990', '1.00000', '1.00010', '1.00015', '1.00011', '1.5', '0.999905'),
  side: fc.constantFrom('1' as const, '2' as const),
  postOnly: fc.boolean(),
  symbol: fc.constantFrom('EUR/USD', 'EUR/USD', 'EUR/USD', 'GBP/USD'),
  transactTime: fc.constant(TIME),
};
const request: fc.Arbitrary<ApplicationMessage> = fc.oneof(
  fc.record({ msgType: fc.constant('D' as const), ...asked }),
  fc.record({ msgType: fc.constant('G' as const), ...asked, origClOrdId: name }),
  fc.record({ msgType: fc.constant('F' as const), ...asked, origClOrdId: name }),
  fc.record({ msgType: fc.constant('H' as const), ...asked }),
);
const quote = fc.tuple(fc.integer({ min: 99_985, max: 100_005 }), fc.integer({ min: 1, max: 15 }));
const script = fc.array(fc.oneof({ weight: 3, arbitrary: request }, quote), { maxLength: 40 });

function perform({ say, quote: show }: Opened, steps: readonly (ApplicationMessage | number[])[]) {
  for (const step of steps) {
    if (Array.isArray(step)) show(step[0]!, step[0]! + step[1]!);
    else say(step);
  }
}

/** Reports without the numbers that two venues give out apart. */
const unnumbered = (reports: ApplicationMessage[]) =>
  reports.map(report => ({ ...report, execId: '', orderId: '' }));

const isReport = (message: ApplicationMessage): message is ExecutionReport =>
  message.msgType === '8';

describe('a venue that goes on from its own reports', () => {
  it('knows each order as the one before did, and treats it the same from then on', () => {
    fc.assert(
      fc.property(script, script, (before, after) => {
        const first = openVenue();
        first.quote(100_000, 100_010);
        perform(first, before);
        // Until then both show a side's size anew.
        first.quote(99_000, 101_000);
        const second = openVenue(first.reports.slice());
        second.quote(99_000, 101_000);
        for (const each of NAMES) {
          expect(unnumbered(second.say(status(each)))).toEqual(unnumbered(first.say(status(each))));
        }
        const at = [first.reports.length, second.reports.length];
        perform(first, after);
        perform(second, after);
        expect(unnumbered(second.reports.slice(at[1]))).toEqual(
          unnumbered(first.reports.slice(at[0])),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('gives no number twice, or a receiver would take a new report for an old one', () => {
    fc.assert(
      fc.property(script, script, (before, after) => {
        const first = openVenue();
        first.quote(100_000, 100_010);
        perform(first, before);
        const { reports, ...second } = openVenue(first.reports);
        second.quote(100_000, 100_010);
        perform({ reports, ...second }, after);
        const ids = reports.filter(isReport).map(({ execId }) => execId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 100 },
    );
  });

  it('adds up: what was filled before and after is what a status says', () => {
    const first = openVenue();
    first.quote(100_000, 100_010);
    first.say(order('a', '7000', '1.00010'));
    const second = openVenue(first.reports);
    second.quote(99_980, 100_009);
    const total = { cumQty: '7000', leavesQty: '0', ordStatus: OrdStatus.filled };
    expect(second.say(status('a'))[0]).toMatchObject({ ...total, avgPx: '1.00010' });
    const fills = second.reports.filter(isReport).filter(each => each.execType === ExecType.trade);
    expect(fills.map(({ lastQty }) => lastQty)).toEqual(['5000', '2000']);
  });

  it('cancels what rested, and remembers each name', () => {
    const first = openVenue();
    first.quote(100_000, 100_010);
    first.say(order('a', '3000', '0.99990'));
    const second = openVenue(first.reports);
    const duplicate = { execType: ExecType.rejected, text: 'duplicate ClOrdID a' };
    expect(second.say(order('a', '3000', '0.99990'))).toEqual([expect.objectContaining(duplicate)]);
    const cancelled = { execType: ExecType.canceled, clOrdId: 'b', origClOrdId: 'a' };
    expect(second.say(cancel('b', 'a'))).toEqual([expect.objectContaining(cancelled)]);
    const third = openVenue(second.reports);
    expect(third.say(cancel('c', 'a'))[0]).toMatchObject({ msgType: '9', cxlRejReason: 0 });
  });

  it('keeps an order that must not trade on arrival from it, also under another limit', () => {
    const first = openVenue();
    first.quote(100_000, 100_010);
    first.say({ ...order('a', '3000', '0.99990'), postOnly: true } as ApplicationMessage);
    const second = openVenue(first.reports);
    second.quote(100_000, 100_010);
    const crossing = { ...order('b', '3000', '1.00010'), msgType: 'G', origClOrdId: 'a' };
    expect(second.say(crossing as ApplicationMessage)[0]).toMatchObject({
      ...{ msgType: '9', text: 'post-only-would-trade' },
    });
  });

  it('does not start without an instrument that an open order is of', () => {
    const first = openVenue();
    first.quote(100_000, 100_010);
    first.say(order('a', '3000', '0.99990'));
    const without = () => openVenue(first.reports, INSTRUMENTS.slice(1));
    expect(without).toThrow('order 1 of EUR/USD is open; list it as before, or begin anew');
    first.say(cancel('b', 'a'));
    expect(without().say(status('a'))[0]).toMatchObject({ orderId: 'NONE' });
  });
});
