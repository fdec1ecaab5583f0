/** Changes of a book's levels in few bytes, in their order. */
import { ByteWriter } from '#engine';
import { field, type RecordOf, recordSchema } from '#engine/schema';
import { BOOK_BYTES_MAX, readBook } from './book-levels.ts';
import type { BookLevel } from './tick.ts';

/** A book with a price beyond is not kept: twice a difference would be no safe integer. */
export const BOOK_PRICE_MAX = 2 ** 49;

const { bytes } = field;

const CHANGES = [
  {
    /** Twice what the price is above the last, 1 more for an ask; lots, 0 where the level went. */
    changes: bytes(BOOK_BYTES_MAX),
  },
] as const;

/** What has become of `BookLevels` since. */
export type BookChanges = RecordOf<typeof CHANGES>;

export const bookChangesSchema = recordSchema({ name: 'market.book-changes', versions: CHANGES });

export const NO_CHANGES: BookChanges = { changes: new Uint8Array(0) };

export type LevelChanges = {
  readonly bytes: number;
  add(level: Pick<BookLevel, 'side' | 'priceIncrements' | 'sizeLots'>): void;
  copy(): BookChanges;
  clear(): void;
};

/** Room for BOOK_BYTES_MAX and one more: whoever adds looks at `bytes` before. */
export function createLevelChanges(): LevelChanges {
  const added = new ByteWriter({ bytesMax: BOOK_BYTES_MAX + 32 });
  let last = 0;
  return {
    get bytes() {
      return added.length;
    },
    add({ side, priceIncrements, sizeLots }) {
      added.zigZag('price', 2 * (priceIncrements - last) + (side === 'ask' ? 1 : 0));
      added.varint('lots', sizeLots);
      last = priceIncrements;
    },
    copy: () => ({ changes: added.written().slice() }),
    clear() {
      added.reset();
      last = 0;
    },
  };
}

/** Calls for each in its order; throws `bad-data` for bytes that are none. */
export function eachLevelChange(
  { changes }: BookChanges,
  call: (level: Pick<BookLevel, 'side' | 'priceIncrements' | 'sizeLots'>) => void,
): void {
  readBook(changes, reader => {
    let priceIncrements = 0;
    while (reader.remaining > 0) {
      const change = reader.zigZag('price');
      priceIncrements += Math.floor(change / 2);
      const side = change % 2 === 0 ? 'bid' : 'ask';
      call({ side, priceIncrements, sizeLots: reader.varint('lots') });
    }
  });
}
