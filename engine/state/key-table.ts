/** Things by their keys: found by a primitive in place of the key, listed by the bytes of it. */

import type { Codec } from '../streams/task.ts';
import { type Order, type OrderedIndex, orderedIndex } from './ordered-index.ts';

export type Keyed<Key> = {
  readonly key: Key;
  /** The key's, once they were needed. */
  bytes: Uint8Array | undefined;
};

/** Keys are told apart by `Codec.identity`, or by their bytes where the codec has none. */
export class KeyTable<Key, Item extends Keyed<Key>> {
  readonly #codec: Codec<Key>;
  readonly #order: Order<Uint8Array>;
  readonly #identity: (key: Key) => unknown;
  readonly #items = new Map<unknown, Item>();
  /** Made once items are asked for in order. */
  #ordered: OrderedIndex<Keyed<Key>> | undefined;
  /** What was looked up last: a change follows a look-up. */
  #last: Item | undefined;

  constructor(codec: Codec<Key>, order: Order<Uint8Array>) {
    this.#codec = codec;
    this.#order = order;
    this.#identity = identityOf(codec);
  }

  find(key: Key): Item | undefined {
    const last = this.#last;
    if (last !== undefined && last.key === key) return last;
    const found = this.#items.get(this.#identity(key));
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** Its key must not be inside. */
  add(item: Item): void {
    this.#items.set(this.#identity(item.key), item);
    this.#ordered?.add(item);
    this.#last = item;
  }

  /** It must be inside. */
  remove(item: Item): void {
    this.#items.delete(this.#identity(item.key));
    this.#ordered?.remove(item);
    if (this.#last === item) this.#last = undefined;
  }

  all(): Iterable<Item> {
    return this.#items.values();
  }

  inOrder(from: Key | undefined): Iterable<Item> {
    this.#ordered ??= orderedIndex<Keyed<Key>>([...this.#items.values()], (a, b) =>
      this.#order(this.bytesOf(a), this.bytesOf(b)),
    );
    const bound = from === undefined ? undefined : { key: from, bytes: undefined };
    return this.#ordered.from(bound) as Iterable<Item>;
  }

  bytesOf(item: Keyed<Key>): Uint8Array {
    item.bytes ??= this.#codec.encode(item.key);
    return item.bytes;
  }

  clear(): void {
    this.#items.clear();
    this.#ordered = undefined;
    this.#last = undefined;
  }
}

/** A primitive that is the same exactly where the bytes of the key are. */
export function identityOf<Key>(codec: Codec<Key>): (key: Key) => unknown {
  return codec.identity?.bind(codec) ?? (key => latin1(codec.encode(key)));
}

/** A character a byte, so that texts are equal where bytes are. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
