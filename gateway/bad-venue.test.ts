/** A venue that errs, over a real session: positions must be its own, whatever it says when. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Random, seededRandom } from '#engine';
import { type Application, type BadOrder, type BadVenue, openBadVenue } from './bad-venue.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { needsReconcile } from './order/desk.ts';

const WAIT = { timeout: 30_000, interval: 5 };

const opened: BadVenue[] = [];
afterEach(async () => {
  for (const venue of opened.splice(0)) {
    await venue.close();
    const { sent, replayed } = venue.bytes();
    expect(replayed.equals(sent)).toBe(true);
  }
});

/** A venue that does so with each new order, and cancels whatever it is asked to cancel. */
async function venueThat(
  onOrder: (venue: BadVenue, order: BadOrder) => void,
  onOther: Application = () => {},
): Promise<BadVenue> {
  const venue = await openBadVenue((at, message) => {
    if (message.msgType === 'D') onOrder(at, at.orders.get(message.clOrdId)!);
    else onOther(at, message);
  });
  opened.push(venue);
  return venue;
}

const sumOf = ({ fills }: BadVenue) => [...fills.values()].reduce((sum, lots) => sum + lots, 0);
const deskOf = ({ gateway }: BadVenue) => gateway.state.desks[0]!;
const ordersOf = ({ received }: BadVenue) =>
  received.flatMap(message => (message.msgType === 'D' ? [message] : []));

/** Once each side has heard all: what every venue's word must leave true. */
async function settled(venue: BadVenue): Promise<void> {
  await vi.waitFor(() => expect(venue.isQuiet()).toBe(true), WAIT);
  expect(deskOf(venue).holding.positionLots).toBe(sumOf(venue));
  expect(venue.refused).toEqual([]);
}

async function wish(venue: BadVenue, desiredLots: number): Promise<void> {
  venue.signal({ desiredLots, limitIncrements: desiredLots < 0 ? 100_000 : 100_010 });
  await settled(venue);
}

describe('a venue that', () => {
  it('fills before it acknowledges', async () => {
    const venue = await venueThat((at, order) => {
      at.fill(order, order.lots);
      at.report(order, ExecType.new);
    });
    await wish(venue, 3);
    expect(deskOf(venue).orders).toEqual([]);
    expect(venue.gateway.state.counts).toMatchObject({ filled: 1, outOfStep: 0 });
  });

  it('fills more than was ordered: the desk may shrink, not grow', async () => {
    let isGreedy = true;
    const venue = await venueThat((at, order) => {
      at.report(order, ExecType.new);
      at.fill(order, order.lots + (isGreedy ? 2 : 0));
      isGreedy = false;
    });
    await wish(venue, 3);
    // Five are held: the desk has sold the two of them that it did not want.
    expect([sumOf(venue), ordersOf(venue).map(({ side }) => side)]).toEqual([3, ['1', '2']]);
    expect([needsReconcile(deskOf(venue)), venue.gateway.state.unusual.overFilled]).toEqual([
      true,
      1,
    ]);
    await wish(venue, 4);
    expect(ordersOf(venue)).toHaveLength(2);
    await wish(venue, 0);
    expect(ordersOf(venue)).toHaveLength(3);
  });

  it('cancels what nobody asked it to: the desk waits for its next signal', async () => {
    const venue = await venueThat((at, order) => {
      at.report(order, ExecType.new);
      at.end(order);
    });
    await wish(venue, 3);
    expect([deskOf(venue).orders, ordersOf(venue).length]).toEqual([[], 1]);
    expect(venue.gateway.state.unusual.unasked).toBe(1);
    await wish(venue, 3);
    expect(ordersOf(venue)).toHaveLength(2);
  });

  it('busts a fill: the position is as if it had never been', async () => {
    const venue = await venueThat((at, order) => {
      at.report(order, ExecType.new);
      const { execId } = at.fill(order, 1);
      at.fill(order, 1);
      order.filled--;
      at.fills.delete(execId);
      at.report(order, ExecType.tradeCancel, { execRefId: execId });
    });
    await wish(venue, 3);
    expect([sumOf(venue), venue.gateway.state.unusual.busted]).toEqual([1, 1]);
  });

  it('says an ExecID twice: it is one fill', async () => {
    const venue = await venueThat((at, order) => {
      const said = at.fill(order, 1);
      at.say(said);
      at.say(said);
    });
    await wish(venue, 3);
    expect([sumOf(venue), venue.gateway.state.unusual.duplicates]).toEqual([1, 2]);
  });

  it('fills orders of nobody: disowned once, cancelled, and the desk may not grow', async () => {
    const venue = await venueThat((at, order) => {
      at.report(order, ExecType.new);
      const stranger = { execId: 'S1', clOrdId: 'another', orderId: 'S', lastPx: '1.00010' };
      for (const execId of ['S1', 'S1', 'S2']) {
        const fill = { ...stranger, execId, lastQty: '2000', ordStatus: OrdStatus.partiallyFilled };
        at.report(order, ExecType.trade, fill);
      }
    });
    await wish(venue, 3);
    const disowned = venue.received.flatMap(each => (each.msgType === 'Q' ? [each.execId] : []));
    expect(disowned).toEqual(['S1', 'S2']);
    expect(venue.gateway.state.strangers.lots).toEqual([4, 0]);
    expect(venue.received).toContainEqual(
      expect.objectContaining({ msgType: 'F', origClOrdId: 'another' }),
    );
    expect(needsReconcile(deskOf(venue))).toBe(true);
  });

  it('denies an order: it is asked after, and gone once that says so too', async () => {
    const venue = await venueThat(
      (at, order) => at.report(order, ExecType.new),
      (at, message) => {
        if (message.msgType === 'F') {
          const { clOrdId, origClOrdId } = message;
          const denied = { ordStatus: OrdStatus.rejected, cxlRejReason: 1 } as const;
          const of = { clOrdId, origClOrdId, orderId: 'NONE', cxlRejResponseTo: '1' } as const;
          at.say({ msgType: '9', ...of, ...denied });
        } else if (message.msgType === 'H') {
          const order = at.orders.get(message.clOrdId)!;
          const none = { ordStatus: OrdStatus.rejected, leavesQty: '0' };
          at.report(order, ExecType.orderStatus, { ...none, orderId: 'NONE' });
        }
      },
    );
    await wish(venue, 3);
    venue.gateway.command('kill');
    await settled(venue);
    expect(venue.received.map(({ msgType }) => msgType)).toEqual(['D', 'F', 'H']);
    expect(deskOf(venue).orders).toEqual([]);
  });
});

/** Some of the above on one order: fills early, twice, busted, corrected, and an end unasked. */
function misbehave(at: BadVenue, order: BadOrder, random: Random): void {
  const below = (count: number) => Math.floor(random.nextFloat() * count);
  const said: ExecutionReport[] = [];
  const fill = () => {
    const left = order.lots - order.filled;
    if (left > 0) said.push(at.fill(order, 1 + below(left)));
  };
  if (below(2) === 0) fill();
  at.report(order, ExecType.new);
  for (let count = below(4); count > 0; count--) {
    const one = said[below(said.length)];
    const lots = Math.abs(at.fills.get(one?.execId ?? '') ?? 0);
    switch (below(4)) {
      case 0:
      case 1:
        fill();
        break;
      case 2:
        if (one !== undefined) at.say(one);
        break;
      case 3:
        if (lots > 0) bust(at, order, one!.execId);
        break;
    }
  }
  if (order.filled < order.lots && below(2) === 0) at.end(order);
}

function bust(at: BadVenue, order: BadOrder, execRefId: string): void {
  order.filled -= Math.abs(at.fills.get(execRefId)!);
  at.fills.delete(execRefId);
  at.report(order, ExecType.tradeCancel, { execRefId });
}

/** Cancels are taken, replaces never. */
const takesCancels: Application = (at, message) => {
  if (message.msgType !== 'F' && message.msgType !== 'G') return;
  const { clOrdId, origClOrdId } = message;
  const order = at.orders.get(origClOrdId);
  if (order === undefined || order.isOver) return;
  if (message.msgType === 'F') at.end(order);
  else {
    const refused = { ordStatus: OrdStatus.new, cxlRejReason: 99, cxlRejResponseTo: '2' } as const;
    at.say({ msgType: '9', clOrdId, origClOrdId, orderId: `V${origClOrdId}`, ...refused });
  }
};

describe('a venue that does all of it at once', () => {
  it.each([1, 2, 3])('leaves the position that it has itself (seed %i)', async seed => {
    const random = seededRandom(seed);
    const venue = await venueThat((at, order) => misbehave(at, order, random), takesCancels);
    for (let count = 0; count < 80; count++) {
      await wish(venue, Math.floor(random.nextFloat() * 21) - 10);
    }
    const { counts, unusual } = venue.gateway.state;
    expect([counts.outOfStep, unusual.overFilled]).toEqual([0, 0]);
    const { duplicates, busted, unasked } = unusual;
    expect(Math.min(duplicates, busted, unasked)).toBeGreaterThan(0);
  });
});
