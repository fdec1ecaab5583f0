/** A venue's session at the gateway: its events in, its effects carried out. */
import { SECOND_NS } from '#engine';
import { askAfter } from './ask-after.ts';
import { haltBehind } from './behind-venue.ts';
import type { GatewayEffects } from './effects.ts';
import { workOf } from './execution/plan-desk.ts';
import { dropWish } from './execution/work.ts';
import type { ApplicationMessage } from './fix/message.ts';
import { cancelTogether, massCancel, refuseMassCancels } from './mass-cancel.ts';
import { forgetMassCancels, hasTakenCancel } from './mass-cancel-state.ts';
import { askForList, failList, noteListed } from './mass-status.ts';
import { restingWish } from './order/resting-wish.ts';
import { applyReport, applyWithheld } from './reports.ts';
import { watchConnection } from './risk/watch.ts';
import type { SessionEffect, SessionEvent } from './session/event.ts';
import { stepSession } from './session/step.ts';
import type { GatewayState } from './state.ts';
import { stepRules } from './step-version.ts';
import type { VenueState } from './venue-state.ts';
import { workDesk, workWaiting } from './work-desk.ts';

/** Between two Logons that are refused. */
const BACK_OFF_NS_MAX = 60 * SECOND_NS;

/** Where a session's event takes place, and what comes of it. */
export type AtVenue = { state: GatewayState; venue: VenueState; effects: GatewayEffects };

export function onSession(at: AtVenue, event: SessionEvent): void {
  const wanted: SessionEffect[] = [];
  stepSession(at.venue.session, event, wanted);
  for (const effect of wanted) onSessionEffect(at, effect);
}

/** Without a connection, or after a restart, the venue must say how each order stands. */
export function forgetAnswers({ state, venue, effects }: AtVenue): void {
  venue.isLoggedOn = false;
  forgetMassCancels(venue.massCancels);
  venue.awaitedList = undefined;
  watchConnection(state, { venue: venue.index, isLost: true }, effects);
  for (const { orders } of state.desks) {
    for (const order of orders) {
      if (order.venue !== venue.index) continue;
      order.isUnknown = true;
      order.isDenied = false;
    }
  }
}

/** What is unanswered cannot be cancelled yet; a logout before would leave it at the venue. */
export function logOutOnceCancelled(at: AtVenue): void {
  const { state, venue } = at;
  if (!state.isStopping) return;
  if (venue.isLoggedOn && state.desks.some(desk => hasUncancelled(desk.orders, venue))) return;
  onSession(at, { kind: 'logout', timeNs: state.nowNs });
}

function hasUncancelled(orders: GatewayState['desks'][number]['orders'], venue: VenueState) {
  return orders.some(
    order =>
      order.venue === venue.index &&
      order.pending !== undefined &&
      !hasTakenCancel(venue.massCancels, order),
  );
}

function onSessionEffect(at: AtVenue, effect: SessionEffect): void {
  const { state, venue, effects } = at;
  switch (effect.kind) {
    case 'send':
      effects.outbound.add(effect.bytes, venue.index);
      break;
    case 'deliver': {
      const desk = applyReport(at, effect.message, effect.header.possDup);
      if (desk !== undefined) workDesk(state, desk, effects);
      if (desk !== undefined) workWaiting(state, desk, effects);
      if (effect.message.msgType === '8' && noteListed(at, effect.message)) workKnown(at);
      if (isNotProcessed(effect.message, 'AF') && failList(at, 'not to be had')) onListFailed(at);
      logOutOnceCancelled(at);
      break;
    }
    case 'withheld':
      onWithheld(at, effect.message);
      break;
    case 'rejected':
      effects.problems.push(`the venue rejected a message: ${effect.reject.text ?? 'no text'}`);
      if (effect.message?.msgType === 'AF' && failList(at, 'not to be had')) onListFailed(at);
      if (effect.message?.msgType === 'q') refuseMassCancels(at, effect.reject.text ?? 'no text');
      if (effect.message !== undefined) onWithheld(at, effect.message);
      else logOutOnceCancelled(at);
      break;
    case 'logged-on':
      onLoggedOn(at);
      break;
    case 'timer':
      effects.dueNs = Math.min(effects.dueNs, effect.dueNs);
      break;
    case 'disconnect': {
      venue.isLoggedOn = false;
      if (effect.reason === 'logon-refused') {
        backOff(at);
        haltBehind(at, effect.text);
      }
      const reason = `${effect.reason} ${effect.text}`.trim();
      effects.disconnects.push({ venue: venue.index, reason });
      break;
    }
  }
}

/** The venue said no: it is asked again later each time. */
function backOff({ state, venue }: AtVenue): void {
  if (!stepRules(state.stepVersion).backsOffAfterRefusedLogon) return;
  venue.logOnFromNs = state.nowNs + Math.min(SECOND_NS * 2 ** venue.refusedLogons, BACK_OFF_NS_MAX);
  venue.refusedLogons++;
}

const isNotProcessed = (message: ApplicationMessage, refMsgType: string) =>
  message.msgType === 'j' && message.refMsgType === refMsgType;

function onWithheld(at: AtVenue, message: ApplicationMessage): void {
  applyWithheld(at, message);
  logOutOnceCancelled(at);
}

/** Desks none of whose orders is unknown. */
function workKnown({ state, effects }: AtVenue): void {
  for (const desk of state.desks) {
    if (!desk.orders.some(({ isUnknown }) => isUnknown)) workDesk(state, desk, effects);
  }
}

/** The list that did not come: what rests at the venue, which is halted now, goes. */
export function onListFailed(at: AtVenue): void {
  cancelTogether(at.state, at.effects);
  for (const desk of at.state.desks) workDesk(at.state, desk, at.effects);
}

/** The wishes whose orders rest at the venue want nothing more, until the next ones come. */
function restAll({ state, venue }: AtVenue): void {
  for (const desk of state.desks) {
    if (!desk.orders.some(order => order.venue === venue.index)) continue;
    desk.signal = restingWish(desk, state.nowNs);
    const work = workOf(state, desk);
    if (work !== undefined) dropWish(work);
  }
}

/** What was sent over an earlier connection is asked after before anything new leaves. */
function onLoggedOn(at: AtVenue): void {
  const { state, venue, effects } = at;
  venue.isLoggedOn = true;
  venue.refusedLogons = 0;
  effects.loggedOn.push(venue.index);
  if (watchConnection(state, { venue: venue.index, isLost: false }, effects)) {
    restAll(at);
    massCancel(at);
  }
  for (const desk of state.desks) {
    for (const order of desk.orders) {
      if (order.venue === venue.index && order.isUnknown) askAfter(at, { desk, order });
    }
  }
  if (venue.terms.hasMassStatus) askForList(at);
  // Wishes that came while the venue was away; those that are too old by now, risk refuses.
  workKnown(at);
}
