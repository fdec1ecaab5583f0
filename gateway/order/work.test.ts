/** From wish to request: without these tests, a desk could send two orders, or the wrong one. */
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS, signalAt } from '../paper-world.ts';
import type { RiskAnswer } from '../risk/check.ts';
import type { Signal } from '../signal.ts';
import {
  createDesk,
  type Desk,
  type OrderRequest,
  type Pending,
  type WorkingOrder,
} from './desk.ts';
import type { Approved, Intent } from './intent.ts';
import { workDesk } from './work.ts';

const working: WorkingOrder = {
  ...{ clientOrderId: 'first', side: 1, lots: 10, filledLots: 0, limitIncrements: 100_000 },
  ...{ postOnly: false, pending: undefined, isUnknown: false },
};

function deskOf(
  wish: Partial<Signal> | undefined,
  order?: Partial<WorkingOrder>,
  positionLots = 0,
): Desk {
  const desk = createDesk(INSTRUMENTS[0]!);
  desk.holding.positionLots = positionLots;
  const limit = { limitIncrements: 100_000 };
  desk.signal = wish && signalAt(0, { ...limit, ...wish });
  desk.order = order && { ...working, ...order };
  return desk;
}

type Outcome = { request: OrderRequest | undefined; asked: Intent[] };

function workOn(desk: Desk, isApproved = true): Outcome {
  const asked: Intent[] = [];
  const check = (intent: Intent): RiskAnswer => {
    asked.push(intent);
    return isApproved
      ? { kind: 'approved', intent: intent as Approved<Intent> }
      : { kind: 'refused', rule: 'position', seen: 21, allowed: 20 };
  };
  return { request: workDesk(desk, 0, { check, nextClientOrderId: () => 'next' }), asked };
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
    const { request, asked } = workOn(desk);
    if (request === undefined || request.kind === 'cancel') {
      expect(request?.kind ?? 'none').toBe(expected);
      expect(asked).toEqual([]);
      return;
    }
    const { kind, order } = request;
    expect(`${kind} ${order.side} ${order.lots} ${order.limitIncrements}`).toBe(expected);
    const [intent] = asked;
    expect(intent!.lots).toBe(order.lots - (kind === 'replace' ? desk.order!.filledLots : 0));
  });

  const pending: Pending[] = [
    { kind: 'new' },
    { kind: 'replace', clientOrderId: 'second', lots: 9, limitIncrements: 100_000 },
    { kind: 'cancel', clientOrderId: 'second' },
  ];
  it.each(pending)('nothing while a request is unanswered: %o', each => {
    const desk = deskOf({ desiredLots: -3 }, { pending: each });
    expect(workOn(desk)).toEqual({ request: undefined, asked: [] });
    expect(desk.order?.pending).toEqual(each);
  });

  it('nothing while it is unknown how the order stands', () => {
    const desk = deskOf({ desiredLots: -3 }, { isUnknown: true });
    expect(workOn(desk)).toEqual({ request: undefined, asked: [] });
  });
});

describe('a request is pending from then on, or it would be sent again', () => {
  it.each(CHOICES)('%s', (_, given, expected) => {
    const desk = structuredClone(given);
    workOn(desk);
    expect(desk.order?.pending?.kind ?? 'none').toBe(expected.split(' ')[0]);
    expect(workOn(desk).request).toBeUndefined();
  });
});

it('changes nothing where the risk check refuses, and cancels without asking it', () => {
  const wishes = [deskOf({ desiredLots: 5 }), deskOf({ desiredLots: 5 }, {})];
  for (const desk of wishes) {
    const before = structuredClone(desk);
    expect(workOn(desk, false).request).toBeUndefined();
    expect(desk).toEqual(before);
  }
  expect(workOn(deskOf({ desiredLots: 0 }, {}), false).request?.kind).toBe('cancel');
});
