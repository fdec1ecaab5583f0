/** A FIX 4.4 acceptor for conformance tools: sessions by their CompIDs, an echo behind each. */
import { type Clock, MILLISECOND_NS, type Timers } from '#engine';
import type { FixConnection, FixHandler } from '../fix/fix-connection.ts';
import { type FixAddress, type FixListener, listenFix } from '../fix/tcp.ts';
import { connectSession, type SessionConnection } from '../session/connection.ts';
import { memoryStore } from '../session/memory-store.ts';
import { routeSessions } from '../session/route-sessions.ts';
import { newSession } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import { echoApplication } from './echo-application.ts';
import { acceptorConfig, type SessionSettings } from './session-settings.ts';

/** Between two looks whether the sessions have ended; each has a deadline of its own. */
const POLL_NS = 10 * MILLISECOND_NS;

export type EchoAcceptorOptions = {
  /** Port 0 lets the system choose. */
  listen: FixAddress;
  sessions: readonly SessionSettings[];
  /** Where a session's numbers and messages live; by default as long as the acceptor. */
  storeOf?(settings: SessionSettings): SentStore;
  originNs: bigint;
  clock: Clock;
  timers: Timers;
  /** Bytes of any connection, once they were taken in. */
  onReceived?(bytes: Uint8Array): void;
  /** Why a connection was ended, for people. */
  onEnd(reason: string): void;
};

export type EchoAcceptor = FixListener & {
  /** Logs every session out, and closes when all have answered or had their time. */
  stop(): Promise<void>;
};

/** Rejects with `network` where it cannot listen, `bad-config` where settings cannot work. */
export async function listenEcho(options: EchoAcceptorOptions): Promise<EchoAcceptor> {
  const { clock, timers, originNs, onEnd } = options;
  const sessions = options.sessions.map(settings => {
    const store = options.storeOf?.(settings) ?? memoryStore();
    const state = newSession(acceptorConfig(settings, originNs), store);
    const connection: SessionConnection = connectSession(state, {
      ...{ clock, timers },
      onNotice: notice => application.onNotice(notice),
      onDisconnect: reason => {
        application.onDisconnect();
        onEnd(reason);
      },
    });
    const application = echoApplication(() => connection);
    const { senderCompId, targetCompId } = state.config;
    return { senderCompId, targetCompId, connection, state };
  });
  const route = routeSessions(sessions, { clock, timers, onStranger: onEnd });
  const open = (wire: FixConnection): FixHandler => {
    const handler = route(wire);
    return {
      onBytes(bytes) {
        handler.onBytes(bytes);
        options.onReceived?.(bytes);
      },
      onClose: () => handler.onClose(),
    };
  };
  const listener = await listenFix(options.listen, open, { clock, timers });
  return {
    ...listener,
    async stop() {
      for (const { connection } of sessions) connection.logout('The acceptor is stopped');
      const isOver = () => sessions.every(({ state }) => state.status === 'disconnected');
      while (!isOver()) {
        await new Promise<void>(resolve => timers.at(clock.nowNs() + POLL_NS, resolve));
      }
      await listener.close();
    },
  };
}
