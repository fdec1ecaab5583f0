/** The process that the crash test kills: appends, flushes, prints the offset it has flushed to. */

import fs from 'node:fs';
import { openLog } from './open.ts';

/** A payload that any reader can check by its offset alone. */
export function payloadAt(offset: number): Buffer {
  return Buffer.from(`${offset}:`.padEnd(8 + ((offset * 7919) % 400), String(offset % 10)));
}

/** Appends batches of 1 to 13 records for ever. */
function appendUntilKilled(directory: string, originNs: bigint): never {
  const log = openLog({ directory, originNs, segmentBytesMax: 64 * 1024, recordBytesMax: 4096 });
  for (let batch = 0; ; batch++) {
    for (let count = 0; count <= batch % 13; count++) log.append(payloadAt(log.nextOffset));
    log.flush();
    fs.writeSync(1, `${log.nextOffset}\n`);
  }
}

const [script, directory, originNs] = process.argv.slice(1);
if (script === import.meta.filename && directory !== undefined && originNs !== undefined) {
  appendUntilKilled(directory, BigInt(originNs));
}
