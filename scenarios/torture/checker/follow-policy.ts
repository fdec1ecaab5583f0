/** The orders of an execution policy, as it chose them: held against what its wish lacks. */
import type { DeskModel, Order, Pending, Request, Side } from './desk-model.ts';
import { type Finding, finding } from './finding.ts';
import type { FixMessage } from './read-fix.ts';
import { wholeSteps } from './units.ts';

type Place = { record: number; venue: number };

/** Takes a request up as if the model had asked for it; finds one that asks for too much. */
export function followPolicy(
  desk: DeskModel,
  message: FixMessage,
  { record, venue }: Place,
): { request: Request; findings: Finding[] } {
  const request = readRequest(desk, message, { record, venue });
  const { type, clOrdId, lots, limitIncrements } = request;
  const pending: Pending = { type, clOrdId, lots, limitIncrements };
  const order = desk.orders.find(each => each.clOrdId === request.origClOrdId);
  const before = order === undefined ? 0 : openLots(order);
  if (type === 'D') {
    const { side, postOnly } = request;
    const begun = { filledLots: 0, pending, isUnknown: false };
    desk.orders.push({ venue, clOrdId, side, lots, limitIncrements, postOnly, ...begun });
  } else if (order !== undefined) order.pending = pending;
  const isMore = type === 'D' || (type === 'G' && order !== undefined && openLots(order) > before);
  return { request, findings: isMore ? beyondWish(desk, request) : [] };
}

function readRequest(
  { instrument, units }: DeskModel,
  message: FixMessage,
  { record, venue }: Place,
): Request {
  const price = message.get(44);
  return {
    ...{ record, venue, instrument, type: message.type as Request['type'] },
    ...{ clOrdId: message.get(11), origClOrdId: message.get(41) },
    side: message.get(54) === '1' ? 1 : -1,
    lots: wholeSteps(message.get(38), units.lotSize),
    limitIncrements: price === '' ? 0 : wholeSteps(price, units.priceIncrement),
    postOnly: message.get(18) === '6',
    timeInForce: message.get(59),
  };
}

/** What the order may still trade at the worst, an unanswered change included. */
const openLots = ({ lots, filledLots, pending }: Order): number =>
  Math.max(lots, pending?.type === 'G' ? pending.lots : 0) - filledLots;

/** Where all that is open were filled, the position must not lie beyond the one wished for. */
function beyondWish(desk: DeskModel, { clOrdId, side }: Request): Finding[] {
  const { positionLots, wish } = desk;
  const worst = side * positionLots + sumOpen(desk, side);
  const isWanted = wish !== undefined && wish.style !== 'wait';
  if (isWanted && worst <= side * wish.desiredLots) return [];
  const wanted = isWanted ? `${wish.desiredLots} lots are wished for` : 'nothing is wished for';
  return [
    finding('over-asked', `${clOrdId}: ${side * worst} lots with all that is open, ${wanted}`),
  ];
}

const sumOpen = ({ orders }: DeskModel, side: Side): number =>
  orders.reduce((sum, order) => sum + (order.side === side ? openLots(order) : 0), 0);
