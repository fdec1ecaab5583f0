/** Times of venues: without these tests a quote could be off by a day or by a float's error. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTimeReader, millisecondsReader, secondsReader } from './iso-time.ts';

const ORIGIN_MS = Date.parse('2021-04-17T00:00:00Z');
const ORIGIN_NS = BigInt(ORIGIN_MS) * 1_000_000n;

describe('times of venues', () => {
  it('are exact to the nanosecond on any day of a run, whatever the number of decimals', () => {
    const read = isoTimeReader(ORIGIN_NS);
    const offsets = fc.integer({ min: -86_400_000, max: 5 * 86_400_000 });
    const fractions = fc.stringMatching(/^[0-9]{1,6}$/);
    fc.assert(
      fc.property(offsets, fractions, (offsetMs, further) => {
        const text = new Date(ORIGIN_MS + offsetMs).toISOString().replace('Z', `${further}Z`);
        const nanoseconds = Number(further.padEnd(6, '0'));
        expect(read(text)).toBe(offsetMs * 1_000_000 + nanoseconds);
      }),
    );
    expect(read('2021-04-17T00:00:01Z')).toBe(1_000_000_000);
  });

  it.each([
    '',
    '2021-04-17',
    '2021-04-17 00:00:01Z',
    '2021-04-17T00:00:0xZ',
    '2021-04-17T00:00:01.Z',
    '2021-99-17T00:00:01Z',
    '2021-04-17T00:00:01.0123456789Z',
    '2021-04-17T00:00:01',
  ])('is none: %j', text => {
    expect(isoTimeReader(ORIGIN_NS)(text)).toBeUndefined();
  });

  it('read seconds with decimals as they are written', () => {
    const read = secondsReader(ORIGIN_NS);
    const seconds = ORIGIN_MS / 1000;
    expect(read(`${seconds + 5}.481570`)).toBe(5_481_570_000);
    expect(read(`${seconds + 5}`)).toBe(5_000_000_000);
    for (const text of ['', '.5', '5.', '1e9', '-5', '5.1234567890']) {
      expect(read(text)).toBeUndefined();
    }
  });

  it('read milliseconds as numbers and as texts', () => {
    const read = millisecondsReader(ORIGIN_NS);
    expect(read(ORIGIN_MS + 7)).toBe(7_000_000);
    expect(read(String(ORIGIN_MS + 7))).toBe(7_000_000);
    for (const none of [undefined, 'x', 1.5, null, '', {}]) expect(read(none)).toBeUndefined();
  });
});
