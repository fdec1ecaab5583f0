/** What a log is to those who use it: the embedded log stands behind this, and Kafka will. */

/** `payload` may be a view into the reader's buffer: valid until the next record is asked for. */
export type LogRecord = { readonly offset: number; readonly payload: Uint8Array };

/** An append-only sequence of records, numbered from 0. One writer; `await` works on every log. */
export type Log = {
  /**
   * Adds a copy of `payload` and returns its offset. Synchronous on every log: the record may stand
   * in a buffer, and is kept only once `flush` has returned.
   */
  append(payload: Uint8Array): number;
  /** Once done, all appended records outlive this process. */
  flush(): void | Promise<void>;
  /** The records flushed before the call, from `fromOffset` (default 0) on, in order. */
  read(fromOffset?: number): Iterable<LogRecord> | AsyncIterable<LogRecord>;
  /** Flushes and ends the log; a second call does nothing. */
  close(): void | Promise<void>;
};
