/** Outputs that wait: one that left early could be unknown to the node that takes over. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeldOutputs } from './held-outputs.ts';

type Step = { kind: 'hold'; bytes: number } | { kind: 'release'; below: number } | { kind: 'drop' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('hold'), bytes: fc.nat(50) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release'), below: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop') }) },
);

describe('held outputs', () => {
  it('leave in order, each once, and none before its record may', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const left: number[] = [];
        const lost: number[] = [];
        const held = createHeldOutputs<number>({
          send: output => void left.push(output),
          lost: output => void lost.push(output),
        });
        const waiting: { offset: number; bytes: number }[] = [];
        const expected: number[] = [];
        let offset = 0;
        for (const one of steps) {
          if (one.kind === 'hold') {
            expect(held.hold(offset, offset, one.bytes)).toBe(true);
            waiting.push({ offset: offset++, bytes: one.bytes });
          } else if (one.kind === 'release') {
            held.releaseBelow(one.below);
            while (waiting[0] && waiting[0].offset < one.below) {
              expected.push(waiting.shift()!.offset);
            }
          } else {
            held.drop();
            expect(lost.splice(0)).toEqual(waiting.map(each => each.offset));
            waiting.length = 0;
          }
          expect(left).toEqual(expected);
          expect(held.heldBytes).toBe(waiting.reduce((sum, { bytes }) => sum + bytes, 0));
        }
      }),
    );
  });

  it('are bounded: what would be too much is not taken', () => {
    const held = createHeldOutputs<string>({ send() {}, lost() {} }, 100);
    expect(held.hold(0, 'one', 60)).toBe(true);
    expect(held.hold(1, 'two', 41)).toBe(false);
    expect(held.heldBytes).toBe(60);
  });

  it('give up what has left though more always waits', () => {
    const left: number[] = [];
    const held = createHeldOutputs<number>({ send: output => void left.push(output), lost() {} });
    for (let offset = 0; offset < 20_000; offset++) {
      held.hold(offset, offset, 10);
      held.releaseBelow(offset);
      expect(held.heldBytes).toBe(10);
    }
    expect(left).toEqual(Array.from({ length: 19_999 }, (_, at) => at));
  });
});
