/** What the venue says of an order, applied to its desk: the only way positions change. */
import { bookFill } from '../account/book.ts';
import type { Fill } from '../account/fill.ts';
import { setClientOrderId } from './client-order-id.ts';
import { type Desk, endOrder } from './desk.ts';
import type { WorkingOrder } from './working-order.ts';

/** A fill beside what its order says of it. */
export type FillTerms = Pick<
  Fill,
  'execId' | 'orderId' | 'lots' | 'priceIncrements' | 'isMaker' | 'valueDay'
>;

/** An execution report or a cancel reject, in the desk's own units. */
export type Execution =
  | { kind: 'accepted' }
  | ({ kind: 'filled' } & FillTerms)
  | { kind: 'replaced' }
  | { kind: 'cancelled' }
  | { kind: 'rejected'; reason: string }
  | { kind: 'cancel-rejected'; reason: string }
  /** Answer to a status request: how much is filled, and whether anything is left. */
  | { kind: 'status'; filledLots: number; isOpen: boolean };

export type ExecutionNews =
  | 'acked'
  | 'filled'
  | 'partially-filled'
  | 'replaced'
  | 'cancelled'
  | 'rejected'
  | 'known'
  | 'out-of-step';

/** Applies one execution to the desk's order; `out-of-step` where it cannot be true of it. */
export function applyExecution(
  desk: Desk,
  order: WorkingOrder,
  execution: Execution,
): ExecutionNews {
  switch (execution.kind) {
    case 'accepted':
      if (order.pending?.kind === 'new') order.pending = undefined;
      return 'acked';
    case 'filled':
      return applyFill(desk, order, execution);
    case 'replaced':
      if (order.pending?.kind !== 'replace') return 'out-of-step';
      setClientOrderId(order.clientOrderId, order.pending.clientOrderId);
      order.lots = order.pending.lots;
      order.limitIncrements = order.pending.limitIncrements;
      order.pending = undefined;
      return 'replaced';
    case 'cancelled':
      endOrder(desk, order);
      return 'cancelled';
    case 'rejected':
      endOrder(desk, order);
      desk.signal = undefined;
      return 'rejected';
    case 'cancel-rejected':
      order.pending = undefined;
      desk.signal = undefined;
      return 'rejected';
    case 'status':
      return applyStatus(desk, order, execution);
  }
}

function applyFill(desk: Desk, order: WorkingOrder, fill: FillTerms): ExecutionNews {
  bookFill(desk.holding, { ...fill, side: order.side, venue: order.venue });
  order.filledLots += fill.lots;
  if (order.filledLots < order.lots) return 'partially-filled';
  endOrder(desk, order);
  // Held all the same: what the venue filled beyond the order is ours to carry.
  return order.filledLots > order.lots ? 'out-of-step' : 'filled';
}

/** Fills come as executions of their own; a status only says whether the order still stands. */
function applyStatus(
  desk: Desk,
  order: WorkingOrder,
  { filledLots, isOpen }: { filledLots: number; isOpen: boolean },
): ExecutionNews {
  // A venue that lost its orders knows nothing of the fills it reported; those still hold.
  const isForgotten = !isOpen && filledLots === 0;
  if (filledLots !== order.filledLots && !isForgotten) return 'out-of-step';
  // Asked twice: what was sent after the first answer is not in the second.
  if (!order.isUnknown) return 'known';
  order.isUnknown = false;
  order.pending = undefined;
  if (!isOpen) endOrder(desk, order);
  return 'known';
}
