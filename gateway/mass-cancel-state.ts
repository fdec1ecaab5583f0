/** The mass cancels of a venue that orders wait for. */
import type { Nanoseconds } from '#engine';
import { type ClientOrderId, clientOrderIdText, isSameId } from './order/client-order-id.ts';
import type { WorkingOrder } from './order/working-order.ts';

export type MassCancel = {
  /** Orders that it covers are pending with this name. */
  readonly clientOrderId: ClientOrderId;
  /** The venue took it: each order's own report is to come. */
  isAccepted: boolean;
  dueNs: Nanoseconds;
};

export type MassCancels = {
  readonly waiting: MassCancel[];
  /** It refused one since its logon: orders are cancelled one by one until the next. */
  isRefused: boolean;
};

export const createMassCancels = (): MassCancels => ({ waiting: [], isRefused: false });

/** Undefined for a name that is no request's, or of one that no order waits for any more. */
export function findMassCancel(
  { waiting }: MassCancels,
  name: string | undefined,
): MassCancel | undefined {
  if (name === undefined) return undefined;
  return waiting.find(({ clientOrderId }) => clientOrderIdText(clientOrderId) === name);
}

export const isCovered = ({ pending }: WorkingOrder, { clientOrderId }: MassCancel): boolean =>
  pending?.kind === 'mass-cancel' && isSameId(pending.clientOrderId, clientOrderId);

/** Whether the venue has a cancel of the order that asks no more of us. */
export function hasTakenCancel({ waiting }: MassCancels, order: WorkingOrder): boolean {
  if (order.pending?.kind === 'cancel') return true;
  return waiting.some(each => each.isAccepted && isCovered(order, each));
}

/** A connection ended: the orders say for themselves how they stand once there is another. */
export function forgetMassCancels(massCancels: MassCancels): void {
  massCancels.waiting.length = 0;
  massCancels.isRefused = false;
}
