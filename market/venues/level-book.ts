/** One side of a book as two arrays, prices ascending towards the best: changes there are cheap. */

export type BookSide = {
  readonly size: number;
  /** Rank 0 is the best; the rank must be below `size`. */
  price(rank: number): number;
  lots(rank: number): number;
  /** 0 lots remove the level; false where the side holds as many levels as it may. */
  set(price: number, lots: number): boolean;
  clear(): void;
  /** Drops the worst level. */
  dropWorst(): void;
  /**
   * All that the side holds, in any order; best first, as venues send it, is quickest. False where
   * it is more than a side may hold or a price stands twice.
   */
  load(prices: readonly number[], lots: readonly number[]): boolean;
};

const CAPACITY_START = 256;
/** Levels of a side: no venue's whole book comes near. */
const SIDE_LEVELS_MAX = 1 << 18;

/** Steps taken from the best before the rest is searched by halves. */
const NEAR = 8;

/*
 *   keys   worst ..................... best | room
 *   lots   of the level at that place       | room      rank r stands at size - 1 - r
 */
type Side = {
  /** Prices, with the sign that makes the best the largest. */
  keys: Float64Array;
  lots: Float64Array;
  size: number;
  readonly better: 1 | -1;
};

/** `better`: 1 for bids, where more is better, -1 for asks. */
export function createBookSide(better: 1 | -1): BookSide {
  const side: Side = {
    keys: new Float64Array(CAPACITY_START),
    lots: new Float64Array(CAPACITY_START),
    size: 0,
    better,
  };
  return {
    get size() {
      return side.size;
    },
    price: rank => side.keys[side.size - 1 - rank]! * better,
    lots: rank => side.lots[side.size - 1 - rank]!,
    set: (price, lots) => set(side, price * better, lots),
    clear() {
      side.size = 0;
    },
    dropWorst: () => remove(side, 0),
    load: (prices, lots) => load(side, prices, lots),
  };
}

/** Where the key is, or would be. */
function find({ keys, size }: Side, key: number): number {
  const near = Math.max(0, size - NEAR);
  for (let at = size - 1; at >= near; at--) {
    if (keys[at]! <= key) return keys[at] === key ? at : at + 1;
  }
  let low = 0;
  let high = near;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function set(side: Side, key: number, lots: number): boolean {
  const at = find(side, key);
  const isThere = at < side.size && side.keys[at] === key;
  if (lots === 0) {
    if (isThere) remove(side, at);
    return true;
  }
  if (!isThere) {
    if (side.size >= SIDE_LEVELS_MAX) return false;
    makeRoom(side);
    side.keys.copyWithin(at + 1, at, side.size);
    side.lots.copyWithin(at + 1, at, side.size);
    side.keys[at] = key;
    side.size++;
  }
  side.lots[at] = lots;
  return true;
}

function remove(side: Side, at: number): void {
  side.keys.copyWithin(at, at + 1, side.size);
  side.lots.copyWithin(at, at + 1, side.size);
  side.size--;
}

function makeRoom(side: Side): void {
  const { keys, lots, size } = side;
  if (size < keys.length) return;
  side.keys = new Float64Array(2 * size);
  side.lots = new Float64Array(2 * size);
  side.keys.set(keys);
  side.lots.set(lots);
}

function load(side: Side, prices: readonly number[], lots: readonly number[]): boolean {
  side.size = 0;
  if (prices.length > SIDE_LEVELS_MAX) return false;
  for (const at of worstFirst(prices, side.better)) {
    const key = prices[at]! * side.better;
    if (lots[at] === 0) continue;
    if (side.size > 0 && side.keys[side.size - 1] === key) return false;
    makeRoom(side);
    side.keys[side.size] = key;
    side.lots[side.size] = lots[at]!;
    side.size++;
  }
  return true;
}

/** Indexes of prices, the worst first. */
function worstFirst(prices: readonly number[], better: 1 | -1): number[] {
  const last = prices.length - 1;
  const order = prices.map((_, at) => last - at);
  const isBefore = (a: number, b: number) => (prices[a]! - prices[b]!) * better;
  const isSorted = order.every((at, rank) => rank === 0 || isBefore(order[rank - 1]!, at) < 0);
  return isSorted ? order : order.sort(isBefore);
}
