/** Hours of markets: by wrong ones an order would leave when nobody trades, or be kept back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_CALENDARS } from './built-in-calendars.ts';
import { civilDayAt, DAY_MS, dayOfDate, weekdayOf } from './civil-day.ts';
import { dayAt, dayTable, nextDayNs } from './day-table.ts';
import { spanOfLog } from './edges.ts';
import {
  closesAtNs,
  isOpen,
  openHours,
  opensAtNs,
  type TradingCalendar,
} from './trading-calendar.ts';
import { offsetAt, tabulateZone } from './zone.ts';

const HOUR = 3_600;
const HOUR_NS = HOUR * 1e9;
const DAY_NS = 24 * HOUR_NS;
const day = (text: string) => dayOfDate('day', text);

/** A log of 2026 that begins a while before clocks change in spring, or in autumn. */
const ORIGINS = ['2026-02-20', '2026-09-01'].map(text => BigInt(Date.parse(text)) * 1_000_000n);
const [SPRING, AUTUMN] = ORIGINS as [bigint, bigint];

function calendarOf(
  shape: Omit<TradingCalendar, 'name' | 'holidays' | 'shortDays'>,
  originNs: bigint,
  closed: Partial<Pick<TradingCalendar, 'holidays' | 'shortDays'>> = {},
): TradingCalendar {
  const zone = tabulateZone(shape.timeZone, spanOfLog(originNs));
  return { name: 'market', ...shape, ...zone, holidays: [], shortDays: [], ...closed };
}

/** The next edges after a time, as ISO times. */
function edgesAfter(calendar: TradingCalendar, originNs: bigint, from: string): string[] {
  const hours = openHours(calendar, originNs);
  const originMs = Number(originNs / 1_000_000n);
  const fromNs = (Date.parse(from) - originMs) * 1e6;
  const text = (edge: number) => new Date(originMs + edge / 1e6).toISOString().slice(0, 16);
  return [...hours].filter(edge => edge > fromNs).map(text);
}

describe('the FX week', () => {
  const shape = BUILT_IN_CALENDARS['fx-week'];

  it('runs from Sunday to Friday, 17:00 in New York, whatever its clock does', () => {
    expect(edgesAfter(calendarOf(shape, SPRING), SPRING, '2026-02-28T00:00Z').slice(0, 4)).toEqual([
      ...['2026-03-01T22:00', '2026-03-06T22:00', '2026-03-08T21:00', '2026-03-13T21:00'],
    ]);
    expect(edgesAfter(calendarOf(shape, AUTUMN), AUTUMN, '2026-10-24T00:00Z').slice(0, 4)).toEqual([
      ...['2026-10-25T21:00', '2026-10-30T21:00', '2026-11-01T22:00', '2026-11-06T22:00'],
    ]);
  });

  it('pauses for a holiday from the evening before, and ends early on a short day', () => {
    const closed = {
      holidays: [day('2026-11-26')],
      shortDays: [{ day: day('2026-11-27'), closeSeconds: 13 * HOUR }],
    };
    const edges = edgesAfter(calendarOf(shape, AUTUMN, closed), AUTUMN, '2026-11-23T00:00Z');
    expect(edges.slice(0, 4)).toEqual([
      ...['2026-11-25T22:00', '2026-11-26T22:00', '2026-11-27T18:00', '2026-11-29T22:00'],
    ]);
  });
});

it('a session with a break is two, and a short day drops what begins after its end', () => {
  const weekdays = [1, 2, 3, 4, 5];
  const shape = {
    ...{ timeZone: 'Asia/Tokyo', dayStartSeconds: 0 },
    sessions: [
      { startSeconds: 9 * HOUR, endSeconds: 11.5 * HOUR, weekdays },
      { startSeconds: 12.5 * HOUR, endSeconds: 15.5 * HOUR, weekdays },
    ],
  };
  const shortDays = [
    { day: day('2026-09-03'), closeSeconds: 11 * HOUR },
    { day: day('2026-09-04'), openSeconds: 10 * HOUR },
  ];
  expect(
    edgesAfter(calendarOf(shape, AUTUMN, { shortDays }), AUTUMN, '2026-09-02T00:00Z').slice(0, 8),
  ).toEqual([
    ...['2026-09-02T02:30', '2026-09-02T03:30', '2026-09-02T06:30'],
    ...['2026-09-03T00:00', '2026-09-03T02:00'],
    ...['2026-09-04T01:00', '2026-09-04T02:30', '2026-09-04T03:30'],
  ]);
});

const seconds = fc.integer({ min: 0, max: 95 }).map(quarter => quarter * 900);
const session = fc.record({
  ...{ startSeconds: seconds, endSeconds: seconds },
  weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
});
const market = fc
  .record({
    shape: fc.record({
      timeZone: fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe'),
      sessions: fc.array(session, { minLength: 1, maxLength: 4 }),
      dayStartSeconds: seconds,
    }),
    originNs: fc.constantFrom(...ORIGINS),
    holidays: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 }),
    shortDays: fc.array(
      fc.record({ day: fc.integer({ min: 0, max: 100 }), closeSeconds: seconds }),
      { maxLength: 5 },
    ),
  })
  .map(({ shape, originNs, holidays, shortDays }) => {
    const first = Number(originNs / BigInt(DAY_NS));
    return {
      originNs,
      calendar: calendarOf(shape, originNs, {
        holidays: holidays.map(each => first + each),
        shortDays: shortDays.map(each => ({ ...each, day: first + each.day })),
      }),
    };
  });
const time = fc.integer({ min: 0, max: 100 * 24 * 12 }).map(steps => steps * 300e9 + 1e9);

describe('whatever the sessions, holidays and clocks', () => {
  it('open intervals never touch, and what opens next, closes next, agrees with them', () => {
    fc.assert(
      fc.property(market, time, ({ calendar, originNs }, timeNs) => {
        const hours = openHours(calendar, originNs);
        expect(hours.length % 2).toBe(0);
        for (let at = 1; at < hours.length; at++) expect(hours[at]).toBeGreaterThan(hours[at - 1]!);
        const inside = [...hours].some(
          (edge, at) => at % 2 === 0 && edge <= timeNs && timeNs < hours[at + 1]!,
        );
        expect(isOpen(hours, timeNs)).toBe(inside);
        const opensNs = opensAtNs(hours, timeNs);
        const closesNs = closesAtNs(hours, timeNs);
        expect(Math.min(opensNs, closesNs)).toBe(timeNs);
        if (opensNs < Number.POSITIVE_INFINITY) expect(isOpen(hours, opensNs)).toBe(true);
        if (closesNs < Number.POSITIVE_INFINITY) expect(isOpen(hours, closesNs)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('a time is open where the zone’s clock stands in a session of its day or the next', () => {
    fc.assert(
      fc.property(market, time, ({ calendar, originNs }, timeNs) => {
        const unixMs = Number(originNs / 1_000_000n) + timeNs / 1e6;
        const offset = offsetAt(calendar, unixMs);
        // Hours in which the clock changes are told apart by the tests of times of a day.
        const isSteady = [-2, -1, 1, 2].every(
          days => offsetAt(calendar, unixMs + days * DAY_MS) === offset,
        );
        fc.pre(isSteady);
        const today = civilDayAt(calendar, unixMs);
        const now = (unixMs + offset) / 1_000 - today * 86_400;
        const holds = (of: number, clock: number) =>
          !calendar.holidays.includes(of) &&
          calendar.sessions.some(
            ({ startSeconds, endSeconds, weekdays }) =>
              weekdays.includes(weekdayOf(of)) &&
              clock >= (endSeconds > startSeconds ? startSeconds : startSeconds - 86_400) &&
              clock < endSeconds &&
              clock < (calendar.shortDays.find(each => each.day === of)?.closeSeconds ?? 1e9),
          );
        const expected = holds(today, now) || holds(today + 1, now - 86_400);
        expect(isOpen(openHours(calendar, originNs), timeNs)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('days that begin at a time of a zone', () => {
  it('are the days of UTC at its midnight, or the reference profile would roll elsewhere', () => {
    const table = dayTable({ zone: { timeZone: 'UTC' }, startSeconds: 0 }, SPRING);
    const first = Number(SPRING / BigInt(DAY_NS));
    fc.assert(
      fc.property(fc.maxSafeInteger(), timeNs => {
        fc.pre(timeNs >= 0);
        expect(dayAt(table, timeNs)).toBe(first + Math.floor(timeNs / DAY_NS));
        expect(nextDayNs(table, timeNs)).toBe((Math.floor(timeNs / DAY_NS) + 1) * DAY_NS);
      }),
    );
  });

  it('have the name of the next date from 17:00 in New York on, over changes of clocks too', () => {
    const zone = tabulateZone('America/New_York', spanOfLog(SPRING));
    const table = dayTable({ zone, startSeconds: 17 * HOUR }, SPRING);
    const dayText = (text: string) =>
      dayAt(table, (Date.parse(text) - Number(SPRING / 1_000_000n)) * 1e6);
    expect(dayText('2026-03-06T21:59:59Z')).toBe(day('2026-03-06'));
    expect(dayText('2026-03-06T22:00:00Z')).toBe(day('2026-03-07'));
    expect(dayText('2026-03-09T20:59:59Z')).toBe(day('2026-03-09'));
    expect(dayText('2026-03-09T21:00:00Z')).toBe(day('2026-03-10'));
  });
});
