/** What is open of a broker: without these tests one that fails to close would keep the others. */

import { expect, it } from 'vitest';
import { openParts } from './open-parts.ts';

it('closes all of it, though one fails, and says so', async () => {
  const closed: string[] = [];
  const parts = openParts();
  for (const name of ['first', 'second', 'third']) {
    parts.add({
      async close() {
        closed.push(name);
        if (name === 'second') throw new Error('no answer');
      },
    });
  }
  await expect(parts.close()).rejects.toThrow('no answer');
  expect(closed).toEqual(['first', 'second', 'third']);
});

it('forgets what was closed by itself, or it would grow as long as the broker lives', async () => {
  let closes = 0;
  const parts = openParts();
  const part = parts.add({
    async close() {
      closes++;
    },
  });
  await part.close();
  await parts.close();
  expect(closes).toBe(1);
});
