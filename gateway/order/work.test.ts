/** From wish to request: without these tests, a desk could send two orders, or the wrong one. */
import { describe, expect, it } from 'vitest';
import { CONFIG, signalAt } from '../paper-world.ts';
import type { Signal } from '../signal.ts';
import { createGatewayState } from '../state.ts';
import {
  createOrderRequest,
  type Desk,
  type OrderRequest,
  type Pending,
  type WorkingOrder,
} from './desk.ts';
import type { Approved, Intent } from './intent.ts';
import { cancelOrder, openOrder, replaceOrder, wantedOf } from './work.ts';

const FIRST = { date: 20_140_502, serial: 1 };
const NEXT = { date: 20_140_502, serial: 2 };

const working: WorkingOrder = {
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
  desk.order = order && { ...working, ...order, clientOrderId: { ...FIRST } };
  return desk;
}

/** The request that the desk's wish leads to, once it is approved where that is needed. */
function workOn(desk: Desk): OrderRequest | undefined {
  const request = { ...createOrderRequest(), clientOrderId: NEXT };
  const approved = desk.intent as Approved<Intent>;
  const wanted = wantedOf(desk);
  switch (wanted) {
    case 'nothing':
      return undefined;
    case 'new':
      openOrder(desk, approved, request);
      break;
    case 'replace':
      replaceOrder(desk, approved, request);
      break;
    case 'cancel':
      cancelOrder(desk, request);
      break;
  }
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
    expect(desk.intent.lots).toBe(lots - (kind === 'replace' ? desk.order!.filledLots : 0));
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
    expect(desk.order?.pending).toEqual(each);
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
    expect(desk.order?.pending?.kind ?? 'none').toBe(expected.split(' ')[0]);
    expect(workOn(desk)).toBeUndefined();
  });
});

it('changes nothing by asking, or an order that risk refuses would look as if it stood', () => {
  for (const desk of [deskOf({ desiredLots: 5 }), deskOf({ desiredLots: 5 }, {})]) {
    const before = structuredClone({ ...desk, intent: undefined });
    expect(wantedOf(desk)).not.toBe('nothing');
    expect({ ...desk, intent: undefined }).toEqual(before);
  }
});
