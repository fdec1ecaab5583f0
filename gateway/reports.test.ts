/** Reports that do not fit: without these tests, a fill could be lost without a word. */
import { describe, expect, it } from 'vitest';
import { createGatewayEffects } from './effects.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { OrderCancelReject } from './fix/order-cancel-reject.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { needsReconcile } from './order/desk.ts';
import { createWorkingOrder, type Pending } from './order/working-order.ts';
import { CONFIG } from './paper-world.ts';
import { applyReport, applyWithheld } from './reports.ts';
import { createGatewayState } from './state.ts';

const TERMS = { symbol: 'EUR/USD', side: '1', transactTime: '20140502-10:00:00.000' } as const;

const FIRST = { date: 20_140_502, serial: 1 };
const SECOND = { date: 20_140_502, serial: 2 };
const first = '20140502-000001';
const second = '20140502-000002';

const pendingOf = (kind: Pending['kind']): Pending => ({
  ...{ kind, clientOrderId: kind === 'new' ? FIRST : SECOND },
  ...{ lots: 9, limitIncrements: 100_001 },
});

const FILL: ExecutionReport = {
  ...{ msgType: '8', clOrdId: first, orderId: '1', execId: '1', ...TERMS },
  ...{ ordStatus: OrdStatus.partiallyFilled, execType: ExecType.trade, avgPx: '1.00000' },
  ...{ cumQty: '2000', leavesQty: '8000', lastQty: '2000', lastPx: '1.00000' },
};

const CANCEL_REJECT: OrderCancelReject = {
  ...{ msgType: '9', clOrdId: second, origClOrdId: first, orderId: '1' },
  ...{ ordStatus: OrdStatus.new, cxlRejResponseTo: '1' },
};

function gatewayWith(pending?: Pending) {
  const state = createGatewayState(CONFIG);
  const desk = state.desks[0]!;
  desk.orders.push({
    ...createWorkingOrder(),
    ...{ clientOrderId: { ...FIRST }, side: 1, lots: 10, filledLots: 0, limitIncrements: 100_000 },
    ...{ postOnly: false, pending, isUnknown: false },
  });
  const effects = createGatewayEffects();
  const at = { state, venue: state.venues[0]!, effects };
  const order = () => desk.orders[0];
  const position = () => desk.holding.positionLots;
  return { at, state, effects, desk, order, position };
}

describe('a fill', () => {
  it('of ours changes the position and says so', () => {
    const { at, desk, effects, position } = gatewayWith();
    expect(applyReport(at, FILL)).toBe(desk);
    expect([position(), effects.problems]).toEqual([2, []]);
    expect(effects.positions).toEqual([{ strategy: 0, instrument: 0, positionLots: 2 }]);
  });

  const strange: [string, Partial<ExecutionReport>][] = [
    ['of an order that is none of ours', { clOrdId: 'another' }],
    ['without a name', { clOrdId: undefined }],
    ['of a part of a lot', { lastQty: '1500' }],
    ['at a price between two increments', { lastPx: '1.000005' }],
    ['without a quantity', { lastQty: undefined }],
  ];
  it.each(strange)('%s is counted and reported, and moves nothing', (_, differing) => {
    const { at, state, effects, order, position } = gatewayWith();
    const before = structuredClone(order());
    expect(applyReport(at, { ...FILL, ...differing })).toBeUndefined();
    expect(state.counts.outOfStep).toBe(1);
    expect(effects.problems).toHaveLength(1);
    expect([position(), order()]).toEqual([0, before]);
  });
});

describe('a status', () => {
  const status = { ...FILL, execType: ExecType.orderStatus };

  it('of an order that ended meanwhile says nothing new', () => {
    const { at, state, effects } = gatewayWith();
    applyReport(at, { ...status, clOrdId: 'ended' });
    expect([state.counts.outOfStep, effects.problems]).toEqual([0, []]);
  });

  it('that no whole number of lots can be made of is counted', () => {
    const { at, state } = gatewayWith();
    applyReport(at, { ...status, cumQty: '1500' });
    expect(state.counts.outOfStep).toBe(1);
  });

  const standing = { ...status, ordStatus: OrdStatus.new, cumQty: '0' };

  it('leaves a change asked for after the first answer, or it would be asked for twice', () => {
    const { at, order } = gatewayWith(pendingOf('replace'));
    applyReport(at, standing);
    expect(order()?.pending?.kind).toBe('replace');
  });

  it('that an earlier connection lost is too old to make an order known', () => {
    const { at, order } = gatewayWith(pendingOf('replace'));
    order()!.isUnknown = true;
    expect(applyReport(at, standing, true)).toBeUndefined();
    expect([order()!.isUnknown, order()!.pending?.kind]).toEqual([true, 'replace']);
    applyReport(at, standing);
    expect([order()!.isUnknown, order()!.pending]).toEqual([false, undefined]);
  });

  it('of a change under way changes nothing yet', () => {
    const { at, state, order } = gatewayWith();
    const before = structuredClone(order());
    const pending = { ...FILL, execType: ExecType.pendingReplace };
    expect(applyReport(at, pending)).toBeUndefined();
    expect([order(), state.counts.outOfStep]).toEqual([before, 0]);
  });
});

describe('an answer to an earlier change', () => {
  const third = '20140502-000003';

  it('does not rename the order, whose later fills would be none of ours', () => {
    const { at, state, order } = gatewayWith(pendingOf('replace'));
    const before = structuredClone(order());
    const replaced = { ...FILL, execType: ExecType.replaced, clOrdId: third, origClOrdId: first };
    expect(applyReport(at, replaced)).toBeUndefined();
    expect([order(), state.counts.outOfStep]).toEqual([before, 1]);
  });

  it('leaves the change that waits, when it is a refusal', () => {
    const { at, state, order } = gatewayWith(pendingOf('replace'));
    const before = structuredClone(order());
    expect(applyReport(at, { ...CANCEL_REJECT, clOrdId: third })).toBeUndefined();
    expect([order(), state.counts.rejected]).toEqual([before, 1]);
  });
});

describe('a refusal', () => {
  it('of a cancel is not answered by a cancel, or both sides would repeat themselves', () => {
    const { at, state, order } = gatewayWith(pendingOf('cancel'));
    expect(applyReport(at, CANCEL_REJECT)).toBeUndefined();
    expect(order()).toMatchObject({ clientOrderId: FIRST, pending: undefined });
    expect(state.counts.rejected).toBe(1);
  });

  it('of a replace lets the desk go on at once', () => {
    const { at, desk } = gatewayWith(pendingOf('replace'));
    expect(applyReport(at, CANCEL_REJECT)).toBe(desk);
  });

  it('of a change to an order that was filled meanwhile counts, and nothing more', () => {
    const { at, state } = gatewayWith();
    const late = { ...CANCEL_REJECT, origClOrdId: 'ended' };
    expect(applyReport(at, late)).toBeUndefined();
    expect([state.counts.rejected, state.counts.outOfStep]).toEqual([1, 0]);
  });
});

describe('a message kept back from the venue', () => {
  const fields = { ...TERMS, orderQty: '10000' } as const;

  it('ends a new order, which the venue never had', () => {
    const { at, state, order } = gatewayWith(pendingOf('new'));
    const terms = { clOrdId: first, price: '1.00000', postOnly: false, ...fields };
    applyWithheld(at, { msgType: 'D', ...terms });
    expect([order(), state.counts.notSent]).toEqual([undefined, 1]);
  });

  it('leaves an order as it was when its change is kept back', () => {
    const { at, state, order } = gatewayWith(pendingOf('cancel'));
    applyWithheld(at, { msgType: 'F', clOrdId: second, origClOrdId: first, ...fields });
    expect(order()).toMatchObject({ clientOrderId: FIRST, lots: 10, pending: undefined });
    expect(state.counts.notSent).toBe(1);
  });
});

describe('a fill that is not like the others', () => {
  const unusual = ({ unusual: counts }: { unusual: object }) =>
    Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const told = (differing: Partial<ExecutionReport>): ExecutionReport => ({
    ...{ ...FILL, ...differing },
  });
  const whole = told({
    cumQty: '10000',
    lastQty: '10000',
    leavesQty: '0',
    ordStatus: OrdStatus.filled,
  });

  it('told twice is one fill', () => {
    const { at, state, position } = gatewayWith();
    applyReport(at, FILL);
    expect(applyReport(at, FILL)).toBeUndefined();
    applyReport(at, told({ execId: '2', cumQty: '4000' }));
    expect([position(), unusual(state)]).toEqual([4, { duplicates: 1 }]);
  });

  it('beyond the order is held, and the desk may only shrink until a person has looked', () => {
    const { at, state, desk, position } = gatewayWith();
    applyReport(at, told({ cumQty: '12000', lastQty: '12000' }));
    expect([position(), desk.orders, needsReconcile(desk)]).toEqual([12, [], true]);
    expect(unusual(state)).toEqual({ overFilled: 1 });
  });

  it('after the order has ended finds its desk, by its name or that of its cancel', () => {
    const { at, state, desk, position } = gatewayWith(pendingOf('cancel'));
    const ended = { execType: ExecType.canceled, ordStatus: OrdStatus.canceled } as const;
    applyReport(at, told({ ...ended, clOrdId: second, origClOrdId: first, cumQty: '0' }));
    expect(desk.orders).toEqual([]);
    expect(applyReport(at, FILL)).toBe(desk);
    expect(applyReport(at, told({ clOrdId: second, execId: '2', cumQty: '4000' }))).toBe(desk);
    expect([position(), unusual(state), state.counts.outOfStep]).toEqual([4, { lateFilled: 2 }, 0]);
  });

  it('that was never told leaves the desk in doubt until it is', () => {
    const { at, desk, position } = gatewayWith();
    applyReport(at, told({ execId: '2', cumQty: '5000' }));
    expect([position(), needsReconcile(desk)]).toEqual([2, true]);
    applyReport(at, told({ execId: '1', cumQty: '5000', lastQty: '3000' }));
    expect([position(), needsReconcile(desk)]).toEqual([5, false]);
  });

  it('is taken back by a bust, of an order that works or has ended, once', () => {
    const { at, state, order, position } = gatewayWith();
    const bust = { execType: ExecType.tradeCancel, execRefId: '1', lastQty: undefined } as const;
    applyReport(at, FILL);
    applyReport(at, told({ ...bust, execId: '2', cumQty: '0' }));
    expect([position(), order()?.filledLots]).toEqual([0, 0]);
    applyReport(at, { ...whole, execId: '3' });
    expect([position(), order()]).toEqual([10, undefined]);
    applyReport(
      at,
      told({ ...bust, execId: '4', execRefId: '3', cumQty: '0', ordStatus: OrdStatus.canceled }),
    );
    expect([position(), unusual(state)]).toEqual([0, { busted: 2 }]);
    applyReport(
      at,
      told({ ...bust, execId: '5', execRefId: '3', cumQty: '0', ordStatus: OrdStatus.canceled }),
    );
    expect([position(), state.counts.outOfStep]).toEqual([0, 1]);
  });

  it('has other lots after a correction', () => {
    const { at, state, order, position } = gatewayWith();
    applyReport(at, FILL);
    const corrected = { execType: ExecType.tradeCorrect, execRefId: '1', lastQty: '1000' } as const;
    applyReport(at, told({ ...corrected, execId: '2', cumQty: '1000' }));
    expect([position(), order()?.filledLots, unusual(state)]).toEqual([1, 1, { corrected: 1 }]);
  });

  it('tells all of it, so that nobody who reports on it has to look elsewhere', () => {
    const { at, effects } = gatewayWith();
    applyReport(at, { ...FILL, orderId: 'v7' });
    expect(effects.news).toMatchObject([
      {
        ...{ venue: 0, strategy: 0, instrument: 0, account: 'account', clientOrderId: first },
        ...{ orderId: 'v7', execId: '1', side: 1, lots: 2, priceIncrements: 100_000 },
        ...{ news: 'partially-filled', execution: { kind: 'filled' } },
      },
    ]);
  });
});

describe('an order that is none of ours', () => {
  const stranger = { clOrdId: 'another', orderId: '9', symbol: 'EUR/USD' } as const;

  it('has its fills held apart, and puts the desks of its instrument in doubt', () => {
    const { at, state, desk, position } = gatewayWith();
    applyReport(at, { ...FILL, ...stranger });
    expect([position(), state.strangers.lots]).toEqual([0, [2, 0]]);
    expect([needsReconcile(desk), needsReconcile(state.desks[1]!)]).toEqual([true, false]);
  });

  it('is cancelled once where it is open', () => {
    const { at, state, effects } = gatewayWith();
    state.venues[0]!.isLoggedOn = true;
    state.venues[0]!.session.status = 'active';
    const open = { ...FILL, ...stranger, execType: ExecType.orderStatus, ordStatus: OrdStatus.new };
    applyReport(at, { ...open, orderQty: '3000' });
    applyReport(at, { ...open, orderQty: '3000' });
    const cancels = effects.outbound.list.map(bytes => bytes.toString().replaceAll('\u0001', '|'));
    expect(cancels).toHaveLength(1);
    expect(cancels[0]).toContain('|35=F|');
    expect(cancels[0]).toContain('|38=3000|41=another|54=1|55=EUR/USD|');
    expect(state.counts.outOfStep).toBe(0);
  });
});
