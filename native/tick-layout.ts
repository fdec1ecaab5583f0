/**
 * The 64-byte record of a tick, as ring, features and readers share it. Little endian.
 *
 *   byte  0      1       2            4               8                16               24
 *       | kind | flags | instrument | merged        | exchange time  | receive time   | injected
 *       | u8   | u8    | u16        | u32           | f64 ns         | f64 ns         | f64 ns
 *   byte 32               40               48               56               64
 *       | first price    | second price   | first lots     | second lots    |
 *       | f64            | f64            | f64            | f64            |
 *
 *   kind      first price   second price   first lots     second lots
 *   1 quote   bid           ask            at the bid     at the ask
 *   2 trade   traded at                    traded
 *   3 level   of the level                 now there, 0 for none
 *   4 snapshot: the book is empty, its levels follow
 *   5 gap: the source lost something
 *
 * Numbers are integers in doubles, since JavaScript reads those without allocating. What a source
 * cannot give is masked by its flag and never read as zero; `merged` counts the earlier ticks
 * that this one stands for.
 */
export const TICK_BYTES = 64;

export const TICK_KINDS = { quote: 1, trade: 2, level: 3, snapshot: 4, gap: 5 } as const;

export const TICK_FLAGS = {
  receiveTime: 1,
  injectedTime: 2,
  firstLots: 4,
  secondLots: 8,
  /** The exchange time was worked out from the receive time. */
  timeEstimated: 16,
  /** The side of a level or the taker of a trade is known; `isAsk`: the ask, a seller. */
  side: 32,
  isAsk: 64,
  /** Further levels of the same message follow. */
  hasMore: 128,
} as const;

/** Byte offsets within a record. */
export const TICK_FIELDS = {
  ...{ kind: 0, flags: 1, instrument: 2, merged: 4, exchangeTime: 8, receiveTime: 16 },
  ...{ injectedTime: 24, firstPrice: 32, secondPrice: 40, firstLots: 48, secondLots: 56 },
} as const;
