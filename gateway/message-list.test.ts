/** Messages of a step: bytes of one mixed into another's would reach the venue. */
import { expect, it } from 'vitest';
import { createMessageList } from './message-list.ts';

it('holds messages of any length side by side, and nothing of those before', () => {
  const messages = createMessageList();
  const lengths = [3, 512, 1, 513, 60_000, 3];
  for (let turn = 0; turn < 3; turn++) {
    const expected = lengths.map((length, at) => Buffer.alloc(length, turn * lengths.length + at));
    for (const [at, each] of expected.entries()) {
      const source = Buffer.from(each);
      messages.add(source, at % 2);
      source.fill(255);
    }
    expect(messages.list).toEqual(expected);
    expect(messages.venues).toEqual(expected.map((_, at) => at % 2));
    messages.clear();
    expect([messages.list, messages.venues]).toEqual([[], []]);
    lengths.reverse();
  }
});
