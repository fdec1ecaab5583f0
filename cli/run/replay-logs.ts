/** The input logs of a run once more: the edge's gives signals, the gateway's gives bytes. */

import {
  createEdgeEffects,
  createEdgeState,
  type EdgeConfig,
  type EdgeRecord,
  type EdgeState,
  readEdgeRecord,
  stepEdge,
} from '#edge';
import { ByteReader, type LogRecord, OutriderError, readLog, type Snapshot } from '#engine';
import {
  type ChainReading,
  chainOf,
  clearGatewayEffects,
  createGatewayEffects,
  createReplay,
  type GatewayEffects,
  type GatewayEvent,
  type GatewayRecord,
  type GatewayState,
  readGatewayRecord,
  type Signal,
} from '#gateway';
import type { Kernels } from '#native';
import { gatewayConfig } from './gateway-settings.ts';
import { holdNsOf, identityOf, policyOf } from './settings.ts';
import { readStartRecord, type StartRecord } from './start-record.ts';

export type EdgeReplay = { state: EdgeState; signals: number; records: number; torn: boolean };

/** Steps the edge's log; each signal is handed out as it comes. */
export function replayEdge(
  directory: string,
  onSignal: (signal: Signal) => void,
  onRecord?: (record: EdgeRecord, logged: LogRecord) => void,
): EdgeReplay {
  const reading = readLog({ directory });
  const reader = new ByteReader();
  let state: EdgeState | undefined;
  let signals = 0;
  let records = 0;
  for (const logged of reading) {
    reader.reset(logged.payload);
    const record = readEdgeRecord(reader);
    records++;
    onRecord?.(record, logged);
    if (record.kind === 'start') {
      state = createEdgeState(edgeConfigOf(readStartRecord(record.config)));
      continue;
    }
    const effects = createEdgeEffects();
    stepEdge(begun(state, directory), record, effects);
    for (const signal of effects.signals) {
      signals++;
      onSignal(signal);
    }
  }
  return { state: begun(state, directory), signals, records, torn: reading.torn !== undefined };
}

export type GatewayReplayed = {
  state: GatewayState;
  records: number;
  torn: boolean;
  /** The log ends as a run ends that was stopped, not killed. */
  isComplete: boolean;
  /** Over all that was sent, before a snapshot that the replay began with too. */
  chain: ChainReading;
};

/** Venues by index. */
export type GatewayReplayPorts = {
  connected(venue: number): void;
  /** The bytes are valid for the call; `offset` is that of the record they come from. */
  message(bytes: Uint8Array, venue: number, offset: number): void;
  signal(signal: Signal): void;
  /** Before the first record: the state that all of them are stepped with. */
  begun?(state: GatewayState): void;
  /** The bytes of each record before it is stepped; valid for the call. */
  record?(logged: LogRecord, record: GatewayRecord): void;
  /** After each record, by its offset, all that it did; valid for the call. */
  stepped?(offset: number, effects: GatewayEffects, record: GatewayEvent): void;
};

/**
 * Steps the gateway's log and hands out connections, messages and signals as they come; with a
 * snapshot from there on, with the kernels given. An error of a step names the record.
 */
export function replayGateway(
  directory: string,
  on: GatewayReplayPorts,
  { snapshot, kernels }: { snapshot?: Snapshot; kernels?: Kernels } = {},
): GatewayReplayed {
  const replay = createReplay(gatewayConfig(startOf(directory)), kernels);
  on.begun?.(replay.state);
  if (snapshot !== undefined) replay.restore(snapshot.state);
  const reading = readLog({ directory, fromOffset: snapshot?.offset ?? 0 });
  const reader = new ByteReader();
  const effects = createGatewayEffects();
  let records = 0;
  let isComplete = false;
  for (const logged of reading) {
    const { offset } = logged;
    reader.reset(logged.payload);
    const record = readGatewayRecord(reader);
    records++;
    on.record?.(logged, record);
    if (record.kind === 'start') continue;
    if (record.kind === 'connected') on.connected(record.venue);
    if (record.kind === 'signal') on.signal(record.signal);
    if (record.kind === 'command' && record.command === 'stop') isComplete = true;
    if (record.kind === 'restarted') isComplete = false;
    naming(offset, () => replay.step(record, effects));
    const { list, venues } = effects.outbound;
    for (const [at, bytes] of list.entries()) on.message(bytes, venues[at]!, offset);
    on.stepped?.(offset, effects, record);
    clearGatewayEffects(effects);
  }
  const { state } = replay;
  const torn = reading.torn !== undefined;
  return { state, records, torn, isComplete, chain: chainOf(state) };
}

function naming(offset: number, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    throw new OutriderError(error.code, `record ${offset}: ${error.message}`, { cause: error });
  }
}

function startOf(directory: string): StartRecord {
  const reader = new ByteReader();
  for (const { payload } of readLog({ directory })) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind === 'start') return readStartRecord(record.config);
    break;
  }
  return begun<StartRecord>(undefined, directory);
}

/** What an edge's log was begun with; undefined where nothing was written yet. */
export function edgeLogStart(directory: string): StartRecord | undefined {
  for (const { payload } of readLog({ directory })) {
    const reader = new ByteReader();
    reader.reset(payload);
    const record = readEdgeRecord(reader);
    if (record.kind === 'start') return readStartRecord(record.config);
    break;
  }
  return undefined;
}

function begun<T>(value: T | undefined, directory: string): T {
  if (value !== undefined) return value;
  throw new OutriderError('replay', `${directory}: no start record first; is it a run's log?`);
}

function edgeConfigOf(start: StartRecord): EdgeConfig {
  const { config, originNs, instruments, model } = start;
  return {
    originNs,
    instruments,
    contextMoves: model.contextMoves,
    moves: config.moves,
    identity: identityOf(config, model),
    policy: policyOf(config),
    holdNs: holdNsOf(config),
  };
}
