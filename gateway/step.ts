/** The gateway as a state machine: one record in, bytes out; the same log, the same bytes. */
import { DAY_NS, type Nanoseconds } from '#engine';
import { markAccounts } from './account/account.ts';
import type { GatewayEffects } from './effects.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import type { GarbageReason } from './fix/framer.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import type { Desk, OrderRequest } from './order/desk.ts';
import { statusMessage } from './order/messages.ts';
import { cancelOrder, openOrder, replaceOrder, wantedOf } from './order/work.ts';
import { applyReport, applyWithheld } from './reports.ts';
import { judge } from './risk/judge.ts';
import type { SessionEffect, SessionEvent } from './session/event.ts';
import { sendEncoded } from './session/outbound.ts';
import { isWithinPeriod } from './session/period.ts';
import { advanceTo } from './session/state.ts';
import { stepSession } from './session/step.ts';
import type { Signal } from './signal.ts';
import type { GatewayState } from './state.ts';

export type InboundPiece =
  | { kind: 'message'; bytes: Uint8Array }
  | { kind: 'garbage'; reason: GarbageReason };

export function stepGateway(
  state: GatewayState,
  event: Exclude<GatewayEvent, { kind: 'inbound' }> | InboundEvent,
  effects: GatewayEffects,
): void {
  state.nowNs = event.timeNs;
  switch (event.kind) {
    case 'restarted':
      forgetAnswers(state);
      // A stop ended the run of the process before; a kill outlives it.
      state.isStopping = false;
      onSession(state, effects, { kind: 'disconnected', timeNs: event.timeNs });
      break;
    case 'connected':
    case 'timer':
      onSession(state, effects, { kind: event.kind, timeNs: event.timeNs });
      break;
    case 'disconnected':
      forgetAnswers(state);
      onSession(state, effects, { kind: 'disconnected', timeNs: event.timeNs });
      break;
    case 'pieces':
      for (const piece of event.pieces)
        onSession(state, effects, { ...piece, timeNs: event.timeNs });
      break;
    case 'command':
      onCommand(state, effects, event.command);
      break;
    case 'signal': {
      const desk = state.desks[event.signal.instrument]!;
      desk.signal = event.signal;
      desk.holding.markHalfIncrements = event.signal.bidIncrements + event.signal.askIncrements;
      markAccounts(state.accounts, utcDayOf(state));
      work(state, event.signal.instrument, effects);
      break;
    }
  }
}

/** Bytes of the venue, already cut into messages by the host's framer. */
export type InboundEvent = { kind: 'pieces'; timeNs: Nanoseconds; pieces: InboundPiece[] };

/** Without a connection, or after a restart, the venue must say how each order stands. */
function forgetAnswers(state: GatewayState): void {
  state.isLoggedOn = false;
  for (const { order } of state.desks) if (order !== undefined) order.isUnknown = true;
}

function onCommand(state: GatewayState, effects: GatewayEffects, command: GatewayCommand): void {
  switch (command) {
    case 'kill':
      state.isKilled = true;
      break;
    case 'arm':
      state.isKilled = false;
      return;
    case 'stop':
      state.isStopping = true;
      for (const desk of state.desks) desk.signal = undefined;
      break;
    case 'edge-lost':
      for (const [instrument, desk] of state.desks.entries()) {
        desk.signal = desk.order && restingWish(desk.signal, instrument, state.nowNs);
      }
      break;
  }
  for (const instrument of state.desks.keys()) work(state, instrument, effects);
  logOutOnceCancelled(state, effects);
}

/** What is unanswered cannot be cancelled yet; a logout before would leave it at the venue. */
function logOutOnceCancelled(state: GatewayState, effects: GatewayEffects): void {
  if (!state.isStopping) return;
  const isToBeCancelled = ({ order }: Desk) =>
    order?.pending !== undefined && order.pending.kind !== 'cancel';
  if (state.isLoggedOn && state.desks.some(isToBeCancelled)) return;
  onSession(state, effects, { kind: 'logout', timeNs: state.nowNs });
}

/** A wish for nothing at work: what is, is cancelled once the venue answered, and nothing opens. */
function restingWish(signal: Signal | undefined, instrument: number, timeNs: Nanoseconds): Signal {
  const blank = {
    ...{ instrument, timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs },
    ...{ desiredLots: 0, limitIncrements: 0, bidIncrements: 0, askIncrements: 0 },
    ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0, forecastId: '0'.repeat(32) },
  };
  return { ...blank, basis: 'provisional', ...signal, style: 'wait' };
}

/** At most one request: what the instrument's wish lacks, or the cancel of what must not work. */
function work(state: GatewayState, instrument: number, effects: GatewayEffects): void {
  const desk = state.desks[instrument]!;
  if (!state.isLoggedOn) {
    refuseOutsideHours(state, desk, effects);
    return;
  }
  const { order } = desk;
  if (state.isStopping || (state.isKilled && order !== undefined)) {
    if (order !== undefined && order.pending === undefined) cancel(state, desk, effects);
    return;
  }
  const wanted = wantedOf(desk);
  switch (wanted) {
    case 'nothing':
      return;
    case 'cancel':
      cancel(state, desk, effects);
      return;
    case 'new':
    case 'replace': {
      // While killed, the risk check refuses what the desk would open, and counts it.
      const approved = judge(state, desk.intent, effects);
      if (approved === undefined) return;
      const request = nextRequest(state, effects);
      if (wanted === 'new') openOrder(desk, approved, request);
      else replaceOrder(desk, approved, request);
      send(state, request, effects);
    }
  }
}

/** Outside its hours no session takes a wish up later: the risk check refuses and counts it. */
function refuseOutsideHours(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  if (state.isStopping || isWithinPeriod(state.session, state.nowNs)) return;
  const wanted = wantedOf(desk);
  if (wanted === 'new' || wanted === 'replace') judge(state, desk.intent, effects);
}

function cancel(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const request = nextRequest(state, effects);
  cancelOrder(desk, request);
  send(state, request, effects);
}

/** A request with the next ClOrdID. */
function nextRequest(state: GatewayState, effects: GatewayEffects): OrderRequest {
  const { orderIds } = state;
  const request = effects.requests.take();
  const utcDay = utcDayOf(state);
  if (utcDay !== orderIds.utcDay) {
    orderIds.utcDay = utcDay;
    const time = formatUtcTimestamp(state.config.originNs, state.nowNs);
    orderIds.date = Number(time.slice(0, 8));
  }
  request.clientOrderId.date = orderIds.date;
  request.clientOrderId.serial = ++orderIds.count;
  return request;
}

/** Whole days since the origin, itself a UTC midnight. */
const utcDayOf = ({ nowNs }: GatewayState) => Math.floor(nowNs / DAY_NS);

function send(state: GatewayState, request: OrderRequest, effects: GatewayEffects): void {
  const { session } = state;
  effects.probe.begin();
  advanceTo(session, state.nowNs);
  const bytes = state.wire.encode(request, session);
  if (request.kind === 'new') state.counts.sent++;
  if (sendEncoded(session, bytes)) effects.outbound.add(bytes);
  effects.probe.end('encode');
}

function onSession(state: GatewayState, effects: GatewayEffects, event: SessionEvent): void {
  const wanted: SessionEffect[] = [];
  stepSession(state.session, event, wanted);
  for (const effect of wanted) onSessionEffect(state, effects, effect);
}

function onSessionEffect(
  state: GatewayState,
  effects: GatewayEffects,
  effect: SessionEffect,
): void {
  switch (effect.kind) {
    case 'send':
      effects.outbound.add(effect.bytes);
      break;
    case 'deliver': {
      const instrument = applyReport(state, effect.message, effects);
      if (instrument !== undefined) work(state, instrument, effects);
      logOutOnceCancelled(state, effects);
      break;
    }
    case 'withheld':
      applyWithheld(state, effect.message);
      logOutOnceCancelled(state, effects);
      break;
    case 'rejected':
      effects.problems.push(`the venue rejected a message: ${effect.reject.text ?? 'no text'}`);
      if (effect.message !== undefined) applyWithheld(state, effect.message);
      logOutOnceCancelled(state, effects);
      break;
    case 'logged-on':
      onLoggedOn(state, effects);
      break;
    case 'timer':
      effects.dueNs = Math.min(effects.dueNs, effect.dueNs);
      break;
    case 'disconnect':
      state.isLoggedOn = false;
      effects.disconnect = `${effect.reason} ${effect.text}`.trim();
      break;
  }
}

/** What was sent over an earlier connection is asked after before anything new leaves. */
function onLoggedOn(state: GatewayState, effects: GatewayEffects): void {
  state.isLoggedOn = true;
  effects.isLoggedOn = true;
  for (const [instrument, { order }] of state.desks.entries()) {
    if (order?.isUnknown !== true) continue;
    const message = statusMessage(order, state.config.instruments[instrument]!);
    onSession(state, effects, { kind: 'send', timeNs: state.nowNs, message });
  }
  // Wishes that came while the venue was away; those that are too old by now, risk refuses.
  for (const [instrument, { order }] of state.desks.entries()) {
    if (order === undefined) work(state, instrument, effects);
  }
}
