/** Messages of a step: bytes of one mixed into another's would reach the venue. */
import { expect, it } from 'vitest';
import { createMessageList } from './message-list.ts';

it('holds messages of any length side by side, and nothing of those before', () => {
  const messages = createMessageList();
  const lengths = [3, 512, 1, 513, 60_000, 3];
  for (let turn = 0; turn < 3; turn++) {
    const expected = lengths.map((length, at) => Buffer.alloc(length, turn * lengths.length + at));
    for (const each of expected) {
      const source = Buffer.from(each);
      messages.add(source);
      source.fill(255);
    }
    expect(messages.list).toEqual(expected);
    messages.clear();
    expect(messages.list).toEqual([]);
    lengths.reverse();
  }
});
