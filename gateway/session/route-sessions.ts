/** Several sessions behind one listener: the first message of a connection says whose it is. */
import { type Clock, type Nanoseconds, SECOND_NS, type Timers } from '#engine';
import { createFramer } from '../fix/framer.ts';
import { fieldText, parseMessage } from '../fix/parse.ts';
import { Tag } from '../fix/tag.ts';
import type { SessionConnection, Wire, WireHandler } from './connection.ts';

export type RoutedSession = {
  senderCompId: string;
  targetCompId: string;
  connection: Pick<SessionConnection, 'opened'>;
};

export type RoutePorts = {
  clock: Clock;
  timers: Timers;
  /** From a connection to its first message. Default 10 s. */
  firstMessageTimeoutNs?: Nanoseconds;
  /** A connection that no session is for; it is ended. */
  onStranger(reason: string): void;
};

/**
 * Takes a connection and gives it to the session with the CompIDs of its first message, which then
 * sees every byte. A stranger learns nothing. What waits here is one message at most.
 */
export function routeSessions(
  sessions: readonly RoutedSession[],
  ports: RoutePorts,
): (wire: Wire) => WireHandler {
  const { clock, timers, firstMessageTimeoutNs = 10 * SECOND_NS } = ports;
  return wire => {
    let held: Uint8Array[] = [];
    let taken: WireHandler | undefined;
    let isOver = false;
    const refuse = (reason: string) => {
      if (isOver) return;
      isOver = true;
      held = [];
      timer.cancel();
      ports.onStranger(reason);
      wire.end();
    };
    const timer = timers.at(clock.nowNs() + firstMessageTimeoutNs, () => refuse('no message'));
    const framer = createFramer({
      onMessage(bytes) {
        if (taken !== undefined || isOver) return;
        const session = sessionOf(sessions, bytes);
        if (session === undefined) {
          refuse('unknown CompIDs');
          return;
        }
        timer.cancel();
        taken = session.connection.opened(wire);
        for (const chunk of held) taken.onBytes(chunk);
        held = [];
      },
      onGarbage: reason => {
        if (taken === undefined) refuse(reason);
      },
    });
    return {
      onBytes(bytes) {
        if (isOver) return;
        if (taken !== undefined) {
          taken.onBytes(bytes);
          return;
        }
        held.push(Uint8Array.from(bytes));
        framer.push(bytes);
      },
      onClose() {
        isOver = true;
        timer.cancel();
        taken?.onClose();
      },
    };
  };
}

/** A single session sees every connection and judges the CompIDs itself. */
function sessionOf(
  sessions: readonly RoutedSession[],
  bytes: Uint8Array,
): RoutedSession | undefined {
  if (sessions.length === 1) return sessions[0];
  const view = parseMessage(bytes);
  if (view.kind === 'garbled') return undefined;
  const theirs = fieldText(view, Tag.senderCompId);
  const ours = fieldText(view, Tag.targetCompId);
  return sessions.find(each => each.targetCompId === theirs && each.senderCompId === ours);
}
