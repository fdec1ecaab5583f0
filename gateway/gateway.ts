/** A gateway at work: each input is journalled, then stepped; what the step wants is then done. */
import type { Clock, Nanoseconds, Timers } from '#engine';
import { type Kernels, loadedKernels } from '#native';
import type { ConversionRate } from './account/conversion.ts';
import { addToChain } from './chain/output-chain.ts';
import { clearGatewayEffects, createGatewayEffects, type GatewayEffects } from './effects.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import type { MarketQuote } from './execution/market-quote.ts';
import { createFramer } from './fix/framer.ts';
import { journalledSteps } from './journalled-steps.ts';
import type { StepProbe } from './probe.ts';
import type { Signal } from './signal.ts';
import {
  layoutOf,
  restoreSnapshot,
  type StateSnapshot,
  takeSnapshot,
  verifyMark,
} from './snapshot/state-snapshot.ts';
import { createGatewayState, type GatewayConfig, type GatewayState } from './state.ts';
import { type InboundPiece, stepGateway } from './step.ts';
import { knownStepVersion } from './step-version.ts';

export type GatewayPorts = {
  clock: Clock;
  timers: Timers;
  /**
   * Appends a record and makes it outlive this process. Throws `disk` when it cannot: the gateway
   * then ends its connections, sends nothing, and calls again with the same event until it can.
   */
  journal(event: GatewayEvent): void;
  /** Why the log takes nothing; undefined once it does again. */
  onStall?(why: string | undefined): void;
  /** Bytes for a venue, whole messages in order; they are the port's to keep. */
  send(bytes: Buffer, venue: number): void;
  /** Close the connection to a venue. */
  disconnect(reason: string, venue: number): void;
  /** Of the strategy with this index. */
  onPosition(instrument: number, positionLots: number, strategy: number): void;
  /** All that a step did, for reports; valid for the call. */
  onEffects(effects: GatewayEffects, timeNs: Nanoseconds): void;
  probe?: StepProbe;
  /** Bytes of a snapshot, which the history given goes on from. */
  snapshot?: Uint8Array | undefined;
};

export type Gateway = {
  readonly state: GatewayState;
  onSignal(signal: Signal): void;
  /** Of the edge's feed, or of a venue's own. */
  onQuote(quote: MarketQuote): void;
  /** Venues are named by their index in the configuration. */
  onConnected(venue?: number): void;
  onDisconnected(venue?: number): void;
  onBytes(bytes: Uint8Array, venue?: number): void;
  /** A conversion rate, by the time it was quoted. */
  onRate(rate: ConversionRate): void;
  command(command: GatewayCommand): void;
  /**
   * The edge of this strategy has not been heard for too long: its wishes are dropped, those of
   * these instruments alone where others of its group are here.
   */
  onEdgeLost(strategy: number, instruments?: readonly number[]): void;
  /** Bytes as an operator signed them. */
  operate(bytes: Uint8Array): void;
  /** Positions as another source states them; what came of it is among the outcomes. */
  onStatement(bytes: Uint8Array): void;
  /** Says that this process took up a log with history. */
  restart(): void;
  /** Goes by the rules of another version of `step` from here on. */
  switchStep(version: number): void;
  /**
   * Journals a mark of the state before it; the snapshot's offset is the mark's. Undefined while
   * the log takes nothing.
   */
  snapshot(): StateSnapshot | undefined;
  /** This node trades from now on; an operator's name where it was by his word. */
  claim(epoch: number, node: string, operator: string): void;
  /** What leaves waits for this standby's word from now on, or for nobody's (''). */
  noteStandby(standby: string): void;
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
  if (ports.snapshot !== undefined) replay.restore(ports.snapshot);
  return continueGateway({ replay, lastNs: replayHistory(replay, history) }, ports);
}

/** What was stepped so far, and the time of the latest record of it. */
export type Stepped = { replay: GatewayReplay; lastNs: Nanoseconds };

/** A gateway that goes on where others, or this process, stepped its log so far. */
export function continueGateway({ replay, lastNs }: Stepped, ports: GatewayPorts): Gateway {
  const { now, take, snapshot, close } = journalledSteps(replay, ports, lastNs);
  return {
    ...{ state: replay.state, snapshot, close },
    onSignal: signal => take({ kind: 'signal', timeNs: now(), signal }),
    onQuote: quote => take({ kind: 'quote', timeNs: now(), quote }),
    onConnected: (venue = 0) => take({ kind: 'connected', timeNs: now(), venue }),
    onDisconnected: (venue = 0) => take({ kind: 'disconnected', timeNs: now(), venue }),
    onBytes: (bytes, venue = 0) => take({ kind: 'inbound', timeNs: now(), venue, bytes }),
    onRate: rate => take({ kind: 'rate', timeNs: now(), rate }),
    command: command => take({ kind: 'command', timeNs: now(), command }),
    onEdgeLost(strategy, instruments) {
      const { strategies = [] } = replay.state.config;
      if (instruments !== undefined) {
        const kind = 'instruments-lost';
        take({ kind, timeNs: now(), strategy, instruments: [...instruments] });
        return;
      }
      // The only one there is: the command, which every build reads.
      if (strategies.length < 2) take({ kind: 'command', timeNs: now(), command: 'edge-lost' });
      else take({ kind: 'edge-lost', timeNs: now(), strategy });
    },
    operate: bytes => take({ kind: 'operator', timeNs: now(), bytes }),
    onStatement: bytes => take({ kind: 'statement', timeNs: now(), bytes }),
    restart: () => take({ kind: 'restarted', timeNs: now() }),
    switchStep: version => take({ kind: 'step-version', timeNs: now(), version }),
    claim(epoch, node, operator) {
      take({ kind: 'epoch-claim', timeNs: now(), epoch, node, operator });
      // Whoever stepped the log so far kept no timers: what is due is asked for anew.
      take({ kind: 'timer', timeNs: now() });
    },
    noteStandby: standby => take({ kind: 'standby-state', timeNs: now(), standby }),
  };
}

/** Steps what was journalled before and gives the time of the latest. */
function replayHistory(replay: GatewayReplay, history: Iterable<GatewayEvent>): Nanoseconds {
  const effects = createGatewayEffects();
  // A new state stands at a half, so that the field holds doubles from the start.
  let lastNs = Math.floor(replay.state.nowNs);
  for (const event of history) {
    replay.step(event, effects);
    clearGatewayEffects(effects);
    lastNs = event.timeNs;
  }
  return lastNs;
}

export type GatewayReplay = {
  readonly state: GatewayState;
  /**
   * Steps one record of the log and appends what it wants done. Throws `replay` at a snapshot mark
   * that tells of another state than this.
   */
  step(event: GatewayEvent, effects: GatewayEffects): void;
  snapshot(): StateSnapshot;
  /**
   * Before the first record. Throws `bad-log` for a snapshot of another build or configuration, or
   * of rules that this build does not know.
   */
  restore(snapshot: Uint8Array): void;
};

/** The state machine and a framer a venue: what a live gateway and a replay of its log run. */
export function createReplay(
  config: GatewayConfig,
  kernels: Kernels = loadedKernels.kernels,
): GatewayReplay {
  const state = createGatewayState(config, kernels);
  let pieces: InboundPiece[] = [];
  const framers = config.venues.map(() =>
    createFramer({
      onMessage: bytes => pieces.push({ kind: 'message', bytes }),
      onGarbage: reason => pieces.push({ kind: 'garbage', reason }),
    }),
  );
  const parts = { state, framers };
  let knownLayout: string | undefined;
  const layout = () => {
    knownLayout ??= snapshotLayout(config, kernels);
    return knownLayout;
  };
  return {
    state,
    snapshot: () => takeSnapshot(parts, layout()),
    restore(snapshot) {
      restoreSnapshot(parts, snapshot, layout());
      knownStepVersion(state.stepVersion);
    },
    step(event, effects) {
      if (event.kind === 'snapshot-mark') {
        verifyMark(parts, event.mark, layout());
        return;
      }
      state.records++;
      const { list, venues } = effects.outbound;
      const first = list.length;
      if (event.kind !== 'inbound') {
        if (event.kind === 'connected') framers[event.venue]?.reset();
        stepGateway(state, event, effects);
      } else {
        const { timeNs, venue } = event;
        pieces = [];
        framers[venue]?.push(event.bytes);
        stepGateway(state, { kind: 'pieces', timeNs, venue, pieces }, effects);
      }
      for (let at = first; at < list.length; at++) {
        addToChain(state.outputChain, venues[at]!, list[at]!);
      }
    },
  };
}

/** Names what a snapshot of this build and configuration consists of. */
export function snapshotLayout(
  config: GatewayConfig,
  kernels: Kernels = loadedKernels.kernels,
): string {
  const framers = config.venues.map(() => createFramer({ onMessage() {}, onGarbage() {} }));
  return layoutOf({ state: createGatewayState(config, kernels), framers });
}
