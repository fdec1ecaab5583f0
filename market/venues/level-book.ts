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
export const SIDE_LEVELS_MAX = 1 << 18;

/** Steps taken from the best before the rest is searched by halves. */
const NEAR = 8;

/** `better`: 1 for bids, where more is better, -1 for asks. */
export function createBookSide(better: 1 | -1): BookSide {
  // Signed so that the best is always the largest.
  let keys = new Float64Array(CAPACITY_START);
  let sizes = new Float64Array(CAPACITY_START);
  let size = 0;

  /** Where the key is, or would be. */
  const find = (key: number): number => {
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
  };

  const grow = () => {
    const capacity = keys.length * 2;
    const [oldKeys, oldSizes] = [keys, sizes];
    keys = new Float64Array(capacity);
    sizes = new Float64Array(capacity);
    keys.set(oldKeys);
    sizes.set(oldSizes);
  };

  return {
    get size() {
      return size;
    },
    price: rank => keys[size - 1 - rank]! * better,
    lots: rank => sizes[size - 1 - rank]!,
    set(price, lots) {
      const key = price * better;
      const at = find(key);
      const isThere = at < size && keys[at] === key;
      if (lots === 0) {
        if (!isThere) return true;
        keys.copyWithin(at, at + 1, size);
        sizes.copyWithin(at, at + 1, size);
        size--;
        return true;
      }
      if (!isThere) {
        if (size >= SIDE_LEVELS_MAX) return false;
        if (size === keys.length) grow();
        keys.copyWithin(at + 1, at, size);
        sizes.copyWithin(at + 1, at, size);
        keys[at] = key;
        size++;
      }
      sizes[at] = lots;
      return true;
    },
    clear() {
      size = 0;
    },
    dropWorst() {
      keys.copyWithin(0, 1, size);
      sizes.copyWithin(0, 1, size);
      size--;
    },
    load(prices, lots) {
      size = 0;
      if (prices.length > SIDE_LEVELS_MAX) return false;
      for (const at of worstFirst(prices, better)) {
        const key = prices[at]! * better;
        if (lots[at] === 0) continue;
        if (size > 0 && keys[size - 1] === key) return false;
        if (size === keys.length) grow();
        keys[size] = key;
        sizes[size] = lots[at]!;
        size++;
      }
      return true;
    },
  };
}

/** Indexes of prices, the worst first. */
function worstFirst(prices: readonly number[], better: 1 | -1): number[] {
  const last = prices.length - 1;
  const order = prices.map((_, at) => last - at);
  const isSorted = order.every((at, rank) => rank === 0 || ascends(prices, order[rank - 1]!, at));
  if (!isSorted) order.sort((a, b) => (prices[a]! - prices[b]!) * better);
  return order;

  function ascends(of: readonly number[], worse: number, than: number): boolean {
    return (of[than]! - of[worse]!) * better > 0;
  }
}
