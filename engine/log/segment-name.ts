/** Names of a log's segments: each is called by the offset of its first record. */
import path from 'node:path';
import { badLog } from './bad-log.ts';

const NAME = /^\d{20}\.segment$/;

/** Path of the segment whose first record is `firstOffset`. */
export function segmentPath(directory: string, firstOffset: number): string {
  return path.join(directory, `${String(firstOffset).padStart(20, '0')}.segment`);
}

/** First offsets of the segments among `names`, ascending; other files are none of the log's. */
export function segmentOffsets(directory: string, names: readonly string[]): number[] {
  const offsets: number[] = [];
  for (const name of names) {
    if (!name.endsWith('.segment')) continue;
    const offset = Number(name.slice(0, 20));
    if (!NAME.test(name) || !Number.isSafeInteger(offset)) {
      throw badLog(
        path.join(directory, name),
        'is not named by a first offset of 20 digits',
        'move this copy or foreign file out of the log',
      );
    }
    offsets.push(offset);
  }
  return offsets.sort((a, b) => a - b);
}
