/** What the addon offers for plain orders; its twin is the codec that takes all messages. */

import type { OrderUnits } from './order-kernels.ts';

export type PlainOrderBuffers = {
  /** Our SenderCompID, and the other side's, a byte a character. */
  readonly own: Uint8Array;
  readonly other: Uint8Array;
  readonly instruments: readonly OrderUnits[];
  /** The bytes at hand, and where a message lies in them, as a frame scan has both. */
  readonly bytes: Uint8Array;
  readonly frame: Int32Array;
  /** Written: as `PLAIN_ORDER` in native/plain-order-layout.ts names its values. */
  readonly order: Float64Array;
  /** As `PLAIN_REPORT` there does. */
  readonly report: Float64Array;
  /** Written: reports. */
  readonly reports: Uint8Array;
};

/** Numbers in and out, so that a call costs no allocation. */
export type PlainOrderFunctions = {
  /** 1 where the message at the frame's place is a plain order of this session. */
  read(): number;
  /** The place behind the report that it wrote from `at` on, 0 where it could not. */
  write(at: number): number;
};

export type PlainOrderKernels = {
  bindPlainOrders?(buffers: PlainOrderBuffers): PlainOrderFunctions;
};
