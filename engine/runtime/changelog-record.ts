/** Keys of changelog records: which store of a task, and the key within it. */

import { OutriderError } from '../error.ts';

/*
   0        1                1 + length
   +--------+----------------+-----------
   | length | name of store  | key ...       the value is the store's own, null where deleted
   | u8     | UTF-8          |
   +--------+----------------+-----------
*/
const NAME_BYTES_MAX = 255;

/** What the keys of a store begin with. Throws `bad-config` for a name that does not fit. */
export function changelogPrefix(store: string): Uint8Array {
  const name = Buffer.from(store);
  if (name.length > 0 && name.length <= NAME_BYTES_MAX) {
    return Buffer.concat([Buffer.of(name.length), name]);
  }
  throw new OutriderError(
    'bad-config',
    `store ${store.slice(0, 40)}: its name has ${name.length} bytes; 1 to ${NAME_BYTES_MAX} fit`,
  );
}

export function changelogKey(prefix: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + key.length);
  bytes.set(prefix);
  bytes.set(key, prefix.length);
  return bytes;
}

/** Throws `bad-data` for a key that no store has written. */
export function splitChangelogKey(bytes: Uint8Array | null): { store: string; key: Uint8Array } {
  const length = bytes?.[0] ?? 0;
  if (bytes === null || length === 0 || bytes.length < 1 + length) {
    throw new OutriderError(
      'bad-data',
      'a record of the changelog names no store: something else writes to its topic; rebuild it',
    );
  }
  return { store: storeName(bytes, length), key: bytes.subarray(1 + length) };
}

/** Millions of records name few stores: a text that came before is not made again. */
let lastName = Buffer.alloc(0);
let lastText = '';

function storeName(bytes: Uint8Array, length: number): string {
  let isLast = lastName.length === length;
  for (let at = 0; isLast && at < length; at++) isLast = lastName[at] === bytes[1 + at];
  if (!isLast) {
    lastName = Buffer.from(bytes.subarray(1, 1 + length));
    lastText = lastName.toString();
  }
  return lastText;
}
