/** The gateway as a state machine: one record in, bytes out; the same log, the same bytes. */
import { invariant, type Nanoseconds } from '#engine';
import {
  type AtVenue,
  forgetAnswers,
  logOutOnceCancelled,
  onListFailed,
  onSession,
} from './at-venue.ts';
import { liftHalts } from './behind-venue.ts';
import { dropWishOf } from './drop-wish.ts';
import type { GatewayEffects } from './effects.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import { onQuote, takeWish, workExecution } from './execution/inputs.ts';
import type { MarketQuote } from './execution/market-quote.ts';
import type { GarbageReason } from './fix/framer.ts';
import { closeMarkets } from './market-close.ts';
import { cancelTogether, passMassCancels } from './mass-cancel.ts';
import { liftListHalts, passList } from './mass-status.ts';
import { applyCommand } from './operator/apply-command.ts';
import { takeStatement } from './position-statement.ts';
import { rearming } from './re-arm.ts';
import { FIRM, setState } from './risk/states.ts';
import { watchQuote } from './risk/watch.ts';
import type { SessionEvent } from './session/event.ts';
import type { Signal } from './signal.ts';
import { takeClaim } from './standby/claim-record.ts';
import { deskOf, type GatewayState } from './state.ts';
import { knownStepVersion, stepRules } from './step-version.ts';
import { applyRate, markInstrument, markQuoted, passEdges } from './value-accounts.ts';
import type { VenueState } from './venue-state.ts';
import { workDesk, workTripped } from './work-desk.ts';

export type InboundPiece =
  | { kind: 'message'; bytes: Uint8Array }
  | { kind: 'garbage'; reason: GarbageReason };

/** Bytes of a venue, already cut into messages by the host's framer. */
export type InboundEvent = {
  kind: 'pieces';
  timeNs: Nanoseconds;
  venue: number;
  pieces: InboundPiece[];
};

export function stepGateway(
  state: GatewayState,
  event: Exclude<GatewayEvent, { kind: 'inbound' | 'snapshot-mark' }> | InboundEvent,
  effects: GatewayEffects,
): void {
  const { timeNs } = event;
  if (event.kind === 'epoch-claim' && !takeClaim(state.succession, event)) return;
  if (state.succession.isVoid) return;
  state.nowNs = timeNs;
  const isEdge = passEdges(state, effects);
  onEvent(state, event, effects);
  if (isEdge && closeMarkets(state)) {
    for (const desk of state.desks) workDesk(state, desk, effects);
  }
  if (state.risk.hasTripped) cancelTogether(state, effects);
  workTripped(state, effects);
}

function onEvent(
  state: GatewayState,
  event: Parameters<typeof stepGateway>[1],
  effects: GatewayEffects,
): void {
  const { timeNs } = event;
  switch (event.kind) {
    case 'restarted':
    case 'epoch-claim':
      onRestart(state, timeNs, effects);
      break;
    case 'rate':
      applyRate(state, event.rate);
      break;
    case 'standby-state':
      state.succession.standby = event.standby;
      break;
    case 'timer':
      onEachSession(state, { kind: 'timer', timeNs }, effects);
      onDue(state, effects);
      workExecution(state, effects);
      break;
    case 'connected':
      onConnected(atVenue(state, event.venue, effects));
      break;
    case 'disconnected':
      onDisconnected(atVenue(state, event.venue, effects));
      break;
    case 'pieces': {
      const at = atVenue(state, event.venue, effects);
      for (const piece of event.pieces) onSession(at, { ...piece, timeNs });
      break;
    }
    case 'command':
      onCommand(state, effects, event.command);
      break;
    case 'statement':
      effects.outcomes.push(takeStatement(state, event.bytes, effects));
      break;
    case 'edge-lost':
    case 'instruments-lost':
      onEdgeLost(state, event, effects);
      break;
    case 'operator':
      onOperator(state, event.bytes, effects);
      break;
    case 'signal':
      onSignal(state, event.signal, effects);
      break;
    case 'quote':
      takeQuote(state, event.quote, effects);
      break;
    case 'step-version':
      switchStep(state, event.version);
      break;
  }
}

function onRestart(state: GatewayState, timeNs: Nanoseconds, effects: GatewayEffects): void {
  for (const venue of state.venues) forgetAnswers({ state, venue, effects });
  // A stop ended the run of the process before; a kill outlives it.
  state.isStopping = false;
  onEachSession(state, { kind: 'disconnected', timeNs }, effects);
  workExecution(state, effects);
}

/** What only some rules keep is forgotten by those that do not. */
function switchStep(state: GatewayState, version: number): void {
  state.stepVersion = knownStepVersion(version);
  if (stepRules(version).backsOffAfterRefusedLogon) return;
  for (const venue of state.venues) {
    venue.refusedLogons = 0;
    venue.logOnFromNs = 0;
  }
}

/** A host that connects too soon after a refused Logon is sent away before another leaves. */
function onConnected(at: AtVenue): void {
  const { state, venue, effects } = at;
  if (state.nowNs >= venue.logOnFromNs) {
    onSession(at, { kind: 'connected', timeNs: state.nowNs });
    return;
  }
  const reason = 'logon-refused Too soon after the venue refused a Logon';
  effects.disconnects.push({ venue: venue.index, reason });
}

function onDisconnected(at: AtVenue): void {
  const { state, effects } = at;
  forgetAnswers(at);
  onSession(at, { kind: 'disconnected', timeNs: state.nowNs });
  workExecution(state, effects);
}

function atVenue(state: GatewayState, index: number, effects: GatewayEffects): AtVenue {
  return { state, venue: venueAt(state, index), effects };
}

function venueAt({ venues }: GatewayState, index: number): VenueState {
  const venue = venues[index];
  invariant(venue !== undefined, 'a record names a venue of the configuration');
  return venue;
}

/** Answers that are late. */
function onDue(state: GatewayState, effects: GatewayEffects): void {
  for (const venue of state.venues) {
    const at = { state, venue, effects };
    if (passList(at)) onListFailed(at);
    if (venue.massCancels.waiting.length === 0) continue;
    passMassCancels(at);
    logOutOnceCancelled(at);
  }
}

function onEachSession(state: GatewayState, event: SessionEvent, effects: GatewayEffects): void {
  for (const venue of state.venues) onSession({ state, venue, effects }, event);
}

function onSignal(state: GatewayState, signal: Signal, effects: GatewayEffects): void {
  const desk = deskOf(state, signal);
  desk.signal = signal;
  markInstrument(state, signal);
  watchQuote(state, signal, effects);
  takeWish(state, signal, effects);
  workDesk(state, desk, effects);
}

/** Between two wishes: the edge's is what positions are worth, a venue's alone is no mark. */
function takeQuote(state: GatewayState, quote: MarketQuote, effects: GatewayEffects): void {
  markQuoted(state, quote);
  if (quote.venue === undefined && stepRules(state.stepVersion).quotesMarkRisk) {
    watchQuote(state, quote, effects);
  }
  onQuote(state, quote, effects);
}

/** Whatever it changed, desks look again: what may not rest any more is cancelled at once. */
function onOperator(state: GatewayState, bytes: Uint8Array, effects: GatewayEffects): void {
  const outcome = rearming(state, () => applyCommand(state, bytes, effects));
  effects.outcomes.push(outcome);
  if (outcome.status !== 'applied') return;
  cancelTogether(state, effects);
  for (const desk of state.desks) workDesk(state, desk, effects);
}

function onEdgeLost(
  state: GatewayState,
  lost: GatewayEvent & { kind: 'edge-lost' | 'instruments-lost' },
  effects: GatewayEffects,
): void {
  const desks = state.desks.filter(
    ({ strategy, instrument }) =>
      strategy === lost.strategy &&
      (lost.kind === 'edge-lost' || lost.instruments.includes(instrument)),
  );
  for (const desk of desks) dropWishOf(state, desk);
  for (const desk of desks) workDesk(state, desk, effects);
}

function onCommand(state: GatewayState, effects: GatewayEffects, command: GatewayCommand): void {
  switch (command) {
    case 'kill':
      setState(state.risk, FIRM, { state: 'halted', nowNs: state.nowNs });
      break;
    case 'arm':
      if (state.config.operators?.length) {
        effects.problems.push('arm: where there are operators, two of them arm; see outrider arm');
        return;
      }
      rearming(state, () => setState(state.risk, FIRM, { state: 'active', nowNs: state.nowNs }));
      liftHalts(state);
      liftListHalts(state);
      return;
    case 'stop':
      state.isStopping = true;
      for (const desk of state.desks) desk.signal = undefined;
      break;
    case 'edge-lost':
      for (const desk of state.desks) dropWishOf(state, desk);
      break;
  }
  cancelTogether(state, effects, { isAll: state.isStopping || command === 'edge-lost' });
  for (const desk of state.desks) workDesk(state, desk, effects);
  for (const venue of state.venues) logOutOnceCancelled({ state, venue, effects });
}
