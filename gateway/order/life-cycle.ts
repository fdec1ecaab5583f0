/** An order from its request to its end: what each execution makes of it, and nothing else. */
import { setClientOrderId } from './client-order-id.ts';
import type { Execution, ExecutionNews } from './execution.ts';
import type { WorkingOrder } from './working-order.ts';

/*
 *              accepted, filled                        G sent
 *   ┌─────┐ ───────────────────▶ ┌──────┐ ──────────────────────────▶ ┌───────────┐
 *   │ new │                      │ open │ ◀────────────────────────── │ replacing │
 *   └─────┘      ┌── F, q sent ─ └──────┘ replaced, refused, withheld └───────────┘
 *      │         ▼                ▲    │                                    │
 *      │  ┌────────────┐ refused, │    │                                    │
 *      │  │ cancelling │ ─────────┘    │                                    │
 *      │  └────────────┘ withheld      │                                    │
 *      │ rejected,  │                  │ filled whole, cancelled, expired,  │
 *      │ withheld   │                  │ restated to what is filled         │
 *      ▼            ▼                  ▼                                    ▼
 *   ┌────────────────────────────────────────────────────────────────────────┐
 *   │ ended: a fill is late-filled, busts and corrections are booked,        │
 *   │ anything else says nothing new                                         │
 *   └────────────────────────────────────────────────────────────────────────┘
 *
 *  An order that a mass cancel (q) covers is cancelling until its own report comes, whether it was
 *  new or open; where the venue refuses the q, a cancel of its own (F) takes its place.
 *
 *  Beside its state an order may be unknown (sent over an earlier connection: nothing new leaves
 *  for it until a status says how it stands) and suspended (it is not replaced meanwhile). A fill
 *  changes no state but `new`, whatever was asked for meanwhile: it may come before the
 *  acknowledgement. The lots of fills alone say when an order is filled, never the venue's word.
 */
export type OrderOutcome = {
  news: ExecutionNews;
  /** It works no more. */
  isEnded: boolean;
  /** The desk waits for its next signal: to ask again at once would be to quarrel. */
  isRefusal: boolean;
};

const stands = (news: ExecutionNews): OrderOutcome => ({ news, isEnded: false, isRefusal: false });
const ends = (news: ExecutionNews, isRefusal = false): OrderOutcome => ({
  ...{ news, isEnded: true, isRefusal },
});

/** Changes a working order by one execution; fills it does not book. */
export function stepOrder(order: WorkingOrder, execution: Execution): OrderOutcome {
  switch (execution.kind) {
    case 'accepted':
      acknowledge(order);
      return stands('acked');
    case 'filled':
      acknowledge(order);
      order.filledLots += execution.lots;
      if (order.filledLots < order.lots) return stands('partially-filled');
      return ends(order.filledLots > order.lots ? 'over-filled' : 'filled');
    case 'replaced':
      return replaced(order);
    case 'restated':
      acknowledge(order);
      order.lots = execution.lots ?? order.lots;
      order.limitIncrements = execution.limitIncrements ?? order.limitIncrements;
      return order.filledLots < order.lots ? stands('restated') : ends('restated');
    case 'suspended':
      order.isSuspended = true;
      return stands('suspended');
    case 'cancelled':
    case 'expired':
      return isAskedFor(order) ? ends('cancelled') : ends('cancelled-unasked', true);
    case 'rejected':
      return ends('rejected', true);
    case 'cancel-rejected':
      order.pending = undefined;
      return { ...stands('rejected'), isRefusal: true };
    case 'status':
      return answered(order, execution);
    case 'busted':
    case 'corrected':
      return stands(execution.kind);
  }
}

/** A report of any kind but a refusal says that the venue has the order. */
function acknowledge(order: WorkingOrder): void {
  order.isSuspended = false;
  if (order.pending?.kind === 'new') order.pending = undefined;
}

/** By a cancel of ours, or by its own terms. */
function isAskedFor({ pending, timeInForce }: WorkingOrder): boolean {
  const isCancelling = pending?.kind === 'cancel' || pending?.kind === 'mass-cancel';
  return isCancelling || timeInForce === 'ioc' || timeInForce === 'fok';
}

function replaced(order: WorkingOrder): OrderOutcome {
  const { pending } = order;
  if (pending?.kind !== 'replace') return stands('out-of-step');
  setClientOrderId(order.clientOrderId, pending.clientOrderId);
  order.lots = pending.lots;
  order.limitIncrements = pending.limitIncrements;
  order.pending = undefined;
  // Fills of meanwhile may have used the new total up.
  return order.filledLots < order.lots ? stands('replaced') : ends('replaced');
}

/** Fills come as executions of their own; a status only says whether the order still stands. */
function answered(
  order: WorkingOrder,
  { filledLots, isOpen }: { filledLots: number; isOpen: boolean },
): OrderOutcome {
  // A venue that lost its orders knows nothing of the fills it reported; those still hold.
  const isForgotten = !isOpen && filledLots === 0;
  if (filledLots !== order.filledLots && !isForgotten) {
    return isOpen ? stands('out-of-step') : ends('out-of-step');
  }
  // Asked twice: what was sent after the first answer is not in the second.
  if (!order.isUnknown) return stands('known');
  order.isUnknown = false;
  order.pending = undefined;
  return isOpen ? stands('known') : ends('known');
}
