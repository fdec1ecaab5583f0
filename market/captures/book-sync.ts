/** Which differences of a book apply: from a snapshot on, one after the other, none missing. */
import type { CapturedMessage } from './message.ts';

export type Depth = CapturedMessage & { kind: 'depth' };

export type BookSync = {
  /** What becomes of a difference, and whether one before it is missing. */
  onDepth(depth: Depth): { verdict: 'apply' | 'wait' | 'known'; isGap: boolean };
  /** Differences that waited for this snapshot and go on from it; undefined: it is not needed. */
  onSnapshot(lastId: number): { apply: Depth[]; dropped: number; isGap: boolean } | undefined;
  /** The book is lost: it waits for the next snapshot. */
  lose(): void;
  /** Differences that still wait. */
  readonly waiting: number;
  /** Differences that waited in vain since this was last asked. */
  takeDropped(): number;
};

/** At USD-M all instruments share the numbers: only `pu` says what this one's last was. */
const updateBefore = ({ firstId, previousId }: Depth) => previousId ?? firstId - 1;

/** Differences kept for a snapshot that is on its way: it takes a second, they come ten times. */
const WAITING_MAX = 64;

/**
 * As the exchange documents it: a difference names its updates, first to last, and at USD-M also
 * the last before it. After a snapshot the first to apply holds the update after the snapshot's.
 */
export function createBookSync(): BookSync {
  let lastSeen: number | undefined;
  /** The snapshot's, until a difference has gone on from it. */
  let anchor: number | undefined;
  let isSynced = false;
  let waiting: Depth[] = [];
  let dropped = 0;

  const lose = () => {
    isSynced = false;
    anchor = undefined;
    dropped += waiting.length;
    waiting = [];
  };
  const follows = (depth: Depth) => lastSeen === undefined || updateBefore(depth) === lastSeen;
  /** After a snapshot, before the first difference that applies. */
  const fromAnchor = (depth: Depth): 'apply' | 'known' | 'missing' => {
    if (depth.lastId <= anchor!) return 'known';
    if (updateBefore(depth) > anchor!) return 'missing';
    isSynced = true;
    return 'apply';
  };

  return {
    lose,
    get waiting() {
      return waiting.length;
    },
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
    onDepth(depth) {
      const isGap = !follows(depth);
      lastSeen = depth.lastId;
      if (isGap) lose();
      if (isSynced) return { verdict: 'apply', isGap };
      if (anchor !== undefined) {
        const from = fromAnchor(depth);
        if (from !== 'missing') return { verdict: from, isGap };
        lose();
        waiting.push(depth);
        return { verdict: 'wait', isGap: true };
      }
      waiting.push(depth);
      if (waiting.length > WAITING_MAX) {
        waiting.shift();
        dropped++;
      }
      return { verdict: 'wait', isGap };
    },
    onSnapshot(lastId) {
      if (isSynced) return undefined;
      anchor = lastId;
      const waited = waiting;
      waiting = [];
      const apply: Depth[] = [];
      for (const depth of waited) {
        const from = isSynced ? 'apply' : fromAnchor(depth);
        if (from === 'apply') apply.push(depth);
        if (from !== 'missing') continue;
        lose();
        return { apply: [], dropped: waited.length, isGap: true };
      }
      return { apply, dropped: waited.length - apply.length, isGap: false };
    },
  };
}
