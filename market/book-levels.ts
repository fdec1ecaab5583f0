/** All levels of a book in few bytes. */
import { ByteReader, ByteWriter, OutriderError } from '#engine';
import { field, type RecordOf, recordSchema } from '#engine/schema';
import { BOOK_LEVELS_MAX, STATE, STATE_VALUES } from '#native';

/** Of all levels there can be, or of as many changes: two numbers of up to eight bytes each. */
export const BOOK_BYTES_MAX = 2 * BOOK_LEVELS_MAX * 2 * 8;

const { bytes, integer } = field;

const LEVELS = [
  {
    /** -1 where the book was lost. */
    bids: integer,
    asks: integer,
    /** Of bids and then of asks, from the worst on: what the rank is above the last, lots. */
    levels: bytes(BOOK_BYTES_MAX),
  },
] as const;

/** The whole book, of which the kernel knows the rank of each level: native/feature-state.ts. */
export type BookLevels = RecordOf<typeof LEVELS>;

export const bookLevelsSchema = recordSchema({ name: 'market.book-levels', versions: LEVELS });

/** In place of a book that was lost, or that cannot be kept. */
export const LOST_BOOK: BookLevels = { bids: -1, asks: -1, levels: new Uint8Array(0) };

const writer = new ByteWriter({ bytesMax: BOOK_BYTES_MAX });

/** Of a state that the kernel saved. */
export function bookLevelsOf(state: Float64Array): BookLevels {
  const [bids, asks] = [state[STATE.bids]!, state[STATE.asks]!];
  writer.reset();
  for (const [from, count] of [[0, bids] as const, [bids, asks] as const]) {
    let last = 0;
    for (let level = from; level < from + count; level++) {
      const rank = state[STATE_VALUES + 2 * level]!;
      writer.zigZag('rank', rank - last);
      writer.varint('lots', state[STATE_VALUES + 2 * level + 1]!);
      last = rank;
    }
  }
  return { bids, asks, levels: writer.written().slice() };
}

/** Writes them into a state for the kernel; throws `bad-data` for bytes that are none. */
export function writeBookLevels({ bids, asks, levels }: BookLevels, state: Float64Array): void {
  for (const count of [bids, asks]) {
    if (count >= 0 && count <= BOOK_LEVELS_MAX) continue;
    throw bad(`has ${count} levels a side; 0 to ${BOOK_LEVELS_MAX} may be`);
  }
  state[STATE.bids] = bids;
  state[STATE.asks] = asks;
  readBook(levels, reader => {
    for (const [from, count] of [[0, bids] as const, [bids, asks] as const]) {
      let rank = 0;
      for (let level = from; level < from + count; level++) {
        rank += reader.zigZag('rank');
        state[STATE_VALUES + 2 * level] = rank;
        state[STATE_VALUES + 2 * level + 1] = reader.varint('lots');
      }
    }
    reader.end('levels');
  });
}

/** Throws `bad-data` for bytes that are not what `call` reads. */
export function readBook(bytes: Uint8Array, call: (reader: ByteReader) => void): void {
  const reader = new ByteReader();
  reader.reset(bytes);
  try {
    call(reader);
  } catch (error) {
    throw bad((error as Error).message);
  }
}

const bad = (problem: string) =>
  new OutriderError('bad-data', `book that was kept: ${problem}; its writer is wrong`);
