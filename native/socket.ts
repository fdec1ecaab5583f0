/** A TCP connection's bytes by native calls: read when ready, written where they are sent. */

import { isMainThread } from 'node:worker_threads';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';

/** What happens beside bytes that came in, whose number is above 0. */
export const SOCKET_EVENTS = { ended: 0, failed: -1, hasRoom: -2 } as const;

export type Socket = {
  /** The first bytes are what came in, until the event is over. */
  readonly received: Uint8Array;
  /** Bytes that the system took, none where it has no room; -1: the connection is broken. */
  send(bytes: Uint8Array): number;
  /** Whether to tell of room for more bytes as well. */
  watchRoom(isWanted: boolean): void;
  /** After bytes the thread turns that long for more before it parks; at most 1 ms a turn. */
  linger(microseconds: number): void;
  /** No more bytes will be sent; false where the connection is gone. */
  finish(): boolean;
  close(): void;
  problem(): string;
};

const RECEIVED_BYTES = 65_536;
const SENT_BYTES = 131_072;
const BROKEN = 0xffff_ffff;

/**
 * Works on a connection that Node has opened and does not read: on a descriptor of its own, which
 * `close` closes. Undefined where there is no addon, and on worker threads, whose end would not
 * wait for it.
 */
export function openSocket(
  descriptor: number,
  onEvent: (event: number) => void,
  kernels: Kernels = loadedKernels.kernels,
): Socket | undefined {
  if (kernels.openSocket === undefined || !isMainThread) return undefined;
  const received = new Uint8Array(RECEIVED_BYTES);
  const sent = new Uint8Array(SENT_BYTES);
  const socket = kernels.openSocket(descriptor, { received, sent }, onEvent);
  return {
    received,
    send(bytes) {
      for (let from = 0; ; ) {
        const count = Math.min(bytes.length - from, SENT_BYTES);
        sent.set(count === bytes.length ? bytes : bytes.subarray(from, from + count));
        const taken = socket.send(count);
        if (taken === BROKEN) return -1;
        from += taken;
        if (taken < count || from === bytes.length) return from;
      }
    },
    watchRoom: isWanted => void socket.watch(isWanted ? 3 : 1),
    linger: microseconds => void socket.linger(microseconds),
    finish: () => socket.finish() === 1,
    close: () => void socket.close(),
    problem: () => socket.problem(),
  };
}
