/** A connection for FIX bytes as the sessions see it, whatever carries it. */
import type { Clock, Nanoseconds, Timers } from '#engine';
import type { Kernels } from '#native';

export type FixConnection = {
  /** Queues bytes; beyond `unsentBytesMax` the connection is cut: the peer has stopped reading. */
  write(bytes: Uint8Array): void;
  /** Closes once what was written has left, or after `endTimeoutNs` without that. */
  end(): void;
};

export type FixHandler = {
  /** Bytes are valid for the call; `timeNs` is the clock's when they reached this process. */
  onBytes(bytes: Buffer, timeNs: Nanoseconds): void;
  /** Called once; `reason` is for people: `closed by the other side`, `unsent bytes: ...`. */
  onClose(reason: string, timeNs: Nanoseconds): void;
};

/** Called once a connection stands, before any of its bytes. */
export type OnSession = (connection: FixConnection) => FixHandler;

export type TcpOptions = {
  clock: Clock;
  timers: Timers;
  /** Whose sockets carry plain TCP where they have any, else Node's; default this process's. */
  kernels?: Kernels;
  /**
   * Microseconds to turn for more after bytes came before the thread parks: where it parks at once,
   * it is woken tens of microseconds late. Native connections only. Default 0.
   */
  lingerUs?: number;
  /** Default 16 MiB. */
  unsentBytesMax?: number;
  /** Until a connection stands. Default 5 s. */
  connectTimeoutNs?: Nanoseconds;
  /** For unsent bytes of a connection that is ending. Default 2 s. */
  endTimeoutNs?: Nanoseconds;
};

/** Bytes that wait for the other side unless told otherwise. */
export const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
