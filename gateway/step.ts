/** The gateway as a state machine: one record in, bytes out; the same log, the same bytes. */
import type { Nanoseconds } from '#engine';
import type { GatewayEffects } from './effects.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import type { GarbageReason } from './fix/framer.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { markAccounts } from './order/account.ts';
import type { Desk, OrderRequest } from './order/desk.ts';
import { requestMessage, statusMessage } from './order/messages.ts';
import { cancelOrder, type WorkPorts, workDesk } from './order/work.ts';
import { applyReport, applyWithheld } from './reports.ts';
import { judge } from './risk/judge.ts';
import type { SessionEffect, SessionEvent } from './session/event.ts';
import { stepSession } from './session/step.ts';
import type { Signal } from './signal.ts';
import type { GatewayState } from './state.ts';

export type InboundPiece =
  | { kind: 'message'; bytes: Uint8Array }
  | { kind: 'garbage'; reason: GarbageReason };

/** What one record works on, and when. */
type Step = { state: GatewayState; timeNs: Nanoseconds; effects: GatewayEffects };

export function stepGateway(
  state: GatewayState,
  event: Exclude<GatewayEvent, { kind: 'inbound' }> | InboundEvent,
  effects: GatewayEffects,
): void {
  const { timeNs } = event;
  const step: Step = { state, timeNs, effects };
  switch (event.kind) {
    case 'restarted':
      forgetAnswers(state);
      // A stop ended the run of the process before; a kill outlives it.
      state.isStopping = false;
      onSession(step, { kind: 'disconnected', timeNs });
      break;
    case 'connected':
    case 'timer':
      onSession(step, { kind: event.kind, timeNs });
      break;
    case 'disconnected':
      forgetAnswers(state);
      onSession(step, { kind: 'disconnected', timeNs });
      break;
    case 'pieces':
      for (const piece of event.pieces) onSession(step, { ...piece, timeNs });
      break;
    case 'command':
      onCommand(step, event.command);
      break;
    case 'signal': {
      const desk = state.desks[event.signal.instrument]!;
      desk.signal = event.signal;
      desk.holding.markHalfIncrements = event.signal.bidIncrements + event.signal.askIncrements;
      markAccounts(state.accounts, holdings(state), timeNs);
      work(step, event.signal.instrument);
      break;
    }
  }
}

/** Bytes of the venue, already cut into messages by the host's framer. */
export type InboundEvent = { kind: 'pieces'; timeNs: Nanoseconds; pieces: InboundPiece[] };

const holdings = ({ desks }: GatewayState) => desks.map(desk => desk.holding);

/** Without a connection, or after a restart, the venue must say how each order stands. */
function forgetAnswers(state: GatewayState): void {
  state.isLoggedOn = false;
  for (const { order } of state.desks) if (order !== undefined) order.isUnknown = true;
}

function onCommand(step: Step, command: GatewayCommand): void {
  const { state, timeNs } = step;
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
        desk.signal = desk.order && restingWish(desk.signal, instrument, timeNs);
      }
      break;
  }
  for (const instrument of state.desks.keys()) work(step, instrument);
  logOutOnceCancelled(step);
}

/** What is unanswered cannot be cancelled yet; a logout before would leave it at the venue. */
function logOutOnceCancelled(step: Step): void {
  const { state, timeNs } = step;
  if (!state.isStopping) return;
  const isToBeCancelled = ({ order }: Desk) =>
    order?.pending !== undefined && order.pending.kind !== 'cancel';
  if (state.isLoggedOn && state.desks.some(isToBeCancelled)) return;
  onSession(step, { kind: 'logout', timeNs });
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
function work(step: Step, instrument: number): void {
  const { state, timeNs } = step;
  if (!state.isLoggedOn) return;
  const desk = state.desks[instrument]!;
  const ports: WorkPorts = {
    check: intent => judge(state, intent, { nowNs: timeNs, effects: step.effects }),
    nextClientOrderId: () => nextClientOrderId(state, timeNs),
  };
  const { order } = desk;
  const mustCancel = state.isStopping || (state.isKilled && order !== undefined);
  if (!mustCancel) {
    // While killed, the risk check refuses what the desk would open, and counts it.
    const request = workDesk(desk, instrument, ports);
    if (request !== undefined) send(step, request);
  } else if (order !== undefined && order.pending === undefined) {
    send(step, cancelOrder(order, instrument, ports.nextClientOrderId()));
  }
}

function nextClientOrderId(state: GatewayState, timeNs: Nanoseconds): string {
  const day = formatUtcTimestamp(state.config.originNs, timeNs).slice(0, 8);
  return `${day}-${String(++state.orderIds).padStart(6, '0')}`;
}

function send(step: Step, request: OrderRequest): void {
  const { state, timeNs, effects } = step;
  const { config, units, counts } = state;
  effects.probe.begin();
  const transactTime = formatUtcTimestamp(config.originNs, timeNs);
  const instrument = config.instruments[request.instrument]!;
  const message = requestMessage(request, instrument, {
    units: units[request.instrument]!,
    transactTime,
  });
  if (request.kind === 'new') counts.sent++;
  effects.requests.push(request);
  onSession(step, { kind: 'send', timeNs, message });
  effects.probe.end('encode');
}

function onSession(step: Step, event: SessionEvent): void {
  const wanted: SessionEffect[] = [];
  stepSession(step.state.session, event, wanted);
  for (const effect of wanted) onSessionEffect(step, effect);
}

function onSessionEffect(step: Step, effect: SessionEffect): void {
  const { state, effects } = step;
  switch (effect.kind) {
    case 'send':
      effects.outbound.push(effect.bytes);
      break;
    case 'deliver': {
      const instrument = applyReport(state, effect.message, effects);
      if (instrument !== undefined) work(step, instrument);
      logOutOnceCancelled(step);
      break;
    }
    case 'withheld':
      applyWithheld(state, effect.message);
      logOutOnceCancelled(step);
      break;
    case 'rejected':
      effects.problems.push(`the venue rejected a message: ${effect.reject.text ?? 'no text'}`);
      if (effect.message !== undefined) applyWithheld(state, effect.message);
      logOutOnceCancelled(step);
      break;
    case 'logged-on':
      onLoggedOn(step);
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
function onLoggedOn(step: Step): void {
  const { state, timeNs, effects } = step;
  state.isLoggedOn = true;
  effects.isLoggedOn = true;
  for (const [instrument, { order }] of state.desks.entries()) {
    if (order?.isUnknown !== true) continue;
    const message = statusMessage(order, state.config.instruments[instrument]!);
    onSession(step, { kind: 'send', timeNs, message });
  }
  // Wishes that came while the venue was away; those that are too old by now, risk refuses.
  for (const [instrument, { order }] of state.desks.entries()) {
    if (order === undefined) work(step, instrument);
  }
}
