/** What every implementation of the rings offers: records of 64 bytes from thread to thread. */

/** Names a ring to any thread of the process; of the addon a number, of the twin its memory. */
export type RingHandle = number | SharedArrayBuffer;

export type RingKernels = {
  /** A ring of at least this many records, at most 2^20. */
  openRing(slots: number): RingHandle;
  /** The handle means nothing any more; writer and reader go on. */
  closeRing(handle: RingHandle): void;
  /** The one writer: `write(count)` says how many of the first `count` of `records` fitted. */
  bindRingWriter(handle: RingHandle, records: Uint8Array): (count: number) => number;
  /** The one reader: `read()` says how many that waited it moved to the front of `records`. */
  bindRingReader(handle: RingHandle, records: Uint8Array): () => number;
};
