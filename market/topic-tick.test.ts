/** Ticks of topics: what one program publishes, others must read years later and elsewhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { anyTick } from './any-tick.ts';
import type { Tick } from './tick.ts';
import { tickSchema } from './topic-tick.ts';

/** A UTC midnight of 2026. */
const ORIGIN = 1_795_737_600_000_000_000n;
const { codec } = tickSchema(ORIGIN);
const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('a topic’s tick', () => {
  it('gives back each field, and the times, whatever its run counts them from', () => {
    const laterNs = 3_600_000_000_000;
    const later = tickSchema(ORIGIN - BigInt(laterNs)).codec;
    fc.assert(
      fc.property(anyTick, sequence, (tick, number) => {
        const bytes = codec.encode({ sequence: number, tick });
        expect(bytes.length).toBe(64);
        expect(codec.decode(Buffer.from(bytes))).toEqual({ sequence: number, tick });
        const shifted = later.decode(bytes).tick;
        expect(shifted.exchangeTimeNs).toBe(tick.exchangeTimeNs + laterNs);
      }),
    );
  });

  it('keeps these bytes: topics hold them for years', () => {
    const tick: Tick = {
      ...{ kind: 'quote' as const, instrument: 258, exchangeTimeNs: 34_200_000_123_456, merged: 3 },
      ...{ bidIncrements: 138_412, askIncrements: 138_420, askLots: 7 },
    };
    expect(Buffer.from(codec.encode({ sequence: 5, tick })).toString('hex')).toBe(
      [
        ...['1108020103000000', '40d2ab0cf0dceb18', '0000000000000000', '0500000000000000'],
        ...['0000000060e50041', '00000000a0e50041', '0000000000000000', '0000000000001c40'],
      ].join(''),
    );
    const view = Buffer.from(codec.encode({ sequence: 5, tick }));
    expect(view.readBigInt64LE(8)).toBe(ORIGIN + 34_200_000_123_456n);
    expect(view.readBigInt64LE(24)).toBe(5n);
  });

  it('is refused where it is cut, of another version, or holds what is no number of a tick', () => {
    const good = Buffer.from(codec.encode({ sequence: 1, tick: QUOTE }));
    for (let end = 0; end < 64; end++) {
      expect(() => codec.decode(good.subarray(0, end))).toThrow(/bytes, not 64/);
    }
    const changed = (at: number, ...bytes: number[]) => {
      const copy = Buffer.from(good);
      copy.set(bytes, at);
      return () => codec.decode(copy);
    };
    expect(changed(0, 0x21)).toThrow(/version 2, known are 1 to 1; upgrade this reader first/);
    expect(changed(0, 0x01)).toThrow(/version 0/);
    expect(changed(0, 0x16)).toThrow(/kind is 6/);
    expect(changed(1, 2)).toThrow(/flags is 2/);
    expect(changed(32, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)).toThrow(/firstPrice is NaN/);
    expect(changed(48, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf)).toThrow(/firstLots is -1/);
    expect(changed(8, ...new Array(8).fill(0xff))).toThrow(/time is/);
    expect(changed(24, ...new Array(8).fill(0))).toThrow(/sequence is 0/);
  });

  it('is a tick or refused, whatever the bytes: one that hangs would stop its partition', () => {
    const bytes = fc.uint8Array({ minLength: 60, maxLength: 68 });
    const nearly = fc
      .tuple(anyTick, fc.nat(63), fc.integer({ min: 0, max: 255 }))
      .map(([tick, at, byte]) => {
        const changed = codec.encode({ sequence: 1, tick }).slice();
        changed[at] = byte;
        return changed;
      });
    fc.assert(
      fc.property(fc.oneof(bytes, nearly), each => {
        try {
          codec.encode(codec.decode(each));
        } catch (error) {
          if (!(error instanceof OutriderError) || error.code !== 'bad-data') throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

const QUOTE: Tick = {
  ...{
    kind: 'quote' as const,
    instrument: 0,
    exchangeTimeNs: 1,
    bidIncrements: 1,
    askIncrements: 2,
  },
};
