/** Collects the extracts of orders while a log is replayed: nothing is kept beside the replay. */
import { hash } from 'node:crypto';
import { OutriderError } from '#engine';
import { nanosOf } from '../account/amount.ts';
import { decimalText } from '../account/statement.ts';
import { chainOf } from '../chain/output-chain.ts';
import type { GatewayEffects } from '../effects.ts';
import type { GatewayEvent } from '../event.ts';
import { createFramer, type Framer } from '../fix/framer.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { clientOrderIdText } from '../order/client-order-id.ts';
import type { OrderRequest } from '../order/request.ts';
import type { WorkingOrder } from '../order/working-order.ts';
import type { OrderNews } from '../order-news.ts';
import { scopeText } from '../risk/scope-name.ts';
import type { JudgedIntent, RiskCheck } from '../risk/trace.ts';
import type { Signal } from '../signal.ts';
import { deskOf, type GatewayState, strategyAt } from '../state.ts';
import {
  type ExtractContent,
  type ExtractItem,
  type HoldingAfter,
  type LogPlace,
  type OrderExtract,
  sealExtract,
} from './order-extract.ts';
import { readWireMessage, type WireMessage } from './wire-message.ts';

/** One record of the gateway's log, stepped. */
export type SteppedRecord = {
  offset: number;
  payload: Uint8Array;
  event: GatewayEvent;
  effects: GatewayEffects;
  /** What was asked of risk meanwhile; see risk/trace.ts. */
  judged: readonly JudgedIntent[];
};

export type OrderCollector = {
  take(stepped: SteppedRecord): void;
  /** By ClOrdID of its first request or of a later one: that of the first. */
  rootOf(clientOrderId: string): string | undefined;
  extracts(): OrderExtract[];
};

export type OrderCollectorOptions = {
  /** Whether the order of a first ClOrdID is collected, or only followed. */
  isWanted(order: string): boolean;
  /** What the edge's log has under the signal: handed each signal of the log, in order. */
  groundsOf(signal: Signal): ExtractItem[];
};

/** Of one collector: an extract holds every message whole. */
export const EXTRACTS_MAX = 50_000;

type Unsealed = Omit<OrderExtract, 'sha256'>;
type Ground = { place: LogPlace; items: ExtractItem[] };
type Collecting = {
  readonly state: GatewayState;
  readonly options: OrderCollectorOptions;
  readonly orders: Map<string, Unsealed>;
  /** Every ClOrdID and the first of its order. */
  readonly roots: Map<string, string>;
  /** `venue orderId`, and `venue number` of what was sent last under it, to the order's first. */
  readonly byOrderId: Map<string, string>;
  readonly bySeqNum: Map<string, { order: string; text: string }>;
  /** ClOrdID of a mass cancel, and the firsts of the orders that it covered. */
  readonly massCancels: Map<string, string[]>;
  /** By desk `strategy instrument`: the latest signal; by instrument: the latest quote. */
  readonly signals: Map<string, Ground>;
  readonly quotes: Map<number, Ground>;
};

type Placing = { at: Collecting; stepped: SteppedRecord; place: () => LogPlace };

/** For a state that is stepped by the host; each record is handed in once it is stepped. */
export function collectOrders(state: GatewayState, options: OrderCollectorOptions): OrderCollector {
  const at: Collecting = {
    ...{ state, options, orders: new Map(), roots: new Map(), byOrderId: new Map() },
    ...{ bySeqNum: new Map(), massCancels: new Map(), signals: new Map(), quotes: new Map() },
  };
  let inbound: Buffer[] = [];
  const framers = state.config.venues.map(() =>
    createFramer({ onMessage: bytes => inbound.push(bytes), onGarbage() {} }),
  );
  return {
    take(stepped) {
      const placing = { at, stepped, place: lazyPlace(stepped) };
      inbound = [];
      feed(framers, stepped.event);
      takeGrounds(placing);
      takeAnswers(placing, inbound);
      takeRequests(placing);
      takeSent(placing);
    },
    rootOf: clientOrderId => at.roots.get(clientOrderId),
    extracts: () => [...at.orders.values()].map(sealExtract),
  };
}

function feed(framers: readonly Framer[], event: GatewayEvent): void {
  if (event.kind === 'connected') framers[event.venue]?.reset();
  if (event.kind === 'inbound') framers[event.venue]?.push(event.bytes);
}

/** Hashed once, and only where an order has something of the record. */
function lazyPlace({ offset, payload }: SteppedRecord): () => LogPlace {
  let place: LogPlace | undefined;
  return () => {
    place ??= { log: 'gateway.log', record: offset, sha256: hash('sha256', payload) };
    return place;
  };
}

function add({ at, stepped, place }: Placing, order: string, contents: ExtractContent[]): void {
  const unsealed = at.orders.get(order);
  if (unsealed === undefined) return;
  const time = timeText(at.state, stepped.event.timeNs);
  for (const content of contents) unsealed.items.push({ place: place(), time, ...content });
}

const timeText = ({ config }: GatewayState, timeNs: number) =>
  formatUtcTimestamp(config.originNs, timeNs);

function takeGrounds({ at, stepped, place }: Placing): void {
  const { event } = stepped;
  const { state, options, signals, quotes } = at;
  if (event.kind !== 'signal' && event.kind !== 'quote') return;
  const time = timeText(state, event.timeNs);
  if (event.kind === 'quote') {
    const { instrument, venue, tickTimeNs, bidIncrements, askIncrements } = event.quote;
    const { price } = state.units[instrument]!;
    const name = venue === undefined ? 'edge' : state.config.venues[venue]!.name;
    const prices = { bid: price(bidIncrements), ask: price(askIncrements), tickTimeNs };
    const item: ExtractItem = { place: place(), time, kind: 'quote', venue: name, ...prices };
    quotes.set(instrument, { place: item.place, items: [item] });
    return;
  }
  const { signal } = event;
  const { strategy, instrument, desiredLots, style, basis, forecastId, forecastTimeNs } = signal;
  const { price } = state.units[instrument]!;
  const item: ExtractItem = {
    ...{ place: place(), time, kind: 'signal', desiredLots, style },
    limit: price(signal.limitIncrements),
    ...{ bid: price(signal.bidIncrements), ask: price(signal.askIncrements) },
    ...{ tickTimeNs: signal.tickTimeNs, basis, forecastId, forecastTimeNs },
  };
  const items = [...options.groundsOf(signal), item];
  signals.set(`${strategy} ${instrument}`, { place: item.place, items });
}

function takeRequests(placing: Placing): void {
  const { at, stepped } = placing;
  for (const request of stepped.effects.requests.list) {
    const id = clientOrderIdText(request.clientOrderId);
    const original = clientOrderIdText(request.originalClientOrderId);
    const root = request.kind === 'new' ? id : (at.roots.get(original) ?? original);
    at.roots.set(id, root);
    if (request.kind === 'new' && at.options.isWanted(root)) begin(at, request, id);
    const order = at.orders.get(root);
    if (order === undefined) continue;
    if (order.clientOrderIds.at(-1) !== id) order.clientOrderIds.push(id);
    if (request.kind !== 'cancel') addGrounds(at, order, request);
    const { idSerial, of } = { idSerial: request.clientOrderId.serial, of: stepped.judged };
    const judged = of.findLast(
      each => each.idSerial === idSerial && each.strategy === request.strategy,
    );
    const checks = judged?.checks.map(check => checkContent(at.state, check)) ?? [];
    add(placing, root, [...checks, requestContent(at.state, request, id)]);
  }
}

function begin(at: Collecting, request: OrderRequest, id: string): void {
  if (at.orders.size >= EXTRACTS_MAX) {
    const message = `more than ${EXTRACTS_MAX} orders: ask for one of them with --order CLORDID`;
    throw new OutriderError('limit', message);
  }
  const { config } = at.state;
  const { name: strategy, account } = strategyAt(at.state, request.strategy);
  at.orders.set(id, {
    ...{ version: 1, order: id, clientOrderIds: [id] },
    venue: config.venues[request.venue]!.name,
    ...{ strategy, account, instrument: config.instruments[request.instrument]!.symbol },
    side: request.side === 1 ? 'buy' : 'sell',
    items: [],
  });
}

/** Signal and quote, and what is under them, unless the order has them already. */
function addGrounds(at: Collecting, order: Unsealed, request: OrderRequest): void {
  const { strategy, instrument } = request;
  for (const ground of [at.signals.get(`${strategy} ${instrument}`), at.quotes.get(instrument)]) {
    if (ground === undefined) continue;
    const { log, record } = ground.place;
    const isThere = order.items.some(({ place }) => place.log === log && place.record === record);
    if (!isThere) order.items.push(...ground.items);
  }
}

function checkContent({ risk }: GatewayState, check: RiskCheck): ExtractContent {
  const { rule, passed, limits, objection } = check;
  return {
    ...{ kind: 'check', rule, passed },
    limits: limits.map(({ seen, soft = null, hard = null, ...scope }) => ({
      ...{ scope: scopeText(risk.topology, scope), seen, soft, hard },
    })),
    refusal: objection === undefined ? null : `${objection.seen}, allowed ${objection.allowed}`,
  };
}

function requestContent(state: GatewayState, request: OrderRequest, id: string): ExtractContent {
  const { quantity, price } = state.units[request.instrument]!;
  const isPriced = request.kind !== 'cancel' && request.type === 'limit';
  return {
    ...{ kind: 'request', request: request.kind, clientOrderId: id },
    quantity: quantity(request.lots),
    price: isPriced ? price(request.limitIncrements) : null,
  };
}

/** Orders and questions of ours, new and resent, and gap fills that stand for them. */
function takeSent(placing: Placing): void {
  const { at, stepped } = placing;
  const { list, venues } = stepped.effects.outbound;
  if (list.length === 0) return;
  let chain: { messages: number; tip: string } | undefined;
  for (const [index, bytes] of list.entries()) {
    const message = readWireMessage(bytes);
    const venue = venues[index]!;
    if (message === undefined) continue;
    takeWithheld(placing, venue, message);
    const { msgSeqNum, isRepeated, text } = message;
    const roots = rootsOfSent(at, message);
    // A message of one order alone is found again by its number.
    if (message.msgType !== 'q' && roots.length === 1) {
      const order = roots[0]!;
      at.bySeqNum.set(`${venue} ${msgSeqNum}`, { order, text: at.orders.has(order) ? text : '' });
    }
    for (const root of roots.filter(each => at.orders.has(each))) {
      if (chain === undefined) {
        const { messages, tip } = chainOf(at.state);
        chain = { messages, tip };
      }
      const { epoch, standby } = at.state.succession;
      const pair = epoch > 0 && { standby: standby || null };
      add(placing, root, [{ kind: 'sent', message: text, isRepeated, chain, ...pair }]);
    }
  }
}

/** The orders that a message of ours is about: one, or all that a mass cancel covers. */
function rootsOfSent(at: Collecting, { msgType, clOrdId = '' }: WireMessage): string[] {
  const root = at.roots.get(clOrdId);
  if (msgType !== 'q') return root === undefined ? [] : [root];
  const known = at.massCancels.get(clOrdId);
  if (known !== undefined) return known;
  const isIt = ({ pending }: WorkingOrder) =>
    pending?.kind === 'mass-cancel' && clientOrderIdText(pending.clientOrderId) === clOrdId;
  const covered = at.state.desks.flatMap(({ orders }) => orders.filter(isIt));
  const roots = covered.flatMap(({ clientOrderId }) => {
    return at.roots.get(clientOrderIdText(clientOrderId)) ?? [];
  });
  at.massCancels.set(clOrdId, roots);
  return roots;
}

function takeWithheld(placing: Placing, venue: number, message: WireMessage): void {
  const { gapFillEnd, msgSeqNum } = message;
  if (gapFillEnd === undefined) return;
  for (let number = msgSeqNum; number < gapFillEnd; number++) {
    const sent = placing.at.bySeqNum.get(`${venue} ${number}`);
    if (sent === undefined) continue;
    add(placing, sent.order, [{ kind: 'withheld', msgSeqNum: number, message: sent.text }]);
  }
}

/** What the venue said in this record, and what became of orders by it or by what waited. */
function takeAnswers(placing: Placing, inbound: readonly Buffer[]): void {
  const { at, stepped } = placing;
  const { event } = stepped;
  const told = [...stepped.effects.news];
  for (const bytes of event.kind === 'inbound' ? inbound : []) {
    const message = readWireMessage(bytes);
    const venue = event.kind === 'inbound' ? event.venue : 0;
    if (message === undefined || !ANSWERS.has(message.msgType)) continue;
    if (message.msgType === 'r') {
      for (const order of at.massCancels.get(message.clOrdId ?? '') ?? []) {
        add(placing, order, [{ kind: 'answer', message: message.text, news: null, after: null }]);
      }
      continue;
    }
    const order = orderOf(at, venue, message);
    if (order === undefined) continue;
    if (message.orderId !== undefined) at.byOrderId.set(`${venue} ${message.orderId}`, order);
    const index = told.findIndex(news => isTold(news, message));
    const [news] = index < 0 ? [] : told.splice(index, 1);
    const after = news === undefined ? null : holdingAfter(at.state, news);
    add(placing, order, [
      { kind: 'answer', message: message.text, news: news?.news ?? null, after },
    ]);
  }
  for (const each of told) {
    const order = at.roots.get(each.clientOrderId);
    if (order === undefined) continue;
    const after = holdingAfter(at.state, each);
    add(placing, order, [{ kind: 'news', news: each.news, execId: each.execId, after }]);
  }
}

/** Execution reports, cancel rejects, answers to mass cancels, rejects of a message of ours. */
const ANSWERS = new Set(['8', '9', 'r', 'j', '3']);

function orderOf(at: Collecting, venue: number, message: WireMessage): string | undefined {
  const { clOrdId = '', origClOrdId = '', orderId, refSeqNum, msgType } = message;
  if (msgType === 'j' || msgType === '3') return at.bySeqNum.get(`${venue} ${refSeqNum}`)?.order;
  const byName = at.roots.get(clOrdId) ?? at.roots.get(origClOrdId);
  return byName ?? at.byOrderId.get(`${venue} ${orderId}`);
}

const isTold = (news: OrderNews, message: WireMessage): boolean =>
  message.msgType === '8'
    ? news.execId === message.execId
    : news.execution.kind === 'cancel-rejected' && news.execId === '';

function holdingAfter(state: GatewayState, of: OrderNews): HoldingAfter {
  const { positionLots, feesPaid, cash } = deskOf(state, of).holding;
  const text = (money: typeof cash) => decimalText(nanosOf(money));
  return { positionLots, fees: text(feesPaid), cash: text(cash) };
}
