/** Books fills, and takes back or changes what a fill booked: the only way a holding changes. */
import { type Amount, createAmount, nanosOf, setNanos } from './amount.ts';
import { type OpenLots, openAfter } from './cost.ts';
import { chargedNanos, feeNanos } from './fee.ts';
import { type BookedFill, FILLS_KEPT_MAX, type Fill, indexOfFill } from './fill.ts';
import type { Holding } from './holding.ts';

/** Books an execution with its fee. */
export function bookFill(holding: Holding, fill: Fill): void {
  const booked = bookedAs(fill);
  const opened = openAfter(openLots(holding), openedBy(holding, booked));
  setNanos(holding.cost, opened.costNanos);
  addFill(holding, booked, 1n);
  holding.fills.push(booked);
  if (holding.fills.length > FILLS_KEPT_MAX) forgetOldest(holding);
}

function bookedAs(fill: Fill): BookedFill {
  const { execId, orderId, venue, side, lots, priceIncrements, isMaker, valueDay } = fill;
  return { execIds: [execId], orderId, venue, side, lots, priceIncrements, isMaker, valueDay };
}

/**
 * Takes back what the fill of an ExecID booked, as if it had never been; gives the fill, or
 * undefined where none of that name can be busted.
 */
export function bustFill(holding: Holding, execId: string): BookedFill | undefined {
  const { fills } = holding;
  const index = indexOfFill(fills, execId);
  const busted = fills[index];
  if (busted === undefined) return undefined;
  fills.splice(index, 1);
  addFill(holding, busted, -1n);
  recountCost(holding);
  return busted;
}

export type Correction = {
  /** Of the correction itself, and ExecRefID (19): of the fill, or of a correction of it. */
  execId: string;
  refersTo: string;
  lots: number;
  priceIncrements: number;
};

/** The fill has other lots and another price from its beginning on; gives it as it was before. */
export function correctFill(holding: Holding, correction: Correction): BookedFill | undefined {
  const { fills } = holding;
  const { execId, refersTo, lots, priceIncrements } = correction;
  const index = indexOfFill(fills, refersTo);
  const booked = fills[index];
  if (booked === undefined) return undefined;
  const corrected = { ...booked, execIds: [...booked.execIds, execId], lots, priceIncrements };
  fills[index] = corrected;
  addFill(holding, booked, -1n);
  addFill(holding, corrected, 1n);
  recountCost(holding);
  return booked;
}

const valueNanos = ({ incrementNanos }: Holding, { lots, priceIncrements }: BookedFill): bigint =>
  BigInt(priceIncrements) * BigInt(lots) * BigInt(incrementNanos);

const openLots = ({ positionLots, cost }: Holding): OpenLots => ({
  lots: positionLots,
  costNanos: nanosOf(cost),
});

const openedBy = (holding: Holding, fill: BookedFill) => ({
  ...{ side: fill.side, lots: fill.lots, valueNanos: valueNanos(holding, fill) },
});

/** All of a fill that is a sum, so that taking it away again leaves no trace; the cost is not. */
function addFill(holding: Holding, fill: BookedFill, sign: 1n | -1n): void {
  const value = sign * BigInt(fill.side) * valueNanos(holding, fill);
  const lots = Number(sign) * fill.side * fill.lots;
  const fee = addFee(holding, fill, sign);
  holding.positionLots += lots;
  increase(holding.cash, -value - fee);
  increase(holding.feesPaid, fee);
  if (fill.valueDay !== 0) deliver(holding, fill.valueDay, { lots, nanos: -value });
}

/** What the order is charged more, or less, for a fill that is added or taken away. */
function addFee(holding: Holding, fill: BookedFill, sign: 1n | -1n): bigint {
  const { feeTerms, orderFees } = holding;
  const terms = feeTerms[Math.min(fill.venue, feeTerms.length - 1)]!;
  const fee = sign * feeNanos(terms, { ...fill, valueNanos: valueNanos(holding, fill) });
  if (terms.minimumNanos <= 0) return fee;
  const order = orderFees.get(fill.orderId) ?? { fills: 0, sum: createAmount() };
  const charged = chargedNanos(terms, { fills: order.fills, nanos: nanosOf(order.sum) });
  order.fills += Number(sign);
  increase(order.sum, fee);
  if (order.fills === 0) orderFees.delete(fill.orderId);
  else orderFees.set(fill.orderId, order);
  return chargedNanos(terms, { fills: order.fills, nanos: nanosOf(order.sum) }) - charged;
}

function deliver(holding: Holding, day: number, change: { lots: number; nanos: bigint }): void {
  const { deliveries } = holding;
  const delivery = deliveries.get(day) ?? { lots: 0, cash: createAmount() };
  delivery.lots += change.lots;
  increase(delivery.cash, change.nanos);
  if (delivery.lots === 0 && nanosOf(delivery.cash) === 0n) deliveries.delete(day);
  else deliveries.set(day, delivery);
}

/** The average depends on the order of fills, so it is counted again over those that are left. */
function recountCost(holding: Holding): void {
  let open: OpenLots = { lots: holding.before.lots, costNanos: nanosOf(holding.before.cost) };
  for (const fill of holding.fills) open = openAfter(open, openedBy(holding, fill));
  setNanos(holding.cost, open.costNanos);
}

/** The older half becomes what was open before. */
function forgetOldest(holding: Holding): void {
  const { before, fills, orderFees } = holding;
  let open: OpenLots = { lots: before.lots, costNanos: nanosOf(before.cost) };
  const forgotten = fills.splice(0, FILLS_KEPT_MAX / 2);
  for (const fill of forgotten) open = openAfter(open, openedBy(holding, fill));
  before.lots = open.lots;
  setNanos(before.cost, open.costNanos);
  const kept = new Set(fills.map(({ orderId }) => orderId));
  for (const { orderId } of forgotten) if (!kept.has(orderId)) orderFees.delete(orderId);
}

function increase(amount: Amount, nanos: bigint): void {
  setNanos(amount, nanosOf(amount) + nanos);
}
