/**
 * Mass cancels: one request (q) for all that we have at a venue, or of an instrument there. It goes
 * beyond the orders that we know of, so it leaves only where whatever is there is to go.
 */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import { askAfter } from './ask-after.ts';
import type { AtVenue } from './at-venue.ts';
import type { GatewayEffects } from './effects.ts';
import {
  MASS_CANCEL_REJECTED,
  type OrderMassCancelReport,
} from './fix/order-mass-cancel-report.ts';
import { MassCancelType } from './fix/order-mass-cancel-request.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { findMassCancel, isCovered, type MassCancel } from './mass-cancel-state.ts';
import {
  clientOrderIdText,
  createClientOrderId,
  setClientOrderId,
} from './order/client-order-id.ts';
import type { Desk } from './order/desk.ts';
import type { WorkingOrder } from './order/working-order.ts';
import { nextOrderId } from './order-ids.ts';
import { STATE } from './risk/scope-layout.ts';
import { deskState, venueState } from './risk/states.ts';
import { countCancel } from './risk/sync.ts';
import type { GatewayState } from './state.ts';
import { tellVenue } from './tell-venue.ts';
import { symbolAt } from './venue-terms.ts';
import { cancel } from './work-desk.ts';

/** For the answer, and from then on for the reports on the orders. */
const ANSWER_NS = 500 * MILLISECOND_NS;

/** Where every desk is halted, or has to end whatever it has at work, before desks are worked. */
export function cancelTogether(
  state: GatewayState,
  effects: GatewayEffects,
  { isAll = state.isStopping }: { isAll?: boolean } = {},
): void {
  const { venues, desks, config, risk } = state;
  if (!venues.some(({ terms }) => terms.hasMassCancel)) return;
  const standing = config.instruments.map(() => false);
  for (const desk of desks) {
    if (!isAll && deskState(risk, desk) !== STATE.halted) standing[desk.instrument] = true;
  }
  for (const venue of venues) {
    const at = { state, venue, effects };
    if (venueState(risk, venue.index) === STATE.halted || !standing.includes(true)) massCancel(at);
    else for (const [of, stands] of standing.entries()) if (!stands) massCancel(at, of);
  }
}

/** Of an instrument, or all; nothing where no order of ours waits to be cancelled. */
export function massCancel(at: AtVenue, instrument?: number): void {
  const { state, venue, effects } = at;
  const { terms, massCancels } = venue;
  if (!terms.hasMassCancel || !venue.isLoggedOn || massCancels.isRefused) return;
  const orders = ordersAt(at).filter(
    ({ desk, order: { pending } }) =>
      (instrument === undefined || desk.instrument === instrument) &&
      (pending === undefined || pending.kind === 'new'),
  );
  if (orders.length === 0) return;
  const clientOrderId = createClientOrderId();
  nextOrderId(state, clientOrderId);
  for (const { desk, order } of orders) {
    order.pending = order.change;
    order.pending.kind = 'mass-cancel';
    setClientOrderId(order.pending.clientOrderId, clientOrderId);
    const { strategy, instrument: index } = desk;
    const { side } = order;
    countCancel(state, { strategy, instrument: index, venue: venue.index, side }, effects);
  }
  massCancels.waiting.push({ clientOrderId, isAccepted: false, dueNs: dueIn(at) });
  const isAll = instrument === undefined;
  tellVenue(at, {
    ...{ msgType: 'q', clOrdId: clientOrderIdText(clientOrderId) },
    type: isAll ? MassCancelType.all : MassCancelType.security,
    symbol: isAll ? undefined : symbolAt(terms, state.config.instruments[instrument]!),
    transactTime: formatUtcTimestamp(state.config.originNs, state.nowNs),
  });
}

/** The venue's answer; one to an earlier connection's request names none that waits. */
export function applyMassCancelReport(at: AtVenue, report: OrderMassCancelReport): void {
  const request = findMassCancel(at.venue.massCancels, report.clOrdId);
  if (request === undefined) return;
  if (report.response === MASS_CANCEL_REJECTED) {
    const { rejectReason = 'none', text = 'no text' } = report;
    refuseMassCancel(at, request, `reason ${rejectReason}, ${text}`);
    return;
  }
  request.isAccepted = true;
  request.dueNs = dueIn(at);
}

/** Every one that was not taken: a reject of the message itself does not say which. */
export function refuseMassCancels(at: AtVenue, why: string): void {
  const { waiting } = at.venue.massCancels;
  for (const request of waiting.filter(each => !each.isAccepted)) {
    refuseMassCancel(at, request, why);
  }
}

/** With a timer: what is late is asked after where it was taken, else cancelled one by one. */
export function passMassCancels(at: AtVenue): void {
  const { state, venue, effects } = at;
  const { waiting } = venue.massCancels;
  for (const request of waiting.slice()) {
    const { isAccepted, dueNs } = request;
    const orders = coveredBy(at, request);
    if (orders.length > 0 && state.nowNs < dueNs) {
      effects.dueNs = Math.min(effects.dueNs, dueNs);
      continue;
    }
    if (orders.length === 0) waiting.splice(waiting.indexOf(request), 1);
    else if (!isAccepted) refuseMassCancel(at, request, 'no answer');
    else {
      waiting.splice(waiting.indexOf(request), 1);
      const name = venue.terms.name;
      effects.problems.push(
        `${name}: took a mass cancel, ${orders.length} orders without a report are asked after`,
      );
      for (const found of orders) askAfter(at, found);
    }
  }
}

function refuseMassCancel(at: AtVenue, request: MassCancel, why: string): void {
  const { state, venue, effects } = at;
  const { waiting } = venue.massCancels;
  waiting.splice(waiting.indexOf(request), 1);
  venue.massCancels.isRefused = true;
  const orders = coveredBy(at, request);
  effects.problems.push(
    `${venue.terms.name}: refused a mass cancel (${why}): ${orders.length} orders are cancelled ` +
      'one by one, and so are others until its next logon',
  );
  for (const found of orders) {
    found.order.pending = undefined;
    cancel(state, found, effects);
  }
}

type Placed = { desk: Desk; order: WorkingOrder };

function ordersAt({ state, venue }: AtVenue): Placed[] {
  const found: Placed[] = [];
  for (const desk of state.desks) {
    for (const order of desk.orders) if (order.venue === venue.index) found.push({ desk, order });
  }
  return found;
}

const coveredBy = (at: AtVenue, request: MassCancel): Placed[] =>
  ordersAt(at).filter(({ order }) => isCovered(order, request));

function dueIn({ state, effects }: AtVenue): Nanoseconds {
  const dueNs = state.nowNs + ANSWER_NS;
  effects.dueNs = Math.min(effects.dueNs, dueNs);
  return dueNs;
}
