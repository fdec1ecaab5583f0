/** Operators about orders and doubt: without these tests, one person could end a desk's doubt. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import { needsReconcile } from '../order/desk.ts';
import { configWith, RESTING, reportOn, scriptedVenue } from '../scripted-venue.ts';
import { listRisk } from './risk-listing.ts';

const strategies = ['alpha', 'beta'].map(name => ({ name, account: 'account' }));
const CONFIG = configWith({}, { strategies });

/** Orders of both strategies rest in both instruments. */
function resting() {
  const venue = scriptedVenue(CONFIG);
  venue.logOn();
  for (const strategy of [0, 1]) {
    for (const instrument of [0, 1]) venue.signal({ ...RESTING, strategy, instrument });
  }
  const orders = venue.sent().flatMap(sent => (sent.msgType === 'D' ? [sent] : []));
  expect(orders).toHaveLength(4);
  for (const order of orders) venue.say(reportOn(order));
  // As many orders as a second allows have left.
  venue.wait(2 * SECOND_NS);
  return { venue, orders, names: orders.map(({ clOrdId }) => clOrdId) };
}

const asked = (venue: ReturnType<typeof scriptedVenue>) =>
  venue.sent().map(sent => (sent.msgType === 'H' ? sent.clOrdId : sent.msgType));

describe('one operator asks', () => {
  it('after an order, and nothing new leaves for it until the answer', () => {
    const { venue, orders, names } = resting();
    const [name] = names;
    expect(venue.operate('ada', { kind: 'ask', about: `order:${name}` })).toEqual({
      ...{ status: 'applied', operator: 'ada' },
      text: `order:${name}: asked after 1 orders ${name}`,
    });
    expect(asked(venue)).toEqual([name]);
    venue.signal({ ...RESTING, limitIncrements: 99_980 });
    expect(venue.sent()).toEqual([]);
    venue.say(reportOn(orders[0]!, { execType: ExecType.orderStatus, execId: 'known' }));
    venue.signal({ ...RESTING, limitIncrements: 99_980 });
    expect(asked(venue)).toEqual(['G']);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it('after an order by the name of its unanswered change', () => {
    const { venue, names } = resting();
    venue.signal({ ...RESTING, limitIncrements: 99_980 });
    const [change] = venue.sent();
    const about = `order:${change?.msgType === 'G' ? change.clOrdId : ''}`;
    expect(venue.operate('ada', { kind: 'ask', about }).status).toBe('applied');
    expect(asked(venue)).toEqual([names[0]]);
  });

  it.each([
    ['firm', [0, 1, 2, 3]],
    ['venue:venue', [0, 1, 2, 3]],
    ['strategy:beta', [2, 3]],
    ['instrument:BTCUSDT', [1, 3]],
    ['desk:desk', [0, 1, 2, 3]],
    ['account:USD', [0, 2]],
  ])('after all of %s, and no other', (about, which) => {
    const { venue, names } = resting();
    expect(venue.operate('ada', { kind: 'ask', about }).status).toBe('applied');
    expect(asked(venue)).toEqual(which.map(at => names[at]));
  });

  it.each([
    ['order:20140502-000099', 'nothing of it is at work'],
    ['order:x', 'nothing of it is at work'],
    ['strategy:gamma', 'not there'],
  ])('after %s in vain, and is told why', (about, text) => {
    const { venue } = resting();
    const outcome = venue.operate('ada', { kind: 'ask', about });
    expect(outcome).toMatchObject({ status: 'refused', text: expect.stringContaining(text) });
    expect(venue.sent()).toEqual([]);
  });

  it('while the venue is away, which is asked by its logon', () => {
    const { venue } = resting();
    venue.gateway.onDisconnected();
    const { text } = venue.operate('ada', { kind: 'ask', about: 'firm' });
    expect(text).toBe("firm: asked after 0 orders; 4 with their venue's next logon");
    expect(venue.sent()).toEqual([]);
  });
});

describe('a desk in doubt', () => {
  const vouch = { kind: 'vouch', strategy: 'alpha', symbol: 'EURUSD' } as const;

  /** A fill beyond the order: two lots of one. */
  function inDoubt() {
    const { venue, orders } = resting();
    const over = { execType: ExecType.trade, ordStatus: OrdStatus.filled, leavesQty: '0' } as const;
    const fill = { execId: 'over', lastQty: '2000', lastPx: '0.99990', cumQty: '2000' };
    venue.say(reportOn(orders[0]!, { ...over, ...fill }));
    return venue;
  }

  it('grows again once two operators say that it is reconciled, not by one asking twice', () => {
    const venue = inDoubt();
    const [desk] = venue.gateway.state.desks;
    venue.signal({ desiredLots: 5 });
    expect([venue.sent(), needsReconcile(desk!)]).toEqual([[], true]);
    expect(listRisk(venue.gateway.state).doubts).toEqual([
      { strategy: 'alpha', symbol: 'EURUSD', isInDoubt: true, missingOrders: 0 },
    ]);
    expect(venue.operate('ada', vouch).status).toBe('waiting');
    expect(venue.operate('ada', vouch).status).toBe('refused');
    expect(needsReconcile(desk!)).toBe(true);
    expect(venue.operate('bea', vouch)).toMatchObject({
      status: 'applied',
      text:
        'alpha EURUSD was in doubt, is not; position 2 lots, 0 lots held apart; ' +
        'asked for by ada',
    });
    expect(listRisk(venue.gateway.state).doubts).toEqual([]);
    venue.signal({ desiredLots: 5 });
    expect(venue.sent()).toMatchObject([{ msgType: 'D', orderQty: '3000' }]);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it('stays so while fills are missing, which is said', () => {
    const venue = inDoubt();
    const [desk] = venue.gateway.state.desks;
    desk!.missingOrders = 1;
    venue.operate('ada', vouch);
    expect(venue.operate('bea', vouch).text).toContain('fills of 1 orders were never told');
    expect(needsReconcile(desk!)).toBe(true);
  });

  it.each([
    ['a strategy that is none', { ...vouch, strategy: 'gamma' }, 'strategy gamma: not there'],
    ['an instrument that is none', { ...vouch, symbol: 'X' }, 'instrument X: not there'],
    ['a desk that is not', { ...vouch, strategy: 'beta' }, 'beta EURUSD: not in doubt'],
  ])('is asked about by %s, and the first operator is told so', (_, action, text) => {
    expect(inDoubt().operate('ada', action)).toMatchObject({ status: 'refused', text });
  });
});
