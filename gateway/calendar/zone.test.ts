/** Tables of zones against the zone data: by a wrong one, a replay would decide otherwise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneOffsetMs } from '#engine';
import { civilDayAt, DAY_MS, instantOf } from './civil-day.ts';
import { offsetAt, tabulateZone, type Zone } from './zone.ts';

const at = (text: string) => Date.parse(text);
const SPAN = { fromMs: at('2026-01-01'), untilMs: at('2027-01-01') };
const ZONES = [
  ...['UTC', 'Europe/London', 'America/New_York', 'America/Chicago', 'Australia/Lord_Howe'],
  ...['Africa/Casablanca', 'Asia/Kolkata', 'America/Santiago', 'Pacific/Apia'],
];
const tables = new Map(ZONES.map(name => [name, tabulateZone(name, SPAN)]));
const zone = fc.constantFrom(...ZONES).map(name => tables.get(name)!);

describe('the table of a zone', () => {
  it('gives the offsets of the zone data, to the millisecond of each change', () => {
    const instant = fc.integer({ min: SPAN.fromMs, max: SPAN.untilMs });
    fc.assert(
      fc.property(zone, instant, (table, unixMs) => {
        expect(offsetAt(table, unixMs)).toBe(zoneOffsetMs(table.timeZone, unixMs));
      }),
      { numRuns: 500 },
    );
    for (const { timeZone, offsets } of tables.values()) {
      for (const { fromMs } of offsets!.slice(1)) {
        expect(zoneOffsetMs(timeZone, fromMs - 1)).not.toBe(zoneOffsetMs(timeZone, fromMs));
      }
    }
  });

  it('has the changes of a year and nothing else, so that a start record stays small', () => {
    const changes = (name: string) =>
      tables
        .get(name)!
        .offsets!.slice(1)
        .map(({ fromMs }) => new Date(fromMs).toISOString());
    expect(changes('UTC')).toEqual([]);
    expect(changes('America/New_York')).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-11-01T06:00:00.000Z',
    ]);
    expect(changes('Australia/Lord_Howe')).toHaveLength(2);
  });

  it('refuses a zone that nobody knows, by name', () => {
    expect(() => tabulateZone('Europe/Nowhere', SPAN)).toThrow("'Europe/Nowhere'");
  });
});

describe('a time of day', () => {
  const instantText = (timeZone: string, date: string, seconds: number) =>
    new Date(instantOf(tables.get(timeZone)!, at(date) / DAY_MS, seconds)).toISOString();
  const HALF_PAST_ONE = 5_400;
  const HALF_PAST_TWO = 9_000;

  it.each([
    ['America/New_York', '2026-11-01', '2026-11-01T05:30:00.000Z'],
    ['Europe/London', '2026-10-25', '2026-10-25T00:30:00.000Z'],
  ])('that happens twice in %s is its first pass', (timeZone, date, expected) => {
    expect(instantText(timeZone, date, HALF_PAST_ONE)).toBe(expected);
  });

  it('that is skipped counts by the clock before it', () => {
    const ofMarch = instantText('America/New_York', '2026-03-08', HALF_PAST_TWO);
    expect(ofMarch).toBe('2026-03-08T07:30:00.000Z');
    const inLondon = instantText('Europe/London', '2026-03-29', HALF_PAST_ONE);
    expect(inLondon).toBe('2026-03-29T01:30:00.000Z');
  });

  it('is what the clock of the zone shows then, wherever the zone has such a time', () => {
    const day = fc.integer({ min: at('2026-01-03') / DAY_MS, max: at('2026-12-30') / DAY_MS });
    const seconds = fc.integer({ min: 0, max: 86_399 });
    fc.assert(
      fc.property(zone, day, seconds, (table: Zone, civil, time) => {
        const unixMs = instantOf(table, civil, time);
        const shownMs = unixMs + offsetAt(table, unixMs);
        const wishedMs = civil * DAY_MS + time * 1_000;
        const skippedMs = offsetAt(table, unixMs) - offsetAt(table, unixMs - 3 * 3_600_000);
        expect([wishedMs, wishedMs + skippedMs]).toContain(shownMs);
        const isSkipped = shownMs !== wishedMs;
        const earlier = unixMs - 1_800_000;
        expect(earlier + offsetAt(table, earlier) === wishedMs && !isSkipped).toBe(false);
        expect(isSkipped || civilDayAt(table, unixMs) === civil).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
