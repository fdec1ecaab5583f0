/** The signals in a gateway's log, with their times on the clock of the harness. */
import { ByteReader, readLog } from '#engine';
import { readGatewayRecord } from '#gateway';
import type { SeenSignal } from '../invariants/tick-age.ts';

/** `originNs`: of the clock of the harness. The log's times are the wall's, whatever its origin. */
export function readSignals(directory: string, originNs: bigint): SeenSignal[] {
  const reader = new ByteReader();
  const log = readLog({ directory });
  const shiftNs = Number(log.originNs - originNs);
  const signals: SeenSignal[] = [];
  for (const { payload } of log) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind !== 'signal') continue;
    const { instrument, tickTimeNs, bidIncrements, askIncrements } = record.signal;
    signals.push({
      ...{ timeNs: record.timeNs + shiftNs, tickTimeNs: tickTimeNs + shiftNs },
      ...{ instrument, bidIncrements, askIncrements },
    });
  }
  return signals;
}
