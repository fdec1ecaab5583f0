/** An embedded log whose last records stay in memory: who reads at its end reads no disk. */

import { type OpenLogOptions, openLog } from '../../log/open.ts';
import { RECORD_BYTES_CEILING } from '../../log/segment.ts';

export type TailedLog = {
  readonly directory: string;
  /** Offset the next record will get. */
  nextOffset(): number;
  /** Keeps the bytes, which must not change; they outlive the process once this returns. */
  append(payload: Buffer): number;
  /** From there to the end of now, in order; the payloads may be kept. */
  scan(fromOffset: number): Iterable<{ readonly offset: number; readonly payload: Uint8Array }>;
  /** Waits for the medium. */
  sync(): void;
  close(): void;
};

const TAIL_BYTES_MAX = 16 * 1024 * 1024;
const BUFFER_BYTES = RECORD_BYTES_CEILING + 64 * 1024;

export function openTailedLog(options: Pick<OpenLogOptions, 'directory' | 'disk'>): TailedLog {
  const log = openLog({
    ...{ ...options, originNs: 0n, recordBytesMax: RECORD_BYTES_CEILING },
    ...{ bufferBytesMax: BUFFER_BYTES },
  });
  let tail: Buffer[] = [];
  let tailFirst = log.nextOffset;
  let tailBytes = 0;
  return {
    directory: options.directory,
    nextOffset: () => log.nextOffset,
    append(payload) {
      const offset = log.append(payload);
      log.flush();
      tail.push(payload);
      tailBytes += payload.length;
      if (tailBytes > TAIL_BYTES_MAX) {
        // Half of it at a time: to give up one by one would move all the others each time.
        let dropped = 0;
        for (; tailBytes > TAIL_BYTES_MAX / 2; dropped++) tailBytes -= tail[dropped]!.length;
        tail = tail.slice(dropped);
        tailFirst += dropped;
      }
      return offset;
    },
    *scan(fromOffset) {
      let next = fromOffset;
      const { nextOffset: end } = log;
      if (next < Math.min(tailFirst, end)) {
        for (const { offset, payload } of log.read(next)) {
          yield { offset, payload: Buffer.from(payload) };
          next = offset + 1;
          if (next >= tailFirst) break;
        }
      }
      for (; next < end; next++) yield { offset: next, payload: tail[next - tailFirst]! };
    },
    sync: () => log.sync(),
    close: () => log.close(),
  };
}
