/** From wish to request: without these tests, a desk could send two orders, or the wrong one. */
import { describe, expect, it } from 'vitest';
import { CONFIG, signalAt } from '../paper-world.ts';
import type { Signal } from '../signal.ts';
import { createGatewayState } from '../state.ts';
import type { Desk } from './desk.ts';
import { type Approved, type Intent, setIntent } from './intent.ts';
import { cancelOrder, openOrder, replaceOrder } from './make-request.ts';
import { planDesk } from './plan.ts';
import { differenceOf, hasOrder, targetOf } from './reconcile.ts';
import { createOrderRequest, type OrderRequest } from './request.ts';
import { createWorkingOrder, type Pending, type WorkingOrder } from './working-order.ts';

const FIRST = { date: 20_140_502, serial: 1 };
const NEXT = { date: 20_140_502, serial: 2 };

const working: WorkingOrder = {
  ...createWorkingOrder(),
  ...{ clientOrderId: FIRST, side: 1, lots: 10, filledLots: 0, limitIncrements: 100_000 },
  ...{ postOnly: false, pending: undefined, isUnknown: false },
};

function deskOf(
  wish: Partial<Signal> | undefined,
  order?: Partial<WorkingOrder>,
  positionLots = 0,
): Desk {
  const desk = createGatewayState(CONFIG).desks[0]!;
  desk.holding.positionLots = positionLots;
  const limit = { limitIncrements: 100_000 };
  desk.signal = wish && signalAt(0, { ...limit, ...wish });
  if (order) desk.orders.push({ ...working, ...order, clientOrderId: { ...FIRST } });
  return desk;
}

/** The request that the desk's wish leads to, once it is approved where that is needed. */
function workOn(desk: Desk): OrderRequest | undefined {
  const request = { ...createOrderRequest(), clientOrderId: NEXT };
  if (!planDesk(desk)) return undefined;
  for (const order of desk.orders) {
    const target = targetOf(desk, order);
    const difference = differenceOf(order, target);
    if (difference === 'nothing') continue;
    if (difference === 'cancel') cancelOrder(desk, order, request);
    else {
      setIntent(desk.intent, desk.signal!, target!);
      replaceOrder(order, desk.intent as Approved<Intent>, request);
    }
    return request;
  }
  const target = desk.targets.slice(0, desk.targetCount).find(each => !hasOrder(desk, each));
  if (target === undefined) return undefined;
  setIntent(desk.intent, desk.signal!, target);
  openOrder(desk, desk.intent as Approved<Intent>, request);
  return request;
}

const CHOICES: [string, Desk, string][] = [
  ['nothing without a wish', deskOf(undefined), 'none'],
  ['nothing without a wish, whatever works', deskOf(undefined, {}), 'none'],
  ['nothing when it holds what it wants', deskOf({ desiredLots: 3 }, undefined, 3), 'none'],
  ['nothing to wait for', deskOf({ desiredLots: 3, style: 'wait' }), 'none'],
  ['a buy for what is missing', deskOf({ desiredLots: 5 }, undefined, 2), 'new 1 3 100000'],
  ['a sale for what is too much', deskOf({ desiredLots: -5 }, undefined, 2), 'new -1 7 100000'],
  ['nothing when the order is as wished', deskOf({ desiredLots: 10 }, {}), 'none'],
  [
    'nothing when the rest of the order is what is missing',
    deskOf({ desiredLots: 10 }, { filledLots: 4 }, 4),
    'none',
  ],
  [
    'a replace to another limit',
    deskOf({ desiredLots: 10, limitIncrements: 100_002 }, { filledLots: 4 }, 4),
    'replace 1 10 100002',
  ],
  [
    'a replace to a total that counts what is filled',
    deskOf({ desiredLots: 7 }, { filledLots: 4 }, 4),
    'replace 1 7 100000',
  ],
  [
    'a replace that fills up what was held before the order',
    deskOf({ desiredLots: 9 }, { filledLots: 4 }, 2),
    'replace 1 11 100000',
  ],
  ['a cancel when the wish is held', deskOf({ desiredLots: 4 }, { filledLots: 4 }, 4), 'cancel'],
  ['a cancel when it is to wait', deskOf({ desiredLots: 9, style: 'wait' }, {}), 'cancel'],
  ['a cancel before the other side', deskOf({ desiredLots: -1 }, {}), 'cancel'],
  ['a cancel before another kind', deskOf({ desiredLots: 10, style: 'join' }, {}), 'cancel'],
  [
    'a cancel of a post-only order that is to cross',
    deskOf({ desiredLots: 10 }, { postOnly: true }),
    'cancel',
  ],
  [
    'no cancel of a post-only order that joins',
    deskOf({ desiredLots: 10, style: 'join' }, { postOnly: true }),
    'none',
  ],
];

describe('a desk asks for', () => {
  it.each(CHOICES)('%s', (_, given, expected) => {
    const desk = structuredClone(given);
    const request = workOn(desk);
    if (request === undefined || request.kind === 'cancel') {
      expect(request?.kind ?? 'none').toBe(expected);
      return;
    }
    const { kind, side, lots, limitIncrements } = request;
    expect(`${kind} ${side} ${lots} ${limitIncrements}`).toBe(expected);
    expect(desk.intent.lots).toBe(lots - (kind === 'replace' ? desk.orders[0]!.filledLots : 0));
    const original = kind === 'replace' ? FIRST : { date: 0, serial: 0 };
    expect([request.clientOrderId, request.originalClientOrderId]).toEqual([NEXT, original]);
  });

  const terms = { clientOrderId: NEXT, lots: 9, limitIncrements: 100_000 };
  const pending: Pending[] = [
    { kind: 'new', ...terms },
    { kind: 'replace', ...terms },
    { kind: 'cancel', ...terms },
  ];
  it.each(pending)('nothing while a request is unanswered: %o', each => {
    const desk = deskOf({ desiredLots: -3 }, { pending: each });
    expect(workOn(desk)).toBeUndefined();
    expect(desk.orders[0]?.pending).toEqual(each);
  });

  it('nothing while it is unknown how the order stands', () => {
    const desk = deskOf({ desiredLots: -3 }, { isUnknown: true });
    expect(workOn(desk)).toBeUndefined();
  });
});

describe('a request is pending from then on, or it would be sent again', () => {
  it.each(CHOICES)('%s', (_, given, expected) => {
    const desk = structuredClone(given);
    workOn(desk);
    expect(desk.orders[0]?.pending?.kind ?? 'none').toBe(expected.split(' ')[0]);
    expect(workOn(desk)).toBeUndefined();
  });
});

it('changes nothing by asking, or an order that risk refuses would look as if it stood', () => {
  for (const desk of [deskOf({ desiredLots: 5 }), deskOf({ desiredLots: 5 }, {})]) {
    const before = structuredClone(desk.orders);
    expect(planDesk(desk)).toBe(true);
    const [order] = desk.orders;
    const target = desk.targets[0]!;
    expect(order === undefined ? hasOrder(desk, target) : differenceOf(order, target)).not.toBe(
      order === undefined ? true : 'nothing',
    );
    expect(desk.orders).toEqual(before);
  }
});

describe('a desk with several children', () => {
  const child = (key: number, venue: number, lots: number): WorkingOrder => ({
    ...{ ...working, clientOrderId: { ...FIRST } },
    ...{ key, venue, lots },
  });

  it('finds each its own target, and cancels what the plan has no more', () => {
    const desk = deskOf({ desiredLots: 9 });
    desk.orders.push(child(4, 0, 5), child(7, 1, 4), child(9, 1, 1));
    desk.targetCount = 2;
    Object.assign(desk.targets[0]!, { key: 7, venue: 1, lots: 4, limitIncrements: 100_000 });
    Object.assign(desk.targets[1]!, { key: 4, venue: 0, lots: 3, limitIncrements: 100_000 });
    const differences = desk.orders.map(order => differenceOf(order, targetOf(desk, order)));
    expect(differences).toEqual(['replace', 'nothing', 'cancel']);
  });

  it('moves none to another venue, type or time in force by a replace: no venue could', () => {
    const target = deskOf({}).targets[0]!;
    const order = child(0, 0, 5);
    Object.assign(target, { lots: 5, limitIncrements: order.limitIncrements });
    expect(differenceOf(order, target)).toBe('nothing');
    for (const other of [{ venue: 1 }, { type: 'market' }, { timeInForce: 'ioc' }] as const) {
      expect(differenceOf(order, { ...target, ...other })).toBe('cancel');
    }
    expect(differenceOf(order, { ...target, stopIncrements: 1 })).toBe('cancel');
  });
});
