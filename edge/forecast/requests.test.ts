/** A speculation split into requests asks for the same contexts, each once, in their order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Asking, requestsOf } from './requests.ts';

const HINTS = 6;

const asking = fc
  .record({
    wantsPresent: fc.boolean(),
    branches: fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 20 }),
    isHinted: fc.boolean(),
  })
  .map(({ wantsPresent, branches, isHinted }): Asking => {
    const contexts = branches.length + (wantsPresent ? 1 : 0);
    const hints = Uint8Array.from({ length: contexts * HINTS }, (_, at) => at);
    return {
      ...{ wantsPresent, branches: Uint8Array.from(branches) },
      hints: isHinted ? hints : undefined,
    };
  });

it('loses no context and no hint, or branches would miss that were drafted', () => {
  fc.assert(
    fc.property(asking, fc.integer({ min: 1, max: 24 }), (given, contextsMax) => {
      const requests = requestsOf(given, contextsMax);
      const all = <T>(of: (request: Asking) => Iterable<T>) => requests.flatMap(r => [...of(r)]);
      expect(all(({ branches }) => branches)).toEqual([...given.branches]);
      expect(all(({ hints }) => hints ?? [])).toEqual([...(given.hints ?? [])]);
      expect(requests.filter(({ wantsPresent }) => wantsPresent)).toHaveLength(
        given.wantsPresent ? 1 : 0,
      );
      for (const { wantsPresent, branches, hints } of requests) {
        const contexts = branches.length + (wantsPresent ? 1 : 0);
        expect(contexts).toBeGreaterThan(0);
        expect(contexts).toBeLessThanOrEqual(contextsMax);
        if (given.hints !== undefined) expect(hints).toHaveLength(contexts * HINTS);
      }
    }),
  );
});

it('asks for the present first and alone, or a miss would wait for what may never happen', () => {
  const branches = Uint8Array.of(31, 32, 30, 33, 29);
  const requests = requestsOf({ wantsPresent: true, branches, hints: undefined }, 4);
  expect(requests.map(({ wantsPresent, branches }) => [wantsPresent, ...branches])).toEqual([
    [true],
    [false, 31, 32, 30, 33],
    [false, 29],
  ]);
});

it('keeps what fits in one request whole: one answer is cheaper than two', () => {
  const whole = { wantsPresent: true, branches: Uint8Array.of(31, 32), hints: undefined };
  expect(requestsOf(whole, 3)).toEqual([whole]);
});
