/** A FIX 4.4 acceptor for conformance tools: sessions by their CompIDs, an echo behind each. */
import type { Clock, Timers } from '#engine';
import {
  type FixAddress,
  type FixConnection,
  type FixHandler,
  type FixListener,
  listenFix,
} from '../fix/tcp.ts';
import { connectSession, type SessionConnection } from '../session/connection.ts';
import { memoryStore } from '../session/memory-store.ts';
import { routeSessions } from '../session/route-sessions.ts';
import { newSession } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import { echoApplication } from './echo-application.ts';
import { acceptorConfig, type SessionSettings } from './session-settings.ts';

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

/** Rejects with `network` where it cannot listen, `bad-config` where settings cannot work. */
export async function listenEcho(options: EchoAcceptorOptions): Promise<FixListener> {
  const { clock, timers, originNs, onEnd } = options;
  const sessions = options.sessions.map(settings => {
    const store = options.storeOf?.(settings) ?? memoryStore();
    const connection: SessionConnection = connectSession(
      newSession(acceptorConfig(settings, originNs), store),
      {
        ...{ clock, timers },
        onNotice: notice => application.onNotice(notice),
        onDisconnect: reason => {
          application.onDisconnect();
          onEnd(reason);
        },
      },
    );
    const application = echoApplication(() => connection);
    return {
      senderCompId: settings.SenderCompID,
      targetCompId: settings.TargetCompID,
      connection,
    };
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
  return await listenFix(options.listen, open, { clock, timers });
}
