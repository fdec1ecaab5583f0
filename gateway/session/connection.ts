/** Joins a session to one byte connection at a time: framing, timers, and the order of commits. */
import type { Clock, TimerHandle, Timers } from '#engine';
import { createFramer } from '../fix/framer.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { WholeMessage } from '../fix/raw-field.ts';
import type { SessionEffect, SessionEvent } from './event.ts';
import { openPlainWay, type PlainPort, type PlainWay, takePlain, takeReports } from './plain.ts';
import { advanceTo, type SessionState } from './state.ts';
import { stepSession } from './step.ts';

/** What the session tells its owner; bytes, timers and the end of a connection stay in here. */
export type SessionNotice = Exclude<SessionEffect, { kind: 'send' | 'timer' | 'disconnect' }>;

/** The wire, as `connectFix` and `listenFix` make it. */
export type Wire = {
  write(bytes: Uint8Array): void;
  /** Ends the connection once what was written has left. */
  end(): void;
};

export type WireHandler = {
  onBytes(bytes: Uint8Array): void;
  onClose(): void;
};

export type ConnectionPorts = {
  clock: Clock;
  timers: Timers;
  /** May call `send` and `logout` at once; their bytes leave together with those of this input. */
  onNotice(notice: SessionNotice): void;
  /** The session has ended the connection. */
  onDisconnect(reason: string): void;
  /** Of an owner that answers orders: how it takes those that are plain. */
  plain?: PlainPort;
};

export type SessionConnection = {
  /**
   * A connection stands; what comes over it goes to the handler returned. A second one beside it is
   * ended at once: one live connection is what keeps two gateways from trading side by side.
   */
  opened(wire: Wire): WireHandler;
  send(message: ApplicationMessage): void;
  /** A message of any type, where `delivery` is whole. */
  sendWhole(message: WholeMessage): void;
  logout(text?: string): void;
};

/** Its time is that of its step. */
type Input = SessionEvent;
const UNTIMED = 0;

type Work = {
  state: SessionState;
  ports: ConnectionPorts;
  inputs: Input[];
  isWorking: boolean;
  wire: Wire | undefined;
  plain: PlainWay | undefined;
  timer: TimerHandle | undefined;
  /** Bytes and end of the connection, held back until the store is committed. */
  out: Uint8Array[];
  ending: string | undefined;
};

/**
 * Every input is stepped, the owner's answers to it too; then the store is committed; only then do
 * bytes leave. So what the other side has seen is stored, and what the owner has processed is
 * stored together with its answers, or not at all.
 */
export function connectSession(state: SessionState, ports: ConnectionPorts): SessionConnection {
  const work: Work = {
    ...{ state, ports, inputs: [], isWorking: false, wire: undefined, plain: undefined },
    ...{ timer: undefined, out: [], ending: undefined },
  };
  const framer = createFramer(
    {
      onPlace: () => takePlace(work),
      onMessage: bytes => work.inputs.push({ kind: 'message', timeNs: UNTIMED, bytes }),
      onGarbage: reason => work.inputs.push({ kind: 'garbage', timeNs: UNTIMED, reason }),
    },
    { recovery: state.config.manners === 'quickfix' ? 'claimed-end' : 'next-byte' },
  );
  if (ports.plain !== undefined) work.plain = openPlainWay(state, ports.plain, framer.half);
  const take = (input: Input) => {
    work.inputs.push(input);
    takeInputs(work);
  };
  return {
    opened(wire) {
      if (work.wire !== undefined) {
        wire.end();
        return { onBytes() {}, onClose() {} };
      }
      framer.reset();
      work.wire = wire;
      take({ kind: 'connected', timeNs: UNTIMED });
      return {
        onBytes(bytes) {
          if (work.wire !== wire) return;
          framer.push(bytes);
          takeInputs(work);
        },
        onClose() {
          if (work.wire !== wire) return;
          work.wire = undefined;
          take({ kind: 'disconnected', timeNs: UNTIMED });
        },
      };
    },
    send: message => take({ kind: 'send', timeNs: UNTIMED, message }),
    sendWhole: message => take({ kind: 'send-whole', timeNs: UNTIMED, message }),
    logout: text =>
      take(
        text === undefined
          ? { kind: 'logout', timeNs: UNTIMED }
          : { kind: 'logout', timeNs: UNTIMED, text },
      ),
  };
}

/** Only while nothing waits: what came before goes before. */
function takePlace(work: Work): boolean {
  const { state, plain, ports } = work;
  if (plain === undefined || work.inputs.length > 0 || work.isWorking) return false;
  work.isWorking = true;
  try {
    advanceTo(state, Math.max(state.nowNs, ports.clock.nowNs()));
    return takePlain(state, plain);
  } finally {
    work.isWorking = false;
  }
}

/**
 * Inputs that the owner adds while it is told of effects are taken in the same turn, before what
 * came behind their cause: a Logout that came with a request must not go before its answer.
 */
function takeInputs(work: Work): void {
  if (work.isWorking) return;
  work.isWorking = true;
  try {
    const { state, ports, inputs } = work;
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      const effects: SessionEffect[] = [];
      input.timeNs = Math.max(state.nowNs, ports.clock.nowNs());
      stepSession(state, input, effects);
      const waiting = inputs.length;
      for (const effect of effects) carryOut(work, effect);
      if (waiting > 0 && inputs.length > waiting) inputs.unshift(...inputs.splice(waiting));
    }
    commitAndWrite(work);
  } finally {
    work.isWorking = false;
  }
}

function carryOut(work: Work, effect: SessionEffect): void {
  switch (effect.kind) {
    case 'send':
      work.out.push(effect.bytes);
      break;
    case 'disconnect':
      work.ending = `${effect.reason}: ${effect.text}`;
      break;
    case 'timer':
      work.timer?.cancel();
      work.timer = work.ports.timers.at(effect.dueNs, () => {
        work.inputs.push({ kind: 'timer', timeNs: UNTIMED });
        takeInputs(work);
      });
      break;
    default:
      work.ports.onNotice(effect);
  }
}

function commitAndWrite(work: Work): void {
  const { state, ports, out, wire, ending } = work;
  work.out = [];
  work.ending = undefined;
  state.store.commit();
  const reports = work.plain === undefined ? undefined : takeReports(work.plain);
  if (reports !== undefined) out.unshift(reports);
  if (out.length > 0) wire?.write(out.length === 1 ? out[0]! : joined(out));
  if (ending === undefined) return;
  work.wire = undefined;
  wire?.end();
  ports.onDisconnect(ending);
}

/** One piece for one call of the system: `Buffer.concat` without its checks. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const whole = Buffer.allocUnsafe(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
