/** A venue that errs on purpose, behind our own session and a real socket; for tests. */
import { type Clock, type Timers, wallClock, wallTimers } from '#engine';
import type { GatewayEvent } from './event.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import type { ApplicationMessage } from './fix/message.ts';
import type { NewOrderSingle } from './fix/new-order-single.ts';
import { ExecType, OrdStatus } from './fix/order-status.ts';
import { connectFix, listenFix } from './fix/tcp.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { createGateway, createReplay, type Gateway } from './gateway.ts';
import { CONFIG, replayedBytes, signalAt } from './paper-world.ts';
import { configWith } from './scripted-venue.ts';
import { sessionConfig } from './session/config.ts';
import { connectSession, type SessionConnection } from './session/connection.ts';
import { memoryStore } from './session/memory-store.ts';
import { newSession } from './session/state.ts';
import type { Signal } from './signal.ts';
import type { GatewayConfig } from './state.ts';

/** What it keeps of an order of ours; quantities in lots of the first instrument. */
export type BadOrder = { request: NewOrderSingle; lots: number; filled: number; isOver: boolean };

export type BadVenue = {
  readonly gateway: Gateway;
  /** Application messages that it received. */
  readonly received: ApplicationMessage[];
  /** By ClOrdID. */
  readonly orders: Map<string, BadOrder>;
  /** Fills that stand, of orders of ours: their signed lots by ExecID. */
  readonly fills: Map<string, number>;
  /** Messages that the session itself refused, on either side. */
  readonly refused: string[];
  say(message: ApplicationMessage): void;
  report(
    order: BadOrder,
    execType: ExecType,
    differing?: Partial<ExecutionReport>,
  ): ExecutionReport;
  /** Says that lots of it were filled. */
  fill(order: BadOrder, lots: number): ExecutionReport;
  end(order: BadOrder): void;
  signal(wish: Partial<Signal>): void;
  /** Whether each side has all that the other said. */
  isQuiet(): boolean;
  /** Bytes of the gateway, and those that a replay of its log sends. */
  bytes(): { sent: Buffer; replayed: Buffer };
  close(): Promise<void>;
};

/** How it answers; what it leaves unsaid stays unsaid. */
export type Application = (venue: BadVenue, message: ApplicationMessage) => void;

export const BAD_CONFIG = configWith(
  { hasDontKnowTrade: true },
  { limits: { ...CONFIG.limits, ordersPerSecond: 10_000 } },
);

const LOT_ZEROS = '000';

/** A UTC midnight, as a log's origin is. */
function originOf(unixNs: number): bigint {
  const dayNs = 86_400_000_000_000n;
  return (BigInt(Math.floor(unixNs)) / dayNs) * dayNs;
}

type Ports = { clock: Clock; timers: Timers; config: GatewayConfig };

/** Logged on. */
export async function openBadVenue(
  application: Application,
  given: GatewayConfig = BAD_CONFIG,
): Promise<BadVenue> {
  const config = { ...given, originNs: originOf(wallClock(0n).nowNs()) };
  const clock = wallClock(config.originNs);
  const ports = { clock, timers: wallTimers(clock), config };
  const refused: string[] = [];
  const acceptor = acceptorSide(ports, refused, message => {
    if (message.msgType === 'D') venue.orders.set(message.clOrdId, newOrder(message));
    venue.received.push(message);
    application(venue, message);
  });
  const listener = await listenFix({ port: 0 }, wire => acceptor.session.opened(wire), ports);
  const side = await gatewaySide(ports, refused, listener.port);
  const venue: BadVenue = {
    ...{ gateway: side.gateway, received: [], orders: new Map(), fills: new Map(), refused },
    ...speaking(() => venue, ports, acceptor.session),
    signal: wish => side.gateway.onSignal(signalAt(clock.nowNs(), wish)),
    isQuiet() {
      const ours = side.gateway.state.venues[0]!.store;
      const { nextSenderSeq, nextTargetSeq } = acceptor.store;
      return ours.nextTargetSeq() === nextSenderSeq() && ours.nextSenderSeq() === nextTargetSeq();
    },
    bytes: side.bytes,
    async close() {
      side.close();
      await listener.close();
    },
  };
  side.gateway.onConnected();
  await side.loggedOn;
  return venue;
}

function acceptorSide(
  { clock, timers, config }: Ports,
  refused: string[],
  onMessage: (message: ApplicationMessage) => void,
) {
  const { senderCompId, targetCompId } = config.venues[0]!;
  const names = { senderCompId: targetCompId, targetCompId: senderCompId };
  const agreed = sessionConfig({ role: 'acceptor', ...names, originNs: config.originNs });
  const store = memoryStore();
  const session = connectSession(newSession(agreed, store), {
    ...{ clock, timers, onDisconnect: reason => void refused.push(reason) },
    onNotice(notice) {
      if (notice.kind === 'rejected') refused.push(notice.reject.text ?? 'rejected');
      if (notice.kind === 'deliver') onMessage(notice.message);
    },
  });
  return { store, session };
}

async function gatewaySide({ clock, timers, config }: Ports, refused: string[], port: number) {
  const log: GatewayEvent[] = [];
  const sent: Buffer[] = [];
  const loggedOn = Promise.withResolvers<void>();
  const gateway = createGateway(config, {
    ...{ clock, timers, journal: event => void log.push(kept(event)), onPosition() {} },
    send(bytes) {
      sent.push(bytes);
      connection.write(bytes);
    },
    disconnect: reason => void refused.push(reason),
    onEffects: ({ loggedOn: venues }) => venues.length > 0 && loggedOn.resolve(),
  });
  const handler = { onBytes: (bytes: Uint8Array) => gateway.onBytes(bytes), onClose() {} };
  const connection = await connectFix({ port }, handler, { clock, timers });
  return {
    ...{ gateway, loggedOn: loggedOn.promise },
    bytes: () => ({
      sent: Buffer.concat(sent),
      replayed: replayedBytes(createReplay(config), log),
    }),
    close() {
      gateway.close();
      connection.end();
    },
  };
}

/** What the application can say, and what it then keeps. */
function speaking(
  venueOf: () => BadVenue,
  { clock, config }: Ports,
  session: SessionConnection,
): Pick<BadVenue, 'say' | 'report' | 'fill' | 'end'> {
  let executions = 0;
  const report: BadVenue['report'] = (order, execType, differing = {}) => {
    const transactTime = formatUtcTimestamp(config.originNs, clock.nowNs());
    const of = { execType, execId: String(++executions), transactTime };
    const said = { ...reportOf(order, of), ...differing };
    session.send(said);
    return said;
  };
  return {
    report,
    say: message => session.send(message),
    fill(order, lots) {
      order.filled += lots;
      const price = { lastQty: `${lots}${LOT_ZEROS}`, lastPx: order.request.price };
      const said = report(order, ExecType.trade, price);
      venueOf().fills.set(said.execId, order.request.side === '1' ? lots : -lots);
      return said;
    },
    end(order) {
      order.isOver = true;
      report(order, ExecType.canceled);
    },
  };
}

/** A socket's memory is used again. */
const kept = (event: GatewayEvent): GatewayEvent =>
  event.kind === 'inbound' ? { ...event, bytes: Uint8Array.from(event.bytes) } : { ...event };

function newOrder(request: NewOrderSingle): BadOrder {
  const lots = Number(request.orderQty.slice(0, -LOT_ZEROS.length));
  return { request, lots, filled: 0, isOver: false };
}

function reportOf(
  { request, lots, filled, isOver }: BadOrder,
  of: Pick<ExecutionReport, 'execType' | 'execId' | 'transactTime'>,
): ExecutionReport {
  const { clOrdId, side, symbol } = request;
  const open = filled > 0 ? OrdStatus.partiallyFilled : OrdStatus.new;
  const standing = filled >= lots ? OrdStatus.filled : open;
  const leaves = isOver ? 0 : Math.max(0, lots - filled);
  return {
    ...{ msgType: '8', clOrdId, orderId: `V${clOrdId}`, side, symbol, avgPx: '1', ...of },
    ordStatus: isOver ? OrdStatus.canceled : standing,
    ...{ cumQty: `${filled}${LOT_ZEROS}`, leavesQty: `${leaves}${LOT_ZEROS}` },
  };
}
