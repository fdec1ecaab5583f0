/** Plain orders on the short way: taken and answered where they lie, no text or object made. */
import { PLAIN_ORDER, PLAIN_REPORT, type PlainOrders } from '#native';
import type { HalfMessage } from '../fix/framer.ts';
import { sendEncoded } from './outbound.ts';
import type { SessionState } from './state.ts';

/*
  An owner that answers orders says by this port how it takes those that are plain. A message goes
  the short way where nothing came before it in its turn that did not: so both ways keep the order
  of numbers, and what the short way leaves to the other is said there in full.
*/
export type PlainPort = {
  /** Undefined where there is none for these names, or no addon. */
  bind(scan: HalfMessage): PlainOrders | undefined;
  /** Whether the owner takes the order read last this way; nothing has happened to it yet. */
  accepts(orders: PlainOrders): boolean;
  /** Takes it. Each `reply` sends the report written to `orders`; false: say it the other way. */
  onOrder(orders: PlainOrders, reply: () => boolean): void;
};

export type PlainWay = {
  readonly port: PlainPort;
  readonly orders: PlainOrders;
  readonly originMs: number;
  readonly reply: () => boolean;
  /** Reports up to here wait to leave. */
  end: number;
};

export function openPlainWay(
  state: SessionState,
  port: PlainPort,
  scan: HalfMessage,
): PlainWay | undefined {
  const orders = port.bind(scan);
  if (orders === undefined) return undefined;
  const originMs = Number(state.config.originNs / 1_000_000n);
  const way: PlainWay = { port, orders, originMs, reply: () => reply(state, way), end: 0 };
  return way;
}

/** Takes the message at the frame's place if it is a plain order and the next of the session. */
export function takePlain(state: SessionState, way: PlainWay): boolean {
  const { orders, port } = way;
  if (state.status !== 'active' || state.gap !== undefined || !orders.read()) return false;
  const { store, config } = state;
  const msgSeqNum = orders.order[PLAIN_ORDER.msgSeqNum]!;
  const sentNs = (orders.order[PLAIN_ORDER.sentUnixMs]! - way.originMs) * 1_000_000;
  const isInTime = Math.abs(sentNs - state.nowNs) <= config.sendingTimeToleranceNs;
  if (msgSeqNum !== store.nextTargetSeq() || !isInTime || !port.accepts(orders)) return false;
  state.lastReceivedNs = state.nowNs;
  state.testRequestNs = undefined;
  store.setNextTargetSeq(msgSeqNum + 1);
  port.onOrder(orders, way.reply);
  return true;
}

function reply(state: SessionState, way: PlainWay): boolean {
  const { report, reports, write } = way.orders;
  report[PLAIN_REPORT.msgSeqNum] = state.store.nextSenderSeq();
  report[PLAIN_REPORT.unixMs] = way.originMs + Math.floor(state.nowNs / 1_000_000);
  const end = write(way.end);
  if (end === 0) return false;
  sendEncoded(state, reports.subarray(way.end, end));
  way.end = end;
  return true;
}

/** The reports that wait, in memory of their own; undefined where none do. */
export function takeReports(way: PlainWay): Uint8Array | undefined {
  if (way.end === 0) return undefined;
  const bytes = Buffer.allocUnsafe(way.end);
  bytes.set(way.orders.reports.subarray(0, way.end));
  way.end = 0;
  return bytes;
}
