/** The FIX session test suite, played over TCP against the echo acceptor. */
import { describe, expect, it } from 'vitest';
import { MESSAGE_CASES } from './message-cases.ts';
import { playCase } from './play-case.ts';
import { SESSION_CASES } from './session-cases.ts';

const CASES = [...SESSION_CASES, ...MESSAGE_CASES];

describe('a case of the suite, or a venue would find the fault at its certification', () => {
  it.each(CASES.map(each => [each.id, each.what, each] as const))('%s: %s', async (_, __, one) => {
    await playCase(one);
  });
});

it('leaves no case out, or the table would shrink unseen', () => {
  const wanted = '1a 1b 1c 1d 1e 2a 2b 2c 2d 2e 2f 2g 2i 2k 2m 2o 2q 2r 2t 3b 4a 4b 5 6 7 8a 8b 10';
  const rest = '11a 11b 11c 13a 13b 14a 14b 14c 14d 14e 14f 14g 14h 14i 14j 15 19a 19b 20 21';
  const played = new Set(CASES.map(each => each.id));
  expect(`${wanted} ${rest}`.split(' ').filter(id => !played.has(id))).toEqual([]);
});
