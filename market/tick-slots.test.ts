/** The 64-byte record: what one thread wrote, another must read, in this language and in Rust. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TICK_BYTES } from '#native';
import { anyTick, saidBy } from './any-tick.ts';
import { createTickSlots } from './tick-slots.ts';

const maybeTime = fc.option(fc.integer({ min: 0, max: 2 ** 51 }), { nil: undefined });

describe('tick slots', () => {
  it('give back each field, what the source could not give still absent and not zero', () => {
    const slots = createTickSlots(new Uint8Array(3 * TICK_BYTES));
    fc.assert(
      fc.property(fc.array(anyTick, { minLength: 1, maxLength: 3 }), maybeTime, (ticks, due) => {
        for (const [slot, tick] of ticks.entries()) slots.write(slot, tick, due);
        for (const [slot, tick] of ticks.entries()) {
          expect(saidBy(slots.read(slot))).toEqual(tick);
          expect(slots.injectedNs(slot)).toBe(due);
        }
      }),
    );
  });

  it('leave nothing of the tick before in a slot, or equal ticks would differ in bytes', () => {
    fc.assert(
      fc.property(anyTick, anyTick, (before, tick) => {
        const [fresh, used] = [1, 2].map(() => createTickSlots(new Uint8Array(TICK_BYTES)));
        used!.write(0, before, 7);
        used!.write(0, tick);
        fresh!.write(0, tick);
        expect(used!.bytes).toEqual(fresh!.bytes);
      }),
    );
  });

  it('keep these bytes, which native/crates/core/src/tick.rs reads as well', () => {
    const slots = createTickSlots(new Uint8Array(TICK_BYTES));
    slots.write(
      0,
      {
        ...{ kind: 'quote', instrument: 258, exchangeTimeNs: 34_200_000_123_456, merged: 3 },
        ...{ bidIncrements: 138_412, askIncrements: 138_420, askLots: 7 },
      },
      34_200_000_200_000,
    );
    expect(Buffer.from(slots.bytes).toString('hex')).toBe(
      [
        '010a020103000000',
        hex(34_200_000_123_456),
        ...['0000000000000000', hex(34_200_000_200_000), hex(138_412), hex(138_420)],
        ...['0000000000000000', hex(7)],
      ].join(''),
    );
  });
});

function hex(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('hex');
}
