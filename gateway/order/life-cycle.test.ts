/** The life of one order: without these tests, a race of reports could leave a wrong state. */
import { describe, expect, it } from 'vitest';
import type { Execution } from './execution.ts';
import { stepOrder } from './life-cycle.ts';
import { createWorkingOrder, type Pending, type WorkingOrder } from './working-order.ts';

const FIRST = { date: 20_140_502, serial: 1 };
const SECOND = { date: 20_140_502, serial: 2 };

/** Of 5 lots, 2 of them filled. */
function orderWith(differing: Partial<WorkingOrder> = {}): WorkingOrder {
  return {
    ...createWorkingOrder(),
    ...{ clientOrderId: { ...FIRST }, lots: 5, filledLots: 2, limitIncrements: 100_000 },
    ...differing,
  };
}

const pendingOf = (kind: Pending['kind'], lots = 9): Pending => ({
  ...{ kind, clientOrderId: SECOND, lots, limitIncrements: 100_001 },
});

const fillOf = (lots: number): Execution => ({
  ...{ kind: 'filled', lots, priceIncrements: 100_000, execId: 'x', orderId: '1' },
  ...{ isMaker: false, valueDay: 0 },
});

/** What is told of it, whether it works on, what it still waits for. */
function outcomeOf(order: WorkingOrder, execution: Execution): string {
  const { news, isEnded, isRefusal } = stepOrder(order, execution);
  const state = isEnded ? 'ended' : (order.pending?.kind ?? 'open');
  return `${news} ${state}${isRefusal ? ' refusal' : ''}`;
}

const status = (filledLots: number, isOpen: boolean): Execution => ({
  ...{ kind: 'status', filledLots, isOpen },
});
const restated = (lots?: number, limitIncrements?: number): Execution => ({
  ...{ kind: 'restated', lots, limitIncrements },
});

const TRANSITIONS: [string, Partial<WorkingOrder>, Execution, string][] = [
  [
    'is open once it is acknowledged',
    { pending: pendingOf('new') },
    { kind: 'accepted' },
    'acked open',
  ],
  [
    'keeps its change when an acknowledgement comes twice',
    { pending: pendingOf('replace') },
    { kind: 'accepted' },
    'acked replace',
  ],
  [
    'is open once it is filled, before its acknowledgement',
    { pending: pendingOf('new') },
    fillOf(1),
    'partially-filled open',
  ],
  [
    'ends with a fill of the rest, before its acknowledgement',
    { pending: pendingOf('new') },
    fillOf(3),
    'filled ended',
  ],
  [
    'keeps its cancel through a fill',
    { pending: pendingOf('cancel') },
    fillOf(1),
    'partially-filled cancel',
  ],
  [
    'ends with a fill of the rest, whatever was asked for',
    { pending: pendingOf('replace') },
    fillOf(3),
    'filled ended',
  ],
  ['holds what is filled beyond it', {}, fillOf(4), 'over-filled ended'],
  [
    'takes the terms of a replace',
    { pending: pendingOf('replace') },
    { kind: 'replaced' },
    'replaced open',
  ],
  [
    'ends where fills of meanwhile used the new total up',
    { pending: pendingOf('replace', 2) },
    { kind: 'replaced' },
    'replaced ended',
  ],
  ['believes no replace that nobody asked for', {}, { kind: 'replaced' }, 'out-of-step open'],
  [
    'ends by a cancel of ours',
    { pending: pendingOf('cancel') },
    { kind: 'cancelled' },
    'cancelled ended',
  ],
  [
    'waits for a signal after a cancel nobody asked for',
    {},
    { kind: 'cancelled' },
    'cancelled-unasked ended refusal',
  ],
  [
    'waits for a signal after the end of its day',
    { pending: pendingOf('replace') },
    { kind: 'expired' },
    'cancelled-unasked ended refusal',
  ],
  [
    'of an order for at once expires by its own terms',
    { timeInForce: 'ioc' },
    { kind: 'expired' },
    'cancelled ended',
  ],
  [
    'ends when it is rejected',
    { pending: pendingOf('new') },
    { kind: 'rejected', reason: '' },
    'rejected ended refusal',
  ],
  [
    'is open again when its change is refused',
    { pending: pendingOf('replace') },
    { kind: 'cancel-rejected', reason: '' },
    'rejected open refusal',
  ],
  ['takes what the venue restates', {}, restated(3, 7), 'restated open'],
  ['ends when it is restated to what is filled', {}, restated(2), 'restated ended'],
  ['stands while it is suspended', {}, { kind: 'suspended' }, 'suspended open'],
  [
    'keeps its state through a bust',
    { pending: pendingOf('cancel') },
    { kind: 'busted', execId: 'y', refersTo: 'x' },
    'busted cancel',
  ],
];

describe('an order', () => {
  it.each(TRANSITIONS)('%s', (_, differing, execution, expected) => {
    expect(outcomeOf(orderWith(differing), execution)).toBe(expected);
  });

  it('has the id, total and limit of its replace', () => {
    const order = orderWith({ pending: pendingOf('replace') });
    stepOrder(order, { kind: 'replaced' });
    expect(order).toMatchObject({ clientOrderId: SECOND, lots: 9, limitIncrements: 100_001 });
  });

  it('is suspended until the venue says otherwise', () => {
    const order = orderWith();
    stepOrder(order, { kind: 'suspended' });
    expect(order.isSuspended).toBe(true);
    stepOrder(order, restated());
    expect([order.isSuspended, order.lots, order.limitIncrements]).toEqual([false, 5, 100_000]);
  });
});

describe('the answer to a status request', () => {
  const unknown = () => orderWith({ isUnknown: true, pending: pendingOf('replace') });

  it.each([
    [status(2, true), 'known open'],
    [status(2, false), 'known ended'],
    [status(0, false), 'known ended'],
  ])(
    '%o is believed; a venue started anew knows no fill, and those still hold',
    (answer, expected) => {
      const order = unknown();
      expect(outcomeOf(order, answer)).toBe(expected);
      expect([order.isUnknown, order.filledLots]).toEqual([false, 2]);
    },
  );

  it.each([
    [status(3, true), 'out-of-step replace'],
    [status(0, true), 'out-of-step replace'],
    [status(5, false), 'out-of-step ended'],
  ])('%o contradicts the fills reported: the order stays unknown', (answer, expected) => {
    const order = unknown();
    expect(outcomeOf(order, answer)).toBe(expected);
    expect(order.isUnknown).toBe(true);
  });

  it('changes nothing where nobody asked, or a change would be asked for twice', () => {
    expect(outcomeOf(orderWith({ pending: pendingOf('replace') }), status(2, true))).toBe(
      'known replace',
    );
  });
});
