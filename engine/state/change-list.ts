/** What changed in a store since it was last drained: each entry once, by its first change. */

export type ChangeList<Entry extends { isChanged: boolean }> = {
  add(entry: Entry): void;
  drain(take: (entry: Entry) => void): void;
};

export function changeList<Entry extends { isChanged: boolean }>(): ChangeList<Entry> {
  let changed: Entry[] = [];
  return {
    add(entry) {
      if (entry.isChanged) return;
      entry.isChanged = true;
      changed.push(entry);
    },
    drain(take) {
      const drained = changed;
      changed = [];
      for (const entry of drained) {
        entry.isChanged = false;
        take(entry);
      }
    },
  };
}
