/** A connection as both ends see it, whatever carries its bytes: here a TCP socket. */

import type { Socket } from 'node:net';
import { type Clock, SECOND_NS, type Timers } from '#engine';

export type WireEvents = {
  /** The chunk is the receiver's until the call returns. */
  onBytes(chunk: Uint8Array): void;
  /** Called once, whoever closed; nothing is called after it. */
  onClosed(reason: string): void;
};

export type Wire = {
  /** Never waits; false, and nothing is sent, where more than the bound would then be unsent. */
  write(bytes: Uint8Array): boolean;
  /** Sends what is unsent and these last bytes, and takes nothing in any more. */
  end(lastBytes: Uint8Array): void;
  /** Drops what is unsent. */
  destroy(): void;
};

export type WireOptions = {
  events: WireEvents;
  unsentBytesMax: number;
  clock: Clock;
  timers: Timers;
};

/** A peer that does not read its last bytes within this time loses them. */
const LINGER_NS = SECOND_NS;

/** The socket must be connected, or connecting: what is written meanwhile counts as unsent. */
export function tcpWire(
  socket: Socket,
  { events, unsentBytesMax, clock, timers }: WireOptions,
): Wire {
  let reason = 'closed by the other side';
  let isEnding = false;
  socket.setNoDelay(true);
  socket.on('data', chunk => {
    if (!isEnding) events.onBytes(chunk);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  socket.on('close', () => events.onClosed(reason));

  return {
    write(bytes) {
      if (isEnding || socket.destroyed) return false;
      if (socket.writableLength + bytes.length > unsentBytesMax) return false;
      socket.write(bytes);
      return true;
    },
    end(lastBytes) {
      if (isEnding || socket.destroyed) return;
      isEnding = true;
      const linger = timers.at(clock.nowNs() + LINGER_NS, () => socket.destroy());
      socket.on('close', () => linger.cancel());
      // Reading on while the last bytes leave: a reset for unread input would overtake them.
      socket.end(lastBytes);
    },
    destroy() {
      isEnding = true;
      socket.destroy();
    },
  };
}
