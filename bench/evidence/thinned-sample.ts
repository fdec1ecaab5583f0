/** An even sample of a stream of unknown length: every n-th item, n doubling when it is full. */

export type ThinnedSample<Item> = {
  /** `make` is called only for an item that is kept. */
  offer(make: () => Item): void;
  readonly items: readonly Item[];
};

/** Holds between half of `itemsMax` and all of it once there were so many; `itemsMax` is even. */
export function createThinnedSample<Item>(itemsMax: number): ThinnedSample<Item> {
  const items: Item[] = [];
  let stride = 1;
  let offered = 0;
  return {
    items,
    offer(make) {
      if (offered++ % stride !== 0) return;
      if (items.length === itemsMax) {
        for (let at = 0; at < itemsMax; at += 2) items[at / 2] = items[at]!;
        items.length = itemsMax / 2;
        stride *= 2;
      }
      items.push(make());
    },
  };
}
