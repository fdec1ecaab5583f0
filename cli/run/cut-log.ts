/** Cuts records off the end of a gateway's log that never left the node that wrote them. */
import { existsSync, renameSync } from 'node:fs';
import { openLog, readLog } from '#engine';

/**
 * Keeps the whole log beside it and gives that folder's name; in its place stands a copy of the
 * records below `offset`. The log must be closed.
 */
export function cutLog(directory: string, offset: number): string {
  const kept = freeName(`${directory}.cut-at-${offset}`);
  renameSync(directory, kept);
  const whole = readLog({ directory: kept });
  const log = openLog({ directory, originNs: whole.originNs });
  for (const record of whole) {
    if (record.offset >= offset) break;
    log.append(record.payload);
  }
  log.close();
  return kept;
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let further = 2; existsSync(name); further++) name = `${wanted}-${further}`;
  return name;
}
