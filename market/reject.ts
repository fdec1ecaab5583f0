/** Why a recorded row is not used, and the count kept of every row read. */

/** The reasons a row can be rejected for, each row for the first that holds. */
export const REJECT_REASONS = [
  /** Wrong columns, an empty or unreadable number, a time past the day, a row too long. */
  'malformed',
  /** A time, price or size below zero. */
  'negative',
  /** A quote with one side only, or a side whose other half never came. */
  'one-sided',
  /** A price or size that is no whole number of the instrument's increments or lots. */
  'off-increment',
  /** Flagged suspicious by the recorder. */
  'suspicious',
  /** Ask below bid; a locked quote (ask equal to bid) is used. */
  'crossed',
  /** Earlier than a tick of the same stream already used. */
  'out-of-order',
  /** A change of a book of which no snapshot was taken: what it changes is not known. */
  'no-snapshot',
  /** A quote equal to the one before, row by row. Trades may repeat: two prints can be alike. */
  'duplicate',
] as const;

export type RejectReason = (typeof REJECT_REASONS)[number];

/**
 * Counts in rows, `read = used + sum(rejected)` whenever a file has ended. A quote made of two
 * rows (bid, then ask) uses both, and is rejected as both.
 */
export type ReadStats = {
  read: number;
  used: number;
  rejected: Record<RejectReason, number>;
  /** Damage met on the way, in words: file, entry, row, remedy; the first 100. */
  errors: string[];
};

const ERRORS_MAX = 100;

export function newReadStats(): ReadStats {
  const rejected = Object.fromEntries(REJECT_REASONS.map(reason => [reason, 0]));
  return { read: 0, used: 0, rejected: rejected as ReadStats['rejected'], errors: [] };
}

/** Notes damage; from the 100th on only that there is more. */
export function noteError(stats: ReadStats, message: string): void {
  if (stats.errors.length < ERRORS_MAX) stats.errors.push(message);
  else stats.errors[ERRORS_MAX - 1] = 'More files are damaged than are listed here.';
}

/** The sum of several counts, errors joined. */
export function sumReadStats(parts: readonly ReadStats[]): ReadStats {
  const sum = newReadStats();
  for (const part of parts) {
    sum.read += part.read;
    sum.used += part.used;
    for (const reason of REJECT_REASONS) sum.rejected[reason] += part.rejected[reason];
    for (const message of part.errors) noteError(sum, message);
  }
  return sum;
}
