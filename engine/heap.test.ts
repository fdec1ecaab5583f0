/** A heap out of order runs timers of a simulation, or windows of a stream, in the wrong order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { popHeap, pushHeap } from './heap.ts';

it('hands out the least of what is in it, whatever comes between', () => {
  const isBefore = (one: number, other: number) => one < other;
  const step = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant('take' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const heap: number[] = [];
      const sorted: number[] = [];
      for (const one of steps) {
        if (one !== 'take') {
          pushHeap(heap, one, isBefore);
          sorted.push(one);
          sorted.sort((a, b) => a - b);
        } else if (sorted.length > 0) {
          expect(popHeap(heap, isBefore)).toBe(sorted.shift());
        }
        expect(heap.length).toBe(sorted.length);
      }
    }),
  );
});
