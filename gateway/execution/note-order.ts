/** What requests and answers of children teach: latency, what venues fill, rejects. */
import type { Desk } from '../order/desk.ts';
import type { ExecutionNews } from '../order/execution.ts';
import type { WorkingOrder } from '../order/working-order.ts';
import type { GatewayState } from '../state.ts';
import { stepRules } from '../step-version.ts';
import { noteLatency, noteOutcome, noteReject } from './fill-history.ts';
import { noteRejected, type Parent, REJECTS_MAX } from './parent.ts';
import { policyOf, workOf } from './plan-desk.ts';

type OfChild = { desk: Desk; order: WorkingOrder };

/** A new child left for its venue. */
export function noteSent(
  state: GatewayState,
  of: { strategy: number; instrument: number },
  { key }: { key: number },
): void {
  workOf(state, of)?.askedNs.set(key, state.nowNs);
}

/** The venue answered; the order has changed by it already. */
export function noteAnswer(
  state: GatewayState,
  { desk, order }: OfChild,
  { news, problems }: { news: ExecutionNews; problems: string[] },
): void {
  const work = workOf(state, desk);
  if (work === undefined) return;
  const { nowNs } = state;
  const { parent } = work;
  const history = state.execution.histories[order.venue]!;
  const now = { nowNs, halfLifeNs: policyOf(state, desk.strategy).router.halfLifeNs };
  const askedNs = work.askedNs.get(order.key);
  if (askedNs !== undefined && news !== 'known') {
    work.askedNs.delete(order.key);
    const isForgiven = stepRules(state.stepVersion).forgivesLatency;
    noteLatency(history, nowNs - askedNs, { ...now, isForgiven });
  }
  switch (news) {
    case 'rejected':
      // A cancel that comes too late says nothing of the venue.
      if (order.change.kind === 'cancel') return;
      work.joinIncrements = undefined;
      if (parent !== undefined) rejected(state, parent, problems);
      if (askedNs !== undefined) noteReject(history, now);
      return;
    case 'acked':
    case 'replaced':
    case 'partially-filled':
      if (parent !== undefined) parent.rejects = 0;
      return;
    case 'filled':
    case 'over-filled':
    case 'cancelled':
    case 'cancelled-unasked':
      if (parent !== undefined && (news === 'filled' || news === 'over-filled')) parent.rejects = 0;
      if (order.timeInForce === 'ioc') noteOutcome(history, order, now);
      return;
    case 'known':
    case 'late-filled':
    case 'busted':
    case 'corrected':
    case 'restated':
    case 'suspended':
    case 'out-of-step':
      return;
  }
}

function rejected({ config, nowNs }: GatewayState, parent: Parent, problems: string[]): void {
  noteRejected(parent, nowNs);
  if (parent.rejects !== REJECTS_MAX) return;
  const { symbol } = config.instruments[parent.instrument]!;
  const name = config.strategies?.[parent.strategy]?.name;
  problems.push(
    `${name} ${symbol}: parent ${parent.id} slows down, ${REJECTS_MAX} rejects in a row`,
  );
}
