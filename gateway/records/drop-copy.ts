/** A drop copy: a FIX acceptor that follows a gateway's log and says each report it took. */
import {
  ByteReader,
  type Clock,
  type LogFollower,
  MILLISECOND_NS,
  OutriderError,
  type TimerHandle,
  type Timers,
} from '#engine';
import { acceptorConfig, type SessionSettings } from '../echo/session-settings.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { type FixView, parseMessage } from '../fix/parse.ts';
import { type FixAddress, type FixListener, listenFix } from '../fix/tcp.ts';
import type { GatewayReplay } from '../gateway.ts';
import { readGatewayRecord } from '../record.ts';
import { connectSession, type SessionConnection } from '../session/connection.ts';
import { newSession, type SessionState } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import { copyOf, countOf, isCopyOf } from './report-copy.ts';
import { type TakenReport, takenReports } from './taken-reports.ts';

export type DropCopyOptions = {
  listen: FixAddress;
  settings: SessionSettings;
  /** Outlives the process: its last message says how far the copies go. */
  store: SentStore;
  log: LogFollower;
  /** Of the session's own time, which may be years after the log's. */
  originNs: bigint;
  /** What the log's first record begins: a replay of that configuration. */
  replayOf(start: string): GatewayReplay;
  clock: Clock;
  timers: Timers;
  /** Why a connection was ended, for people. */
  onEnd(reason: string): void;
};

export type DropCopy = FixListener & {
  /** Rejects once the log cannot be followed any more. */
  readonly failed: Promise<never>;
  /** Logs out, and closes once that was answered or had its time. */
  stop(): Promise<void>;
};

/** Records read in one turn of the event loop, and the wait where none came. */
const RECORDS_PER_TURN = 256;
const POLL_NS = 5 * MILLISECOND_NS;

type Copying = {
  readonly options: DropCopyOptions;
  readonly session: SessionConnection;
  readonly state: SessionState;
  /** Copies that are in the store, and the last of them. */
  stored: number;
  readonly last: FixView | undefined;
  take: ReturnType<typeof takenReports> | undefined;
  /** Taken, and not copied while nobody is logged on: those of one record. */
  readonly waiting: TakenReport[];
  timer: TimerHandle | undefined;
};

/**
 * Rejects with `network` where it cannot listen. Reports leave only while the counterparty is
 * logged on, and the log is read no further meanwhile: nothing piles up, and the gateway, a process
 * of its own, never knows.
 */
export async function serveDropCopy(options: DropCopyOptions): Promise<DropCopy> {
  const { clock, timers, store, originNs, settings, onEnd } = options;
  const state = newSession(acceptorConfig(settings, originNs), store);
  const ports = { clock, timers, onDisconnect: onEnd };
  const session: SessionConnection = connectSession(state, {
    ...ports,
    onNotice(notice) {
      if (notice.kind === 'deliver-whole') session.send(notTaken(notice.view));
    },
  });
  const last = lastCopy(store);
  const copying: Copying = {
    ...{ options, session, state, last, take: undefined, waiting: [], timer: undefined },
    stored: last === undefined ? 0 : (countOf(last) ?? 0),
  };
  const listener = await listenFix(options.listen, wire => session.opened(wire), ports);
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  turnAfter(copying, 0, fail);
  return {
    ...{ port: listener.port, close: listener.close, failed },
    async stop() {
      copying.timer?.cancel();
      session.logout('The drop copy is stopped');
      while (state.status !== 'disconnected') {
        await new Promise<void>(resolve => timers.at(clock.nowNs() + POLL_NS, resolve));
      }
      await listener.close();
    },
  };
}

function turnAfter(copying: Copying, waitNs: number, fail: (error: unknown) => void): void {
  const { clock, timers } = copying.options;
  copying.timer = timers.at(clock.nowNs() + waitNs, () => {
    try {
      turnAfter(copying, turn(copying) ? 0 : POLL_NS, fail);
    } catch (error) {
      fail(error);
    }
  });
}

/** Whether there may be more at once. */
function turn(copying: Copying): boolean {
  if (!sayWaiting(copying)) return false;
  let records = 0;
  const reader = new ByteReader();
  for (const { payload } of copying.options.log.next(RECORDS_PER_TURN)) {
    records++;
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind === 'start') {
      copying.take = takenReports(copying.options.replayOf(record.config));
      continue;
    }
    if (copying.take === undefined) {
      throw new OutriderError('bad-log', 'no start record first; is it a gateway’s log?');
    }
    for (const report of copying.take(record)) {
      if (report.count > copying.stored) copying.waiting.push(report);
      else if (report.count === copying.stored) checkLast(copying, report);
    }
    if (!sayWaiting(copying)) return false;
  }
  return records === RECORDS_PER_TURN;
}

/** False while some wait for the counterparty. */
function sayWaiting({ options, session, state, waiting }: Copying): boolean {
  while (waiting.length > 0) {
    if (state.status !== 'active') return false;
    session.sendWhole(copyOf(waiting.shift()!, options.log.originNs));
  }
  return true;
}

/** BusinessRejectReason (380): nothing is taken here. */
const UNSUPPORTED_MESSAGE_TYPE = 3;

const notTaken = ({ msgType, msgSeqNum }: FixView): ApplicationMessage => ({
  ...{ msgType: 'j', refSeqNum: msgSeqNum, refMsgType: msgType },
  ...{ businessRejectReason: UNSUPPORTED_MESSAGE_TYPE, text: 'A drop copy takes no messages' },
});

/** The store's last copy is that of the log's report with the same count, or they do not belong. */
function checkLast({ last }: Copying, report: TakenReport): void {
  if (last !== undefined && isCopyOf(last, report.view)) return;
  const what = `copy ${report.count} of the store is not report ${report.count} of the log`;
  throw new OutriderError('bad-log', `${what}: give each log a store of its own`);
}

function lastCopy(store: SentStore): FixView | undefined {
  let last: FixView | undefined;
  for (const bytes of store.history()) {
    const view = parseMessage(Uint8Array.from(bytes));
    if (view.kind === 'view' && countOf(view) !== undefined) last = view;
  }
  return last;
}
