/** A gateway at work: each input is journalled, then stepped; what the step wants is then done. */
import type { Clock, Nanoseconds, TimerHandle, Timers } from '#engine';
import { type Kernels, loadedKernels } from '#native';
import { addToChain } from './chain/output-chain.ts';
import { clearGatewayEffects, createGatewayEffects, type GatewayEffects } from './effects.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import { createFramer } from './fix/framer.ts';
import type { StepProbe } from './probe.ts';
import type { Signal } from './signal.ts';
import { createGatewayState, type GatewayConfig, type GatewayState } from './state.ts';
import { type InboundPiece, stepGateway } from './step.ts';

export type GatewayPorts = {
  clock: Clock;
  timers: Timers;
  /** Appends a record and makes it outlive this process; throws when it cannot. */
  journal(event: GatewayEvent): void;
  /** Bytes for the venue, whole messages in order; they are the port's to keep. */
  send(bytes: Buffer): void;
  /** Close the connection to the venue. */
  disconnect(reason: string): void;
  onPosition(instrument: number, positionLots: number): void;
  /** All that a step did, for reports; valid for the call. */
  onEffects(effects: GatewayEffects, timeNs: Nanoseconds): void;
  probe?: StepProbe;
};

export type Gateway = {
  readonly state: GatewayState;
  onSignal(signal: Signal): void;
  onConnected(): void;
  onDisconnected(): void;
  onBytes(bytes: Uint8Array): void;
  command(command: GatewayCommand): void;
  /** Says that this process took up a log with history. */
  restart(): void;
  /** Nothing is taken or journalled any more. */
  close(): void;
};

/** A gateway of this configuration, after the events of its log so far (none for a new log). */
export function createGateway(
  config: GatewayConfig,
  ports: GatewayPorts,
  history: Iterable<GatewayEvent> = [],
): Gateway {
  const replay = createReplay(config);
  let lastNs = replayHistory(replay, history);
  let timer: TimerHandle | undefined;
  let isClosed = false;
  let dueNs = Number.POSITIVE_INFINITY;

  const wake = (atNs: Nanoseconds) => {
    if (atNs >= dueNs) return;
    timer?.cancel();
    dueNs = atNs;
    timer = ports.timers.at(atNs, () => {
      dueNs = Number.POSITIVE_INFINITY;
      take({ kind: 'timer', timeNs: now() });
    });
  };
  const now = () => Math.max(lastNs, ports.clock.nowNs());

  /** More than one where a port hands in an event while it is told of another's effects. */
  const spare: GatewayEffects[] = [];
  const take = (event: GatewayEvent) => {
    if (isClosed) return;
    ports.journal(event);
    lastNs = event.timeNs;
    const effects = spare.pop() ?? createGatewayEffects(ports.probe);
    replay.step(event, effects);
    carryOut(effects, event.timeNs);
    clearGatewayEffects(effects);
    spare.push(effects);
  };
  const carryOut = (effects: GatewayEffects, timeNs: Nanoseconds) => {
    for (const bytes of effects.outbound.list) ports.send(Buffer.from(bytes));
    ports.onEffects(effects, timeNs);
    if (effects.dueNs < Number.POSITIVE_INFINITY) wake(effects.dueNs);
    if (effects.disconnect !== undefined) ports.disconnect(effects.disconnect);
    for (const { instrument, positionLots } of effects.positions) {
      ports.onPosition(instrument, positionLots);
    }
  };

  return {
    state: replay.state,
    onSignal: signal => take({ kind: 'signal', timeNs: now(), signal }),
    onConnected: () => take({ kind: 'connected', timeNs: now() }),
    onDisconnected: () => take({ kind: 'disconnected', timeNs: now() }),
    onBytes: bytes => take({ kind: 'inbound', timeNs: now(), bytes }),
    command: command => take({ kind: 'command', timeNs: now(), command }),
    restart: () => take({ kind: 'restarted', timeNs: now() }),
    close() {
      isClosed = true;
      timer?.cancel();
    },
  };
}

/** Steps what was journalled before and gives the time of the latest. */
function replayHistory(replay: GatewayReplay, history: Iterable<GatewayEvent>): Nanoseconds {
  const effects = createGatewayEffects();
  let lastNs = 0;
  for (const event of history) {
    replay.step(event, effects);
    clearGatewayEffects(effects);
    lastNs = event.timeNs;
  }
  return lastNs;
}

export type GatewayReplay = {
  readonly state: GatewayState;
  /** Steps one record of the log and appends what it wants done. */
  step(event: GatewayEvent, effects: GatewayEffects): void;
};

/** The state machine with its framer: what a live gateway and a replay of its log both run. */
export function createReplay(
  config: GatewayConfig,
  kernels: Kernels = loadedKernels.kernels,
): GatewayReplay {
  const state = createGatewayState(config, kernels);
  let pieces: InboundPiece[] = [];
  const framer = createFramer({
    onMessage: bytes => pieces.push({ kind: 'message', bytes }),
    onGarbage: reason => pieces.push({ kind: 'garbage', reason }),
  });
  return {
    state,
    step(event, effects) {
      const { list } = effects.outbound;
      const first = list.length;
      if (event.kind !== 'inbound') {
        if (event.kind === 'connected') framer.reset();
        stepGateway(state, event, effects);
      } else {
        pieces = [];
        framer.push(event.bytes);
        stepGateway(state, { kind: 'pieces', timeNs: event.timeNs, pieces }, effects);
      }
      for (let at = first; at < list.length; at++) addToChain(state.outputChain, 0, list[at]!);
    },
  };
}
