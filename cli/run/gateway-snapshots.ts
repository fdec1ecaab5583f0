/** Snapshots of a gateway beside its log: which one to begin with, and when another is taken. */
import { dirname, join } from 'node:path';
import {
  ByteReader,
  type EmbeddedLog,
  listSnapshots,
  nodeDisk,
  OutriderError,
  pruneSnapshots,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from '#engine';
import { type Gateway, isOfLayout, readGatewayRecord } from '#gateway';

/** Those before are removed: one may be bad, and the next is then taken. */
const KEPT = 3;
/** Records between two: taking one holds the gateway up for some 10 ms. */
export const SNAPSHOT_RECORDS_DEFAULT = 1_000_000;

/** Beside the log: `DIR/gateway.log` has its snapshots in `DIR/snapshots`. */
export const snapshotDirectory = (logDirectory: string) => join(dirname(logDirectory), 'snapshots');

type LogOf = Pick<EmbeddedLog, 'originNs' | 'nextOffset' | 'read'>;

/** What is wrong with one, or the snapshot. */
export type Examined = { path: string; offset: number } & (
  | { snapshot: Snapshot }
  | { problem: string }
);

/**
 * All snapshots beside a log, the newest first. A good one is whole, of this log, marked there with
 * its very hash, and of a layout that this build reads.
 */
export function* examineSnapshots(
  log: LogOf,
  logDirectory: string,
  layout: string,
): Generator<Examined> {
  for (const found of listSnapshots(nodeDisk, snapshotDirectory(logDirectory))) {
    try {
      const snapshot = readSnapshot(nodeDisk, found);
      const problem = problemOf(snapshot, log, layout);
      yield problem === undefined ? { ...found, snapshot } : { ...found, problem };
    } catch (error) {
      if (!(error instanceof OutriderError)) throw error;
      yield { ...found, problem: error.message };
    }
  }
}

function problemOf(snapshot: Snapshot, log: LogOf, layout: string): string | undefined {
  const { offset, originNs, hash, state } = snapshot;
  if (originNs !== log.originNs) return 'is of another log';
  if (offset >= log.nextOffset) return `is of offset ${offset}, the log ends before`;
  for (const { payload } of log.read(offset)) {
    const reader = new ByteReader();
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    const isMarked = record.kind === 'snapshot-mark' && record.mark.stateHash === hash;
    if (!isMarked) return `has a hash that the log does not name at offset ${offset}`;
    break;
  }
  return isOfLayout(state, layout) ? undefined : 'is of another build or configuration';
}

/** The newest good one; what is wrong with those passed over is told. */
export function newestSnapshot(
  log: LogOf,
  { logDirectory, layout, onProblem }: SnapshotSearch,
): Snapshot | undefined {
  for (const examined of examineSnapshots(log, logDirectory, layout)) {
    if ('snapshot' in examined) return examined.snapshot;
    onProblem(`${examined.path}: passed over: ${examined.problem}`);
  }
  return undefined;
}

type SnapshotSearch = { logDirectory: string; layout: string; onProblem(text: string): void };

/** Takes one between two records; a disk that refuses it costs nothing but the snapshot. */
export function takeSnapshotOf(
  gateway: Pick<Gateway, 'snapshot'>,
  log: LogOf,
  { logDirectory, onProblem }: Pick<SnapshotSearch, 'logDirectory' | 'onProblem'>,
): void {
  const { nextOffset: offset, originNs } = log;
  try {
    const taken = gateway.snapshot();
    if (taken === undefined) return;
    const { bytes: state, mark } = taken;
    const snapshot = { offset, originNs, state, hash: mark.stateHash };
    keepSnapshot(snapshot, { logDirectory, onProblem });
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    onProblem(`snapshot: ${error.message}`);
  }
}

/** Writes one that the log has a mark of, and removes what is older than the newest few. */
export function keepSnapshot(
  snapshot: Snapshot,
  { logDirectory, onProblem }: Pick<SnapshotSearch, 'logDirectory' | 'onProblem'>,
): void {
  const directory = snapshotDirectory(logDirectory);
  try {
    writeSnapshot(nodeDisk, directory, snapshot);
    pruneSnapshots(nodeDisk, directory, KEPT);
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    onProblem(`snapshot: ${error.message}`);
  }
}
