/** Sessions by the clock of a zone: which period an instant belongs to, and what ends with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOfWeek, secondsOfDay } from './civil-day.ts';
import { nextStartMs, periodAt, type SessionSchedule } from './schedule.ts';

const at = (text: string) => Date.parse(text);
const HOUR_S = 3_600;

const LONDON_DAY: SessionSchedule = {
  ...{ timeZone: 'Europe/London', startSeconds: 8 * HOUR_S, endSeconds: 17 * HOUR_S },
};
/** The week of foreign exchange: Sunday to Friday, five in the afternoon in New York. */
const FX_WEEK: SessionSchedule = {
  ...{ timeZone: 'America/New_York', startSeconds: 17 * HOUR_S, endSeconds: 17 * HOUR_S },
  ...{ startDay: 0, endDay: 5 },
};

function periodText(schedule: SessionSchedule, text: string): string | undefined {
  const period = periodAt(schedule, at(text));
  if (period === undefined) return undefined;
  return [period.startMs, period.endMs].map(ms => new Date(ms).toISOString()).join(' ');
}

describe('the period of an instant', () => {
  it.each<[string, SessionSchedule, string, string | undefined]>([
    ['a day in winter', LONDON_DAY, '2026-01-12T08:00:00Z', '2026-01-12T08 2026-01-12T17'],
    ['a day in summer', LONDON_DAY, '2026-07-13T07:00:00Z', '2026-07-13T07 2026-07-13T16'],
    ['before a day', LONDON_DAY, '2026-07-13T06:59:59Z', undefined],
    ['its last moment', LONDON_DAY, '2026-07-13T15:59:59Z', '2026-07-13T07 2026-07-13T16'],
    ['its end', LONDON_DAY, '2026-07-13T16:00:00Z', undefined],
    [
      'a Monday among weekdays',
      { ...LONDON_DAY, weekdays: [1] },
      '2026-07-13T09:00:00Z',
      '2026-07-13T07 2026-07-13T16',
    ],
    ['a Tuesday', { ...LONDON_DAY, weekdays: [1] }, '2026-07-14T09:00:00Z', undefined],
    ['the Wednesday of a week', FX_WEEK, '2026-07-15T12:00:00Z', '2026-07-12T21 2026-07-17T21'],
    ['the Saturday after it', FX_WEEK, '2026-07-18T12:00:00Z', undefined],
    [
      'a week in which clocks change',
      FX_WEEK,
      '2026-03-10T00:00:00Z',
      '2026-03-08T21 2026-03-13T21',
    ],
    ['the week before', FX_WEEK, '2026-03-05T00:00:00Z', '2026-03-01T22 2026-03-06T22'],
    [
      'a whole day that never pauses',
      { timeZone: 'UTC', startSeconds: 0, endSeconds: 0 },
      '2026-07-13T00:00:00Z',
      '2026-07-13T00 2026-07-14T00',
    ],
    [
      'a night that spans midnight',
      { timeZone: 'Asia/Tokyo', startSeconds: 22 * HOUR_S, endSeconds: 6 * HOUR_S },
      '2026-07-13T18:00:00Z',
      '2026-07-13T13 2026-07-13T21',
    ],
  ])('%s', (_, schedule, text, expected) => {
    const full = expected?.replaceAll(/(T\d\d)/g, '$1:00:00.000Z');
    expect(periodText(schedule, text)).toBe(full);
  });

  it('holds its instant, and begins where the one before has ended at the latest', () => {
    const zone = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe');
    const seconds = fc.integer({ min: 0, max: 86_399 });
    const day = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
    const instant = fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') });
    fc.assert(
      fc.property(zone, seconds, seconds, day, day, instant, (timeZone, from, to, a, b, unixMs) => {
        const schedule = { timeZone, startSeconds: from, endSeconds: to, startDay: a, endDay: b };
        const period = periodAt(schedule, unixMs);
        if (period === undefined) return;
        expect(period.startMs).toBeLessThanOrEqual(unixMs);
        expect(period.endMs).toBeGreaterThan(unixMs);
        expect(periodAt(schedule, period.startMs)).toEqual(period);
      }),
    );
  });
});

describe('the next period', () => {
  const next = (schedule: SessionSchedule, text: string) =>
    new Date(nextStartMs(schedule, at(text))).toISOString().slice(0, 19);

  it.each<[string, SessionSchedule, string, string]>([
    ['later that day', LONDON_DAY, '2026-01-12T07:59:59Z', '2026-01-12T08:00:00'],
    [
      'the next day from its own start on',
      LONDON_DAY,
      '2026-01-12T08:00:00Z',
      '2026-01-13T08:00:00',
    ],
    ['across a change of clocks', LONDON_DAY, '2026-03-28T18:00:00Z', '2026-03-29T07:00:00'],
    [
      'in the next week',
      { ...LONDON_DAY, weekdays: [1] },
      '2026-07-14T09:00:00Z',
      '2026-07-20T07:00:00',
    ],
    ['of a week, in summer', FX_WEEK, '2026-07-18T12:00:00Z', '2026-07-19T21:00:00'],
    ['of a week, as summer ends', FX_WEEK, '2026-10-31T12:00:00Z', '2026-11-01T22:00:00'],
  ])('begins %s', (_, schedule, text, expected) => {
    expect(next(schedule, text)).toBe(expected);
  });

  it('is one that a session may stand in, and none lies before it', () => {
    const zone = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe');
    const seconds = fc.integer({ min: 0, max: 86_399 });
    const instant = fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') });
    fc.assert(
      fc.property(zone, seconds, seconds, instant, (timeZone, from, to, unixMs) => {
        const schedule = { timeZone, startSeconds: from, endSeconds: to };
        const startMs = nextStartMs(schedule, unixMs);
        expect(periodAt(schedule, startMs)?.startMs).toBe(startMs);
        const isOpen = periodAt(schedule, unixMs) !== undefined;
        expect(periodAt(schedule, startMs - 1) === undefined || isOpen || from === to).toBe(true);
      }),
    );
  });
});

describe('settings of a schedule', () => {
  it('are read as QuickFIX writes them', () => {
    expect(secondsOfDay('StartTime', '17:00:30')).toBe(61_230);
    expect([dayOfWeek('StartDay', 'Sun'), dayOfWeek('EndDay', 'friday')]).toEqual([0, 5]);
  });

  it('are refused by name', () => {
    expect(() => secondsOfDay('StartTime', '25:00:00')).toThrow('StartTime: "25:00:00"');
    expect(() => dayOfWeek('EndDay', 'S')).toThrow('EndDay: "S"; give a day');
  });
});
