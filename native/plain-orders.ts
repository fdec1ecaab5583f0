/** Plain orders in as numbers, plain reports out of numbers: a call each, and no text made. */

import type { FrameScan } from './fix-scan.ts';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';
import { namesOf, type OrderNames } from './order-encoder.ts';
import { PLAIN_ORDER_VALUES, PLAIN_REPORT_VALUES } from './plain-order-layout.ts';

export type PlainOrdersOptions = OrderNames & {
  /** Where messages lie. */
  readonly scan: Pick<FrameScan, 'bytes' | 'frame'>;
  /** Room for reports that wait to be sent. */
  readonly reportsBytes: number;
};

export type PlainOrders = {
  /** As native/plain-order-layout.ts names its values; written by `read`. */
  readonly order: Float64Array;
  /** The caller writes a report here, as it names its values. */
  readonly report: Float64Array;
  readonly reports: Uint8Array;
  /**
   * Whether the message at the frame's place is a NewOrderSingle of the other side to this one with
   * a limit, for the day, whose every field is as it should be. False says nothing.
   */
  read(): boolean;
  /** Writes a report on the order read last from `at` on; its end, 0 where that cannot be. */
  write(at: number): number;
};

/** Undefined where there is no addon: the codec of all messages does the same. */
export function createPlainOrders(
  { scan, reportsBytes, ...names }: PlainOrdersOptions,
  kernels: Kernels = loadedKernels.kernels,
): PlainOrders | undefined {
  if (kernels.bindPlainOrders === undefined) return undefined;
  const { bytes, frame } = scan;
  const order = new Float64Array(PLAIN_ORDER_VALUES);
  const report = new Float64Array(PLAIN_REPORT_VALUES);
  const reports = new Uint8Array(reportsBytes);
  const { sender: own, target: other, instruments } = namesOf(names);
  const bound = { own, other, instruments, bytes, frame, order, report, reports };
  const { read, write } = kernels.bindPlainOrders(bound);
  return { order, report, reports, read: () => read() === 1, write };
}
