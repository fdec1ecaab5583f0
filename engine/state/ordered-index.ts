/** A sorted list that stays sorted: items in chunks, so that an insertion moves few of them. */

/** Negative, zero or positive, as for `Array.sort`; zero only for one item and itself. */
export type Order<Item> = (a: Item, b: Item) => number;

export type OrderedIndex<Item> = {
  /** The item must not be inside. */
  add(item: Item): void;
  /** The item must be inside. */
  remove(item: Item): void;
  /** In order from the first that is not below `bound`, or from the first; while unchanged. */
  from(bound?: Item): Generator<Item, void>;
};

const CHUNK_ITEMS_MAX = 512;

export function orderedIndex<Item>(items: Item[], order: Order<Item>): OrderedIndex<Item> {
  const chunks: Item[][] = [];
  items.sort(order);
  for (let at = 0; at < items.length; at += CHUNK_ITEMS_MAX / 2) {
    chunks.push(items.slice(at, at + CHUNK_ITEMS_MAX / 2));
  }
  if (chunks.length === 0) chunks.push([]);

  /** The last chunk that begins at or below the item: where it is, or belongs. */
  const chunkOf = (item: Item) => {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (order(chunks[middle]![0]!, item) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    add(item) {
      const at = chunkOf(item);
      const chunk = chunks[at]!;
      chunk.splice(lowerBound(chunk, item, order), 0, item);
      if (chunk.length > CHUNK_ITEMS_MAX) {
        chunks.splice(at + 1, 0, chunk.splice(CHUNK_ITEMS_MAX / 2));
      }
    },
    remove(item) {
      const at = chunkOf(item);
      const chunk = chunks[at]!;
      chunk.splice(lowerBound(chunk, item, order), 1);
      if (chunk.length === 0 && chunks.length > 1) chunks.splice(at, 1);
    },
    *from(bound) {
      const first = bound === undefined ? 0 : chunkOf(bound);
      let at = bound === undefined ? 0 : lowerBound(chunks[first]!, bound, order);
      for (let chunk = first; chunk < chunks.length; chunk++, at = 0) {
        for (; at < chunks[chunk]!.length; at++) yield chunks[chunk]![at]!;
      }
    },
  };
}

/** Where the first item stands that is not below `bound`. */
export function lowerBound<Item>(items: readonly Item[], bound: Item, order: Order<Item>): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(items[middle]!, bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
