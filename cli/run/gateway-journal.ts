/** The input log of a live gateway: an event is on disk before it is stepped; and snapshots. */
import { ByteReader, type EmbeddedLog, nodeDisk, openLog } from '#engine';
import {
  createGatewayEncoder,
  type Gateway,
  type GatewayEvent,
  readGatewayRecord,
  snapshotLayout,
} from '#gateway';
import { newestSnapshot, takeSnapshotOf } from './gateway-snapshots.ts';
import type { LiveGatewayOptions } from './live-gateway.ts';

export type GatewayJournal = {
  readonly isNew: boolean;
  /** Bytes of the snapshot that the history goes on from. */
  readonly snapshot: Uint8Array | undefined;
  history(): Iterable<GatewayEvent>;
  write(event: GatewayEvent): void;
  takeSnapshot(): void;
  close(): void;
};

/**
 * Told what a crash cut off; a new one begins with the configuration, one that is continued is
 * there. `gateway` is asked for snapshots.
 */
export function openJournal(options: LiveGatewayOptions, gateway: () => Gateway): GatewayJournal {
  const { config, logDirectory, start, clock, timers, onProblem, snapshotRecords } = options;
  const { continued, hold, disk = nodeDisk } = options;
  const { originNs } = config;
  const log = continued?.log ?? openLog({ directory: logDirectory, originNs, disk });
  if (!continued && log.recovery !== undefined) {
    const { cutBytes, reason, file } = log.recovery;
    onProblem(`${file}: cut ${cutBytes} bytes of a torn record (${reason})`);
  }
  const encode = createGatewayEncoder();
  const isNew = log.nextOffset === 0;
  if (isNew) log.append(encode({ kind: 'start', timeNs: clock.nowNs(), config: start }));
  const layout =
    snapshotRecords !== undefined && !isNew && !continued ? snapshotLayout(config) : undefined;
  const begun =
    layout === undefined ? undefined : newestSnapshot(log, { logDirectory, layout, onProblem });
  if (begun !== undefined) onProblem(`goes on from the snapshot at record ${begun.offset}`);
  let appended: GatewayEvent | undefined;
  let payload: Uint8Array = new Uint8Array();
  const since = continued ? log.nextOffset : (begun?.offset ?? 0);
  let snapshotOffset = since + (snapshotRecords ?? Number.POSITIVE_INFINITY);
  const takeSnapshot = () => {
    if (snapshotRecords === undefined) return;
    snapshotOffset = log.nextOffset + snapshotRecords;
    takeSnapshotOf(gateway(), log, { logDirectory, onProblem });
  };
  return {
    ...{ isNew, snapshot: begun?.state },
    history: () => gatewayHistory(log, begun?.offset),
    /** Once more with the same event: a flush that failed is tried again, nothing is doubled. */
    write(event: GatewayEvent) {
      if (appended !== event) payload = encode(event);
      if (appended !== event) log.append(payload);
      appended = event;
      log.flush();
      hold?.appended(log.nextOffset - 1, payload);
      if (log.nextOffset < snapshotOffset) return;
      snapshotOffset = Number.POSITIVE_INFINITY;
      timers.at(clock.nowNs(), takeSnapshot);
    },
    takeSnapshot,
    close() {
      // One that was given here is its owner's.
      if (!continued) log.close();
    },
  };
}

/** The events of a log that has history; its first record is the configuration. */
function* gatewayHistory(log: EmbeddedLog, fromOffset = 0): Generator<GatewayEvent> {
  const reader = new ByteReader();
  for (const { payload } of log.read(fromOffset)) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind !== 'start') yield record;
  }
}
