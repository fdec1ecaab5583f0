/** An execution applied to the desk of its order: the only way positions change. */
import { bookFill, bustFill, correctFill } from '../account/book.ts';
import type { BookedFill } from '../account/fill.ts';
import type { Desk } from './desk.ts';
import type { Execution, ExecutionNews } from './execution.ts';
import type { FinishedOrder } from './finished-orders.ts';
import { type OrderOutcome, stepOrder } from './life-cycle.ts';
import type { WorkingOrder } from './working-order.ts';

const NOTHING: OrderOutcome = { news: 'out-of-step', isEnded: false, isRefusal: false };

/** Applies it to a working order and books what it says; to end the order is the caller's. */
export function applyExecution(
  desk: Desk,
  order: WorkingOrder,
  execution: Execution,
): OrderOutcome {
  switch (execution.kind) {
    case 'filled':
      bookFill(desk.holding, { ...execution, side: order.side, venue: order.venue });
      return stepOrder(order, execution);
    case 'busted':
    case 'corrected':
      return amend(desk, order, execution) ? stepOrder(order, execution) : NOTHING;
    default:
      return stepOrder(order, execution);
  }
}

/** Of an order that has ended; undefined where that says nothing new. */
export function applyToFinished(
  desk: Desk,
  order: FinishedOrder,
  execution: Execution,
): ExecutionNews | undefined {
  switch (execution.kind) {
    case 'filled':
      bookFill(desk.holding, { ...execution, side: order.side, venue: order.venue });
      order.filledLots += execution.lots;
      return order.filledLots > order.lots ? 'over-filled' : 'late-filled';
    case 'busted':
    case 'corrected':
      return amend(desk, order, execution) ? execution.kind : 'out-of-step';
    default:
      return undefined;
  }
}

/** A fill taken back or changed; false where there is none of that name. */
function amend(
  { holding }: Desk,
  order: { filledLots: number },
  execution: Extract<Execution, { kind: 'busted' | 'corrected' }>,
): boolean {
  const before: BookedFill | undefined =
    execution.kind === 'busted'
      ? bustFill(holding, execution.refersTo)
      : correctFill(holding, execution);
  if (before === undefined) return false;
  order.filledLots += (execution.kind === 'corrected' ? execution.lots : 0) - before.lots;
  return true;
}
