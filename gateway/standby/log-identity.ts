/** How two nodes know that their logs are one: by its first record, its claims, and its end. */
import { createHash } from 'node:crypto';

/** A log that others read; a record's payload is valid until the next is asked for. */
export type ReadableLog = {
  readonly nextOffset: number;
  read(fromOffset: number): Iterable<{ readonly offset: number; readonly payload: Uint8Array }>;
};

/** Where an epoch begins. */
export type Claim = { epoch: number; offset: number };

/** So many records before a place are compared; what is older has been compared when it was new. */
const TAIL_RECORDS = 64;

/** Of the first record, which has options, instruments and the moment; '' for an empty log. */
export function logName(log: ReadableLog): string {
  return log.nextOffset === 0 ? '' : hashOf(log, { from: 0, to: 1 });
}

/** Of the records that end before `offset`. */
export function tailHash(log: ReadableLog, offset: number): string {
  return hashOf(log, { from: Math.max(0, offset - TAIL_RECORDS), to: offset });
}

function hashOf(log: ReadableLog, { from, to }: { from: number; to: number }): string {
  const hash = createHash('sha256');
  const length = Buffer.alloc(4);
  if (from < to) {
    for (const { offset, payload } of log.read(from)) {
      if (offset >= to) break;
      length.writeUInt32LE(payload.length);
      hash.update(length).update(payload);
    }
  }
  return hash.digest('hex');
}

/**
 * How far a log that ends with `epoch` at `nextOffset` can be a beginning of one with these claims:
 * behind the first newer claim it has records of its own, which were never acknowledged.
 */
export function sharedBelow(
  { epoch, nextOffset }: { epoch: number; nextOffset: number },
  { claims, end }: { claims: readonly Claim[]; end: number },
): number {
  const newer = claims.find(claim => claim.epoch > epoch);
  return Math.min(nextOffset, newer?.offset ?? end);
}
