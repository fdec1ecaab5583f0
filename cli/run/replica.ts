/** A node's log and the state machine that has stepped it: what a standby keeps, and trades on. */
import { existsSync, readdirSync } from 'node:fs';
import { ByteReader, type EmbeddedLog, invariant, openLog, readLog } from '#engine';
import {
  type Claim,
  chainOf,
  clearGatewayEffects,
  createGatewayEffects,
  createGatewayEncoder,
  createReplay,
  type GatewayConfig,
  type GatewayEffects,
  type GatewayReplay,
  type GatewayState,
  type ReadableLog,
  readGatewayRecord,
  type SnapshotMark,
  type Stepped,
  snapshotLayout,
} from '#gateway';
import { cutLog } from './cut-log.ts';
import { gatewayConfig } from './gateway-settings.ts';
import { keepSnapshot, newestSnapshot } from './gateway-snapshots.ts';
import { readStartRecord, type StartRecord } from './start-record.ts';

export type Replica = {
  /** Once its first record is there. */
  readonly begun: { start: StartRecord; config: GatewayConfig; stepped: Stepped } | undefined;
  readonly state: GatewayState | undefined;
  /** Of its state, by this build; '' until it has begun. */
  readonly layout: string;
  /** Empty until the log is open. */
  readonly readable: ReadableLog;
  readonly claims: readonly Claim[];
  readonly log: EmbeddedLog;
  readonly originNs: bigint;
  /** Makes the log, where there is none. */
  open(originNs: bigint): void;
  /** Begins it with a configuration. */
  begin(start: string, of: { originNs: bigint; timeNs: number }): void;
  /** `sync`: on the medium when it returns. */
  append(payloads: readonly Uint8Array[], sync: boolean): void;
  /** Steps what was appended last; what it would send is dropped. */
  step(payloads: readonly Uint8Array[]): void;
  /** A claim is appended next that is stepped elsewhere. */
  noteClaim(epoch: number): void;
  /** Hash over all that it would have sent. */
  outputsHash(): string;
  /** Gives up the records from there on, and steps the others anew. */
  cut(fromOffset: number): void;
  close(): void;
};

export type ReplicaPorts = {
  directory: string;
  /** A claim was stepped. */
  onClaim(epoch: number): void;
  /** What a record made that was stepped as it came; what it would send is not sent. */
  onEffects(effects: GatewayEffects, timeNs: number): void;
  onProblem(text: string): void;
};

type Work = {
  ports: ReplicaPorts;
  log: EmbeddedLog | undefined;
  begun: Replica['begun'];
  claims: Claim[];
  layout: string;
  /** Of the next record to step. */
  offset: number;
};

const reader = new ByteReader();

/**
 * Opens and steps the log that is in the directory, if there is one, from the newest good snapshot
 * on. A snapshot that the primary has marked is taken here too.
 */
export function createReplica(ports: ReplicaPorts): Replica {
  const { directory } = ports;
  const work: Work = { ports, log: undefined, begun: undefined, claims: [], layout: '', offset: 0 };
  const names = existsSync(directory) ? readdirSync(directory) : [];
  if (names.some(name => name.endsWith('.segment'))) reopen(work);
  const logOf = () => {
    invariant(work.log !== undefined, 'the log is open');
    return work.log;
  };
  return {
    get begun() {
      return work.begun;
    },
    get state() {
      return work.begun?.stepped.replay.state;
    },
    get layout() {
      return work.layout;
    },
    get claims() {
      return work.claims;
    },
    get log() {
      return logOf();
    },
    get originNs() {
      return logOf().originNs;
    },
    readable: {
      get nextOffset() {
        return work.log?.nextOffset ?? 0;
      },
      read: from => work.log?.read(from) ?? [],
    },
    open(originNs) {
      work.log ??= openLog({ directory, originNs });
    },
    begin(start, { originNs, timeNs }) {
      work.log ??= openLog({ directory, originNs });
      const payload = createGatewayEncoder()({ kind: 'start', timeNs, config: start });
      work.log.append(payload);
      work.log.flush();
      stepRecord(work, payload);
    },
    append(payloads, sync) {
      const log = logOf();
      for (const payload of payloads) log.append(payload);
      if (sync) log.sync();
      else log.flush();
    },
    step(payloads) {
      for (const payload of payloads) stepRecord(work, payload);
    },
    noteClaim: epoch => void work.claims.push({ epoch, offset: logOf().nextOffset }),
    outputsHash: () => (work.begun ? chainOf(work.begun.stepped.replay.state).tip : ''),
    cut: fromOffset => cut(work, fromOffset),
    close: () => work.log?.close(),
  };
}

function cut(work: Work, fromOffset: number): void {
  const { directory, onProblem } = work.ports;
  work.log?.close();
  const kept = cutLog(directory, fromOffset);
  onProblem(`${directory}: cut before record ${fromOffset}; all of it is in ${kept}`);
  reopen(work);
}

function reopen(work: Work): void {
  const { directory, onProblem } = work.ports;
  const { originNs } = readLog({ directory });
  work.log = openLog({ directory, originNs });
  if (work.log.recovery !== undefined) {
    const { cutBytes, reason, file } = work.log.recovery;
    onProblem(`${file}: cut ${cutBytes} bytes of a torn record (${reason})`);
  }
  Object.assign(work, { begun: undefined, claims: [], offset: 0 });
  let stepsFrom = 0;
  for (const { payload } of work.log.read()) {
    takeRecord(work, payload, work.offset < stepsFrom ? 'read' : 'step again');
    if (work.offset === 1) stepsFrom = restore(work);
  }
}

/** Goes on from a snapshot; gives the offset of the first record to step. */
function restore({ log, begun, layout, ports }: Work): number {
  const { directory: logDirectory, onProblem } = ports;
  const { stepped } = begun!;
  const found = newestSnapshot(log!, { logDirectory, layout, onProblem });
  if (found === undefined) return 0;
  onProblem(`goes on from the snapshot at record ${found.offset}`);
  stepped.replay.restore(found.state);
  return found.offset;
}

const stepRecord = (work: Work, payload: Uint8Array) => takeRecord(work, payload, 'step');

const effects = createGatewayEffects();

/** `read`: the state has it already. */
function takeRecord(work: Work, payload: Uint8Array, how: 'read' | 'step again' | 'step'): void {
  reader.reset(payload);
  const record = readGatewayRecord(reader);
  const offset = work.offset++;
  if (record.kind === 'start') {
    begin(work, record.config);
    return;
  }
  const { begun, claims, ports } = work;
  invariant(begun !== undefined, 'a log begins with its configuration');
  const { stepped } = begun;
  if (how !== 'read') stepped.replay.step(record, effects);
  if (how === 'step') ports.onEffects(effects, record.timeNs);
  clearGatewayEffects(effects);
  stepped.lastNs = record.timeNs;
  if (record.kind === 'snapshot-mark' && how === 'step') keepMarked(work, record.mark, offset);
  if (record.kind !== 'epoch-claim') return;
  claims.push({ epoch: record.epoch, offset });
  ports.onClaim(record.epoch);
}

/** The primary took a snapshot here: the same one is this node's, if its build makes the same. */
function keepMarked({ ports, begun, log }: Work, { stateHash }: SnapshotMark, offset: number) {
  const { directory: logDirectory, onProblem } = ports;
  const { bytes, mark } = begun!.stepped.replay.snapshot();
  if (mark.stateHash !== stateHash) return;
  const { originNs } = log!;
  const snapshot = { offset, originNs, state: bytes, hash: stateHash };
  keepSnapshot(snapshot, { logDirectory, onProblem });
}

function begin(work: Work, text: string): void {
  const start = readStartRecord(text);
  const config = gatewayConfig(start);
  const replay: GatewayReplay = createReplay(config);
  work.layout = snapshotLayout(config);
  work.begun = { start, config, stepped: { replay, lastNs: 0 } };
}
