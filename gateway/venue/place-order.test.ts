/** Types and times in force at the paper venue: what rests where it must not would trade. */
import { describe, expect, it } from 'vitest';
import type { ApplicationMessage } from '../fix/message.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import { ExecType } from '../fix/order-status.ts';
import { OrdType, TimeInForce } from '../fix/order-type.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import type { VenueEvent } from './market.ts';
import { recordedMarket } from './recorded-market.ts';
import { createVenue } from './venue.ts';

const TIME = '20140502-10:00:00.000';
const TERMS = { symbol: 'EUR/USD', side: '1', transactTime: TIME } as const;

/** A venue that shows five lots a side of 1.00000 to 1.00010. */
function newVenue(said: ApplicationMessage[] = []) {
  const market = recordedMarket(INSTRUMENTS.map(() => ({ quoteSizeLots: 5, bandIncrements: 50 })));
  const venue = createVenue(market, INSTRUMENTS, said);
  const kept = (reports: ApplicationMessage[]) => {
    said.push(...reports);
    return reports.flatMap(each => (each.msgType === '8' ? [briefly(each)] : [each.msgType]));
  };
  return {
    said,
    say: (message: ApplicationMessage) => kept(venue.onMessage(message, TIME)),
    quote(bidIncrements: number, askIncrements: number) {
      const events: VenueEvent[] = [];
      const prices = { bidIncrements, askIncrements, exchangeTimeNs: 0 };
      market.onQuote({ kind: 'quote', instrument: 0, ...prices }, events);
      return kept(venue.onEvents(events, TIME));
    },
  };
}

const NAMES: Record<string, string> = {
  ...{ [ExecType.new]: 'new', [ExecType.trade]: 'fill', [ExecType.expired]: 'expired' },
  ...{ [ExecType.canceled]: 'cancelled', [ExecType.replaced]: 'replaced' },
  ...{ [ExecType.rejected]: 'rejected' },
};

const briefly = ({ execType, lastQty = '', lastPx = '' }: ApplicationMessage & { msgType: '8' }) =>
  `${NAMES[execType]} ${lastQty} ${lastPx}`.trim();

const order = (differing: Partial<NewOrderSingle>): NewOrderSingle => ({
  ...{ msgType: 'D', clOrdId: 'a', orderQty: '3000', postOnly: false, ...TERMS },
  ...differing,
});

function traded(differing: Partial<NewOrderSingle>): string[] {
  const venue = newVenue();
  venue.quote(100_000, 100_010);
  return venue.say(order(differing));
}

const IOC = { price: '1.00010', timeInForce: TimeInForce.immediateOrCancel };
const FOK = { price: '1.00010', timeInForce: TimeInForce.fillOrKill };
const MARKET = { ordType: OrdType.market };
const STOP = { ordType: OrdType.stop, stopPx: '1.00020' };

describe('an order', () => {
  const cases: [string, Partial<NewOrderSingle>, string[]][] = [
    ['at the market trades at the touch', MARKET, ['new', 'fill 3000 1.00010']],
    [
      'at the market rests with nothing that it cannot trade',
      { ...MARKET, orderQty: '7000' },
      ['new', 'fill 5000 1.00010', 'expired'],
    ],
    [
      'for at once trades what is there',
      { ...IOC, orderQty: '7000' },
      ['new', 'fill 5000 1.00010', 'expired'],
    ],
    [
      'for at once expires where nothing is there',
      { ...IOC, price: '1.00009' },
      ['new', 'expired'],
    ],
    ['for all or nothing trades all', { ...FOK, orderQty: '5000' }, ['new', 'fill 5000 1.00010']],
    ['for all or nothing trades nothing', { ...FOK, orderQty: '6000' }, ['new', 'expired']],
    ['with a stop waits', STOP, ['new']],
    [
      'with a stop that is reached trades',
      { ...STOP, stopPx: '1.00010' },
      ['new', 'fill 3000 1.00010'],
    ],
  ];
  it.each(cases)('%s', (_, differing, expected) => {
    expect(traded(differing)).toEqual(expected);
  });

  it('at the market is refused before there is one', () => {
    expect(newVenue().say(order(MARKET))).toEqual(['rejected']);
  });
});

describe('a stop order', () => {
  it('becomes a market order with the quote that reaches it, for what it asks by then', () => {
    const venue = newVenue();
    venue.quote(100_000, 100_010);
    venue.say(order(STOP));
    const change = { clOrdId: 'b', orderQty: '4000', stopPx: '1.00015' };
    expect(venue.say({ ...order({ ...STOP, ...change }), msgType: 'G', origClOrdId: 'a' })).toEqual(
      ['replaced'],
    );
    expect(venue.quote(100_004, 100_014)).toEqual([]);
    expect(venue.quote(100_010, 100_020)).toEqual(['fill 4000 1.00020']);
  });

  it('is cancelled while it waits, and waits on in a venue that was started again', () => {
    const venue = newVenue();
    venue.quote(100_000, 100_010);
    venue.say(order(STOP));
    venue.say(order({ ...STOP, clOrdId: 'b', stopPx: '0.99990', side: '2' }));
    const again = newVenue(venue.said);
    again.quote(100_000, 100_010);
    const cancel = { msgType: 'F', clOrdId: 'c', origClOrdId: 'a', orderQty: '3000' } as const;
    expect(again.say({ ...cancel, ...TERMS })).toEqual(['cancelled']);
    expect(again.quote(99_989, 99_999)).toEqual(['fill 3000 0.99989']);
  });
});
