/** Keyed state of a task: values in their own types, bytes only where they leave the process. */

export type StateStore<Key, Value> = {
  readonly name: string;
  get(key: Key): Value | undefined;
  /** Values are never changed in place: a change is a new value that is set. */
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  /**
   * By the order of the keys' bytes, from `from` (inclusive) to `to` (exclusive). Entries may be
   * deleted on the way; whoever adds some collects first.
   */
  range(from?: Key, to?: Key): Iterable<readonly [Key, Value]>;
  readonly size: number;
  /**
   * The keys changed since the last drain, each once with its latest value, `null` where deleted,
   * in the order of their first change. The runtime writes them to the changelog, and drains those
   * that are not logged as well: what was deleted is kept until then.
   */
  drainChanges(append: (key: Uint8Array, value: Uint8Array | null) => void): void;
  /** Takes a record of the changelog or snapshot: no change of its own. */
  restore(key: Uint8Array, value: Uint8Array | null): void;
  /** All entries as bytes, for a snapshot. */
  entries(): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  close(): void;
};
