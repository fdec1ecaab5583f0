/** A list whose entries are used again: emptying it and filling it anew allocates nothing. */

export type Reused<Entry> = {
  readonly list: readonly Entry[];
  /** One more entry, with whatever it held before. */
  take(): Entry;
  clear(): void;
};

export function createReused<Entry>(create: () => Entry): Reused<Entry> {
  const list: Entry[] = [];
  const spare: Entry[] = [];
  return {
    list,
    take() {
      const entry = spare.pop() ?? create();
      list.push(entry);
      return entry;
    },
    clear() {
      // A length of 0 would give the memory of the array away; `pop` keeps it.
      for (let entry = list.pop(); entry !== undefined; entry = list.pop()) spare.push(entry);
    },
  };
}
