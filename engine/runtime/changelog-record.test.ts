/** Keys of the changelog: one read as another store's would be restored into the wrong one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changelogKey, changelogPrefix, splitChangelogKey } from './changelog-record.ts';

const name = fc.string({ minLength: 1, maxLength: 40 }).filter(text => text.isWellFormed());

it('come back as the store and the key they were made of, in whatever order stores come', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.uint8Array())), entries => {
      for (const [store, key] of entries) {
        const split = splitChangelogKey(changelogKey(changelogPrefix(store), key));
        expect({ store: split.store, key: [...split.key] }).toEqual({ store, key: [...key] });
      }
    }),
  );
});

it('are refused where something else wrote them, or rubbish would be restored as state', () => {
  for (const bytes of [null, new Uint8Array(), new Uint8Array([0]), new Uint8Array([5, 1, 2])]) {
    expect(() => splitChangelogKey(bytes)).toThrow('names no store');
  }
  expect(() => changelogPrefix('')).toThrow('0 bytes');
  expect(() => changelogPrefix('s'.repeat(256))).toThrow('256 bytes');
});
