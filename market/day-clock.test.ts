/** Local days: without these tests, recordings would be read hours off. */
import { describe, expect, it } from 'vitest';
import { midnightBefore, SECOND_NS } from '#engine';
import { dayClock } from './day-clock.ts';

const HOUR_NS = 3600 * SECOND_NS;

/** ISO time of `hours` after local midnight of a day in a zone. */
function iso(date: string, timeZone: string, hours: number): string {
  const originNs = midnightBefore(BigInt(Date.parse(date)) * 1_000_000n - 86_400_000_000_000n);
  const runNs = dayClock(date, timeZone, originNs)(hours * HOUR_NS);
  return new Date(Number((originNs + BigInt(runNs)) / 1_000_000n)).toISOString();
}

describe('day clock', () => {
  it.each([
    ['2014-05-02', 'UTC', 0, '2014-05-02T00:00:00.000Z'],
    ['2014-05-02', '-05:00', 0, '2014-05-02T05:00:00.000Z'],
    ['2014-05-02', '+05:30', 0, '2014-05-01T18:30:00.000Z'],
    ['2013-10-07', 'America/New_York', 9.5, '2013-10-07T13:30:00.000Z'],
    ['2014-01-07', 'America/New_York', 9.5, '2014-01-07T14:30:00.000Z'],
    ['2014-05-02', 'Asia/Kolkata', 12, '2014-05-02T06:30:00.000Z'],
  ])('reads %s in %s at hour %d, or venues are hours apart', (date, zone, hours, expected) => {
    expect(iso(date, zone, hours)).toBe(expected);
  });

  it('changes the offset within the day clocks change', () => {
    const zone = 'America/New_York';
    expect(iso('2014-03-09', zone, 1.5)).toBe('2014-03-09T06:30:00.000Z');
    expect(iso('2014-03-09', zone, 3.5)).toBe('2014-03-09T07:30:00.000Z');
    expect(iso('2014-11-02', zone, 1.5)).toBe('2014-11-02T05:30:00.000Z');
    expect(iso('2014-11-02', zone, 2.5)).toBe('2014-11-02T07:30:00.000Z');
    expect(iso('2014-11-02', zone, 23)).toBe('2014-11-03T04:00:00.000Z');
  });

  it('names an unknown zone and what to write instead', () => {
    expect(() => dayClock('2014-05-02', 'New York', 0n)).toThrow(/'New York'.*America\/New_York/);
  });
});
