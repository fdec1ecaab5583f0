/** The snapshots beside a gateway's log, checked, and the replay that begins with the newest. */
import { readLog } from '#engine';
import { type ChainReading, snapshotLayout } from '#gateway';
import { gatewayConfig } from './gateway-settings.ts';
import { type Examined, examineSnapshots } from './gateway-snapshots.ts';
import { gatewayLogStart } from './remote-wall-gateway.ts';
import { replayGateway } from './replay-logs.ts';

const NO_PORTS = { connected() {}, message() {}, signal() {} };

/** Each snapshot beside the log, the newest first, with what is wrong with it. */
export function examineAll(logDirectory: string): Examined[] {
  const start = gatewayLogStart(readLog({ directory: logDirectory }));
  if (start === undefined) return [];
  const layout = snapshotLayout(gatewayConfig(start));
  return [...examineSnapshots(readableLog(logDirectory), logDirectory, layout)];
}

function readableLog(directory: string) {
  const log = readLog({ directory });
  let nextOffset = 0;
  for (const { offset } of log) nextOffset = offset + 1;
  return {
    ...{ originNs: log.originNs, nextOffset },
    read: (fromOffset?: number) => readLog({ directory, fromOffset: fromOffset ?? 0 }),
  };
}

export type ReplayedTail = { fromOffset: number; records: number; chain: ChainReading };

/** Steps the log from the newest good snapshot on; undefined where there is none. */
export function replayFromSnapshot(logDirectory: string): ReplayedTail | undefined {
  const found = examineAll(logDirectory).find(each => 'snapshot' in each);
  if (found === undefined || !('snapshot' in found)) return undefined;
  const { chain, records } = replayGateway(logDirectory, NO_PORTS, { snapshot: found.snapshot });
  return { fromOffset: found.offset, records, chain };
}
