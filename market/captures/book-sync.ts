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

type State = {
  lastSeen: number | undefined;
  /** The snapshot's, until a difference has gone on from it. */
  anchor: number | undefined;
  isSynced: boolean;
  waiting: Depth[];
  dropped: number;
};

/**
 * As the exchange documents it: a difference names its updates, first to last, and at USD-M also
 * the last before it. After a snapshot the first to apply holds the update after the snapshot's.
 */
export function createBookSync(): BookSync {
  const state: State = {
    ...{ lastSeen: undefined, anchor: undefined, isSynced: false, waiting: [], dropped: 0 },
  };
  return {
    lose: () => lose(state),
    get waiting() {
      return state.waiting.length;
    },
    takeDropped() {
      const { dropped } = state;
      state.dropped = 0;
      return dropped;
    },
    onDepth: depth => takeDepth(state, depth),
    onSnapshot: lastId => takeSnapshot(state, lastId),
  };
}

function lose(state: State): void {
  state.isSynced = false;
  state.anchor = undefined;
  state.dropped += state.waiting.length;
  state.waiting = [];
}

/** After a snapshot, before the first difference that applies. */
function fromAnchor(state: State, depth: Depth): 'apply' | 'known' | 'missing' {
  if (depth.lastId <= state.anchor!) return 'known';
  if (updateBefore(depth) > state.anchor!) return 'missing';
  state.isSynced = true;
  return 'apply';
}

function takeDepth(state: State, depth: Depth): ReturnType<BookSync['onDepth']> {
  const isGap = state.lastSeen !== undefined && updateBefore(depth) !== state.lastSeen;
  state.lastSeen = depth.lastId;
  if (isGap) lose(state);
  if (state.isSynced) return { verdict: 'apply', isGap };
  if (state.anchor !== undefined) {
    const from = fromAnchor(state, depth);
    if (from !== 'missing') return { verdict: from, isGap };
    lose(state);
    state.waiting.push(depth);
    return { verdict: 'wait', isGap: true };
  }
  state.waiting.push(depth);
  if (state.waiting.length > WAITING_MAX) {
    state.waiting.shift();
    state.dropped++;
  }
  return { verdict: 'wait', isGap };
}

function takeSnapshot(state: State, lastId: number): ReturnType<BookSync['onSnapshot']> {
  if (state.isSynced) return undefined;
  state.anchor = lastId;
  const waited = state.waiting;
  state.waiting = [];
  const apply: Depth[] = [];
  for (const depth of waited) {
    const from = state.isSynced ? 'apply' : fromAnchor(state, depth);
    if (from === 'apply') apply.push(depth);
    if (from !== 'missing') continue;
    lose(state);
    return { apply: [], dropped: waited.length, isGap: true };
  }
  return { apply, dropped: waited.length - apply.length, isGap: false };
}
