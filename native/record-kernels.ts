/** What the addon offers for a log's records; there is no twin of it, but the engine's own way. */

/** Numbers in and out, so that a call costs no allocation. */
export type RecordFunctions = {
  /** Writes the checksum of the record at a place of the buffer. */
  seal(at: number): number;
  /**
   * Writes bytes [place[1], place[2]) to file place[0] at place[3] and returns those taken: 0, and
   * the system's error, below 0, in place[0], where that failed.
   */
  write(): number;
};

export type RecordKernels = {
  bindRecords?(buffer: Uint8Array, place: Float64Array): RecordFunctions;
};
