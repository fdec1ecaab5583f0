/** Timestamps against the calendar of the platform. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUtcTimestamp, isUtcTimestamp, parseUtcTimestamp } from './timestamp.ts';

const UNIX_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const unixMs = fc.integer({ min: 0, max: UNIX_MS_MAX });

/** The same by the platform's calendar. */
function byDate(ms: number): string {
  const [date, time] = new Date(ms).toISOString().split('T') as [string, string];
  return `${date.replaceAll('-', '')}-${time.slice(0, 12)}`;
}

describe('UTCTimestamp', () => {
  it('is the calendar of the platform, or a venue would refuse our SendingTime', () => {
    fc.assert(
      fc.property(unixMs, fc.integer({ min: 0, max: 999_999 }), (ms, restNs) => {
        const origin = BigInt(ms) * 1_000_000n;
        expect(formatUtcTimestamp(origin, restNs)).toBe(byDate(ms));
        expect(formatUtcTimestamp(0n, Math.min(ms, 9_000_000_000) * 1_000_000)).toBe(
          byDate(Math.min(ms, 9_000_000_000)),
        );
      }),
    );
  });

  it('floors to the millisecond at every offset from the origin, before it too', () => {
    const origin = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
    const offset = fc.integer({ min: -9e15, max: 9e15 });
    fc.assert(
      fc.property(offset, fc.integer({ min: 0, max: 999_999 }), (timeNs, restNs) => {
        const ms = (origin + BigInt(restNs) + BigInt(timeNs)) / 1_000_000n;
        expect(formatUtcTimestamp(origin + BigInt(restNs), timeNs)).toBe(byDate(Number(ms)));
      }),
    );
  });

  it('comes back as the time it was, or ages of messages would be wrong', () => {
    const origin = BigInt(Date.UTC(2026, 8, 21)) * 1_000_000n;
    fc.assert(
      fc.property(fc.integer({ min: -9e9, max: 9e9 }), ms => {
        const text = formatUtcTimestamp(origin, ms * 1_000_000);
        expect(parseUtcTimestamp(text, origin)).toBe(ms * 1_000_000);
        expect(isUtcTimestamp(text)).toBe(true);
      }),
    );
  });

  it.each([
    ['20260921-14:13:22', 0],
    ['20260921-14:13:22.5', undefined],
    ['20260921-14:13:22.500', 500_000_000],
    ['20260921-14:13:22.500001', 500_001_000],
    ['20260921-14:13:22.500000001', 500_000_001],
    ['20260921-14:12:60', -22_000_000_000],
    ['20260229-14:13:22', undefined],
    ['20240229-14:13:22', Number.NEGATIVE_INFINITY],
    ['21000229-14:13:22', undefined],
    ['20260431-14:13:22', undefined],
    ['20261301-14:13:22', undefined],
    ['20260900-14:13:22', undefined],
    ['20260921-24:00:00', undefined],
    ['20260921-14:60:00', undefined],
    ['20260921-14:13:61', undefined],
    ['20260921 14:13:22', undefined],
    ['2026092x-14:13:22', undefined],
    ['20260921-14:13:22.50x', undefined],
    ['20990921-14:13:22', Number.POSITIVE_INFINITY],
    ['', undefined],
  ])('reads %s as its time or as none, never as another one', (text, timeNs) => {
    const origin = BigInt(Date.UTC(2026, 8, 21, 14, 13, 22)) * 1_000_000n;
    expect(parseUtcTimestamp(text, origin)).toBe(timeNs);
    expect(isUtcTimestamp(text)).toBe(timeNs !== undefined);
  });

  it('refuses years that four digits cannot say', () => {
    expect(() => formatUtcTimestamp(0n, -1)).toThrow(/outside 1970-9999/);
    expect(() => formatUtcTimestamp(BigInt(UNIX_MS_MAX) * 1_000_000n, 1_000_000)).toThrow(/9999/);
  });
});
