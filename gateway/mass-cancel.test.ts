/** Mass cancels: without these tests, a kill could leave an order, or end another desk's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import type { FixMessage } from './fix/message.ts';
import type { OrderMassCancelRequest } from './fix/order-mass-cancel-request.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { paperWorld } from './paper-world.ts';
import { SCOPE } from './risk/scope-layout.ts';
import { scopeAt } from './risk/set-limit.ts';
import { FIRM } from './risk/states.ts';
import {
  cancelledReport,
  configWith,
  RESTING,
  reportOn,
  type ScriptedVenue,
  scriptedVenue,
} from './scripted-venue.ts';

const strategies = ['alpha', 'beta'].map(name => ({ name, account: 'account' }));
const CONFIG = configWith({ hasMassCancel: true }, { strategies });

type Sent = Extract<FixMessage, { msgType: 'D' }>;

/** Orders of the strategies in the instruments rest, acknowledged, at a venue that is logged on. */
function resting(
  of: readonly (readonly [strategy: number, instrument: number])[],
  config = CONFIG,
): { venue: ScriptedVenue; orders: Sent[] } {
  const venue = scriptedVenue(config);
  venue.logOn();
  for (const [strategy, instrument] of of) venue.signal({ ...RESTING, strategy, instrument });
  const orders = venue.sent() as Sent[];
  expect(orders).toHaveLength(of.length);
  for (const order of orders) venue.say(reportOn(order));
  return { venue, orders };
}

const kinds = (messages: readonly FixMessage[]) =>
  messages.map(message =>
    message.msgType === 'q' ? `q ${message.type} ${message.symbol ?? 'all'}` : message.msgType,
  );

const open = ({ gateway }: ScriptedVenue) => gateway.state.desks.flatMap(({ orders }) => orders);

function answer(venue: ScriptedVenue, to: FixMessage | undefined, isTaken = true): void {
  const { clOrdId, type } = to as OrderMassCancelRequest;
  const said = { msgType: 'r', clOrdId, orderId: 'M', type } as const;
  if (isTaken) venue.say({ ...said, response: type });
  else venue.say({ ...said, response: '0', rejectReason: 99, text: 'not now' });
}

const halt = (scope: string) => ({ kind: 'state', scope, state: 'halted' }) as const;

describe('a kill of all', () => {
  it('is one request, and each order ends with a report of its own', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    venue.operate('ada', halt('firm'));
    const [request, ...more] = venue.sent();
    expect([kinds([request!]), more]).toEqual([['q 7 all'], []]);
    answer(venue, request);
    expect(open(venue)).toHaveLength(3);
    for (const order of orders) venue.say(cancelledReport(order));
    expect(open(venue)).toEqual([]);
    venue.wait(2 * SECOND_NS);
    expect(venue.sent()).toEqual([]);
    const { counts, unusual } = venue.gateway.state;
    expect([counts.cancelled, counts.rejected, unusual.unasked]).toEqual([3, 0, 0]);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it('counts as a cancel of each order that it covers, or it would hide from surveillance', () => {
    const { venue } = resting([
      [0, 0],
      [1, 0],
    ]);
    const { memory } = venue.gateway.state.risk;
    const cancels = () => memory[scopeAt(memory, FIRM) + SCOPE.cancels];
    expect(cancels()).toBe(0);
    venue.operate('ada', halt('firm'));
    expect(cancels()).toBe(2);
  });

  it('covers an order that has no answer yet: the venue has it before the request', () => {
    const venue = scriptedVenue(CONFIG);
    venue.logOn();
    venue.signal(RESTING);
    const [order] = venue.sent() as Sent[];
    venue.operate('ada', halt('firm'));
    expect(kinds(venue.sent())).toEqual(['q 7 all']);
    venue.say(reportOn(order!));
    venue.say(cancelledReport(order!));
    expect([venue.sent(), open(venue)]).toEqual([[], []]);
  });

  it('books what is filled meanwhile', () => {
    const { venue, orders } = resting([[0, 0]]);
    venue.operate('ada', halt('firm'));
    const fill = { execType: ExecType.trade, lastQty: '1000', lastPx: '0.99990', cumQty: '1000' };
    const filled = { ordStatus: OrdStatus.filled, leavesQty: '0' };
    venue.say(reportOn(orders[0]!, { ...fill, ...filled, execId: 'fill' }));
    expect(open(venue)).toEqual([]);
    expect(venue.gateway.state.desks[0]!.holding.positionLots).toBe(1);
  });

  it('takes reports by the name of the request too, told apart by OrderID', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    const [request] = venue.sent() as OrderMassCancelRequest[];
    const named = { ...cancelledReport(orders[1]!), clOrdId: request!.clOrdId };
    venue.say(named);
    expect(open(venue).map(({ orderId }) => orderId)).toEqual([`V${orders[0]!.clOrdId}`]);
  });
});

describe('a kill of a part', () => {
  it('of an instrument is a request for that security', () => {
    const { venue } = resting([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    venue.operate('ada', halt('instrument:BTCUSDT'));
    expect(kinds(venue.sent())).toEqual(['q 1 BTCUSDT']);
  });

  it('of a strategy beside another is cancels of its own orders: the others stay', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    venue.operate('ada', halt('strategy:alpha'));
    const sent = venue.sent() as { msgType: string; origClOrdId: string }[];
    expect(sent.map(({ msgType, origClOrdId }) => [msgType, origClOrdId])).toEqual(
      [orders[0]!, orders[2]!].map(({ clOrdId }) => ['F', clOrdId]),
    );
  });

  it('of the venue, an end of the edge and a stop are requests for all', () => {
    const { venue } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('venue:venue'));
    expect(kinds(venue.sent())).toEqual(['q 7 all']);
    for (const command of ['edge-lost', 'stop'] as const) {
      const { venue: other } = resting([
        [0, 0],
        [1, 0],
      ]);
      other.gateway.command(command);
      expect(kinds(other.sent())).toEqual(['q 7 all']);
    }
  });
});

describe('a request that comes to nothing', () => {
  it('refused: each order is cancelled by itself, and so is the next kill', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    answer(venue, venue.sent()[0], false);
    expect(kinds(venue.sent())).toEqual(['F', 'F']);
    expect(venue.problems.at(-1)).toContain('refused a mass cancel (reason 99, not now)');
    for (const order of orders) venue.say(cancelledReport(order));
    venue.operate('ada', { ...halt('firm'), state: 'active' });
    venue.operate('bea', { ...halt('firm'), state: 'active' });
    venue.signal(RESTING);
    venue.say(reportOn(venue.sent()[0] as Sent));
    venue.operate('ada', halt('firm'));
    expect(kinds(venue.sent())).toEqual(['F']);
  });

  it.each([
    ['not processed', { msgType: 'j', refMsgType: 'q', businessRejectReason: 3 }],
    ['rejected', { msgType: '3', refSeqNum: 4, refMsgType: 'q', sessionRejectReason: 11 }],
  ] as const)('%s: the same', (_, message) => {
    const { venue } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    expect(kinds(venue.sent())).toEqual(['q 7 all']);
    venue.say(message);
    expect(kinds(venue.sent())).toEqual(['F', 'F']);
  });

  it('unanswered: each order is cancelled by itself after half a second', () => {
    const { venue } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    venue.sent();
    venue.wait(499 * MILLISECOND_NS);
    expect(venue.sent()).toEqual([]);
    venue.wait(MILLISECOND_NS);
    expect(kinds(venue.sent())).toEqual(['F', 'F']);
    expect(venue.replayed()).toEqual(Buffer.concat(venue.bytes));
  });

  it('taken, an order without its report: that is asked after, and cancelled if it stands', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    answer(venue, venue.sent()[0]);
    venue.say(cancelledReport(orders[0]!));
    venue.wait(500 * MILLISECOND_NS);
    expect(venue.sent()).toMatchObject([{ msgType: 'H', clOrdId: orders[1]!.clOrdId }]);
    venue.say(reportOn(orders[1]!, { execType: ExecType.orderStatus }));
    expect(kinds(venue.sent())).toEqual(['F']);
  });

  it('a stop logs out once the venue took it, or has the cancels of each order', () => {
    for (const isTaken of [true, false]) {
      const { venue } = resting([
        [0, 0],
        [1, 0],
      ]);
      const logouts = () => venue.bytes.filter(bytes => bytes.includes('\u000135=5\u0001')).length;
      venue.gateway.command('stop');
      const [request] = venue.sent();
      expect(logouts()).toBe(0);
      answer(venue, request, isTaken);
      expect([kinds(venue.sent()), logouts()]).toEqual([isTaken ? [] : ['F', 'F'], 1]);
    }
  });

  it('lost with its connection: the orders are asked after, and cancelled where they stand', () => {
    const { venue, orders } = resting([
      [0, 0],
      [1, 0],
    ]);
    venue.operate('ada', halt('firm'));
    venue.sent();
    venue.logOn();
    expect(kinds(venue.sent())).toEqual(['H', 'H']);
    for (const order of orders) venue.say(reportOn(order, { execType: ExecType.orderStatus }));
    expect(kinds(venue.sent())).toEqual(['F', 'F']);
  });
});

it('changes no byte where the venue has it not, as in every log of before', () => {
  const { venue } = resting(
    [
      [0, 0],
      [1, 0],
    ],
    configWith({}, { strategies }),
  );
  venue.operate('ada', halt('firm'));
  expect(kinds(venue.sent())).toEqual(['F', 'F']);
});

it('leaves nothing open at the paper venue, whatever rests and however fast it is killed', () => {
  const wish = fc.record({
    instrument: fc.nat({ max: 1 }),
    desiredLots: fc.integer({ min: -9, max: 9 }),
    limitIncrements: fc.integer({ min: 99_980, max: 100_030 }),
    waitMs: fc.nat({ max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), wishes => {
      const world = paperWorld(configWith({ hasMassCancel: true }, { operators: [] }));
      for (const instrument of [0, 1]) world.quote(instrument, 100_000, 100_010);
      world.connect();
      world.wait(SECOND_NS);
      for (const { waitMs, ...signal } of wishes) {
        world.signal(signal);
        world.wait(waitMs * MILLISECOND_NS);
      }
      world.gateway.command('kill');
      world.wait(2 * SECOND_NS);
      const { desks, counts } = world.gateway.state;
      expect([world.tally.open.size, desks.flatMap(({ orders }) => orders)]).toEqual([0, []]);
      expect(counts.outOfStep).toBe(0);
      const held = desks.map(({ holding }) => holding.positionLots);
      expect(held).toEqual(world.tally.positionLots);
    }),
    { numRuns: 100 },
  );
});
