/** What a store keeps of a book: all levels now and then, and the changes since at each commit. */
import {
  BOOK_PRICE_MAX,
  type BookChanges,
  createLevelChanges,
  NO_CHANGES,
} from './book-changes.ts';
import { BOOK_BYTES_MAX, type BookLevels, LOST_BOOK } from './book-levels.ts';
import type { Tick } from './tick.ts';

/** What of it is other than at the last commit. */
export type BookNews = {
  readonly levels?: BookLevels | undefined;
  readonly changes?: BookChanges | undefined;
};

export type KeptBook = {
  /** Each tick of the instrument, in its order. */
  note(tick: Tick): void;
  /** `levels` gives all of them, as of the last tick noted. */
  commit(levels: () => BookLevels): BookNews;
};

/**
 * All levels anew at each commit would cost a deep book's bytes for the few that changed; changes
 * alone would grow for good. So changes since are written, all of them each time, until they have
 * cost as much as all levels did: a small book is written whole each time, a deep one seldom.
 */
export function createKeptBook(isKnown: boolean): KeptBook {
  const changes = createLevelChanges();
  let isFollowed = isKnown;
  /** All levels are due: nothing was kept yet, or too much has changed. */
  let isDue = true;
  let hasNews = false;
  let levelsBytes = 0;
  let spentBytes = 0;
  return {
    note(tick) {
      const { kind } = tick;
      if (kind === 'snapshot') isFollowed = isDue = hasNews = true;
      if (!isFollowed || kind === 'quote' || kind === 'trade') return;
      hasNews = true;
      if (kind === 'gap') isFollowed = false;
      if (kind !== 'level') return;
      if (Math.abs(tick.priceIncrements) > BOOK_PRICE_MAX) isFollowed = false;
      else if (changes.bytes > BOOK_BYTES_MAX) isDue = true;
      else if (!isDue) changes.add(tick);
    },
    commit(levels) {
      if (!hasNews) return {};
      hasNews = false;
      if (!isFollowed) return { levels: LOST_BOOK, changes: NO_CHANGES };
      spentBytes += changes.bytes;
      if (!isDue && spentBytes <= levelsBytes) return { changes: changes.copy() };
      const all = levels();
      isDue = false;
      levelsBytes = all.levels.length;
      spentBytes = 0;
      changes.clear();
      return { levels: all, changes: NO_CHANGES };
    },
  };
}
