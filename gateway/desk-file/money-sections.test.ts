/** Sections of money and days: a slip in one would change limits, hours or what is delivered. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { feeTermsOf } from '../account/fee.ts';
import { dayOfDate } from '../calendar/civil-day.ts';
import { INSTRUMENTS } from '../paper-world.ts';
import { checkSymbols, deskTerms, parseDeskFile } from './desk-file.ts';

const FILE = {
  venues: [{ name: 'north', senderCompId: 'DESK', targetCompId: 'NORTH' }],
  strategies: [{ name: 'alpha', account: 'fund' }],
  accounts: [{ name: 'fund' }],
};

const moneyOf = (sections: object) => deskTerms(parseDeskFile({ ...FILE, ...sections })).money;

describe('what a desk file leaves out', () => {
  it('is an account in dollars whose day is UTC’s, and no hours and fees of its own', () => {
    expect(moneyOf({})).toEqual({
      accounts: [
        {
          ...{ name: 'fund', baseCurrency: 'USD' },
          tradingDay: { timeZone: 'UTC', startSeconds: 0 },
        },
      ],
      currencies: {
        ...{ through: 'USD', ageLimitNs: 900 * SECOND_NS, ratesFile: undefined },
        ...{ holidays: {}, lagDays: {}, fixedRates: [] },
      },
      ...{ calendars: [], fees: [] },
    });
  });

  it('of a calendar is that of the built-in one of its name', () => {
    const [week] = moneyOf({
      calendars: [{ name: 'fx-week', holidays: ['2026-12-25'] }],
    }).calendars;
    expect(week).toMatchObject({
      ...{ timeZone: 'America/New_York', dayStartSeconds: 17 * 3_600, lagDays: 2 },
      holidays: [dayOfDate('', '2026-12-25')],
    });
    expect(week!.sessions).toHaveLength(1);
  });
});

it('rates are whole numbers of 10^-9, and the first slash parts their currencies', () => {
  const { fixedRates } = moneyOf({
    currencies: { fixedRates: { 'USDT/USD': '0.9994' } },
  }).currencies;
  expect(fixedRates).toEqual([{ from: 'USDT', to: 'USD', nanos: 999_400_000 }]);
});

it('the most particular row of fees counts, then the venue’s and the instrument’s own fee', () => {
  const { fees } = moneyOf({
    fees: [
      { takerPerMillion: 1 },
      { instrument: 'EURUSD', takerPerMillion: 2 },
      { venue: 'north', takerPerMillion: 3, perLot: '-0.25' },
      { venue: 'north', instrument: 'EURUSD', takerPerMillion: 4, minimumPerOrder: '1.5' },
    ],
  });
  const [euro, bitcoin] = INSTRUMENTS;
  const takers = ['north', 'south'].flatMap(name =>
    [euro!, bitcoin!].map(each => feeTermsOf(fees, each, { name }).takerPerMillion),
  );
  expect(takers).toEqual([4, 3, 2, 1]);
  expect(feeTermsOf(fees, euro!, { name: 'north' })).toMatchObject({ minimumNanos: 1_500_000_000 });
  expect(feeTermsOf(fees, bitcoin!, { name: 'north' }).perLotNanos).toBe(-250_000_000);
  const own = { name: 'south', feePerMillion: { maker: -5, taker: 7 } };
  expect(feeTermsOf([], euro!, own)).toMatchObject({ makerPerMillion: -5, takerPerMillion: 7 });
  expect(feeTermsOf([], euro!, { name: 'south' }).makerPerMillion).toBe(euro!.feePerMillion);
});

const bad: [string, object, string][] = [
  [
    'a time that is none',
    { accounts: [{ name: 'fund', tradingDay: { time: '25:00:00' } }] },
    'accounts fund: tradingDay.time: "25:00:00"; give HH:MM:SS',
  ],
  [
    'a zone that is none',
    { accounts: [{ name: 'fund', tradingDay: { timeZone: 'Mars' } }] },
    'accounts fund: tradingDay.timeZone: "Mars"; give an IANA name',
  ],
  [
    'a date that is none',
    { currencies: { holidays: { USD: ['2026-02-30'] } } },
    'currencies.holidays.USD: "2026-02-30"; give a date such as',
  ],
  [
    'a pair that is none',
    { currencies: { fixedRates: { EURUSD: '1' } } },
    'currencies.fixedRates: {"EURUSD":"1"}; give each rate under a pair such as EUR/USD',
  ],
  [
    'a rate of nothing',
    { currencies: { fixedRates: { 'EUR/USD': '0' } } },
    'currencies.fixedRates.EUR/USD: "0"; give more than 0',
  ],
  [
    'a calendar that nobody knows',
    { calendars: [{ name: 'moon' }] },
    'calendars moon: timeZone or sessions missing; give both, or a name among fx-week',
  ],
  [
    'a day that is none',
    {
      calendars: [
        { name: 'fx-week', sessions: [{ start: '08:00:00', end: '09:00:00', days: ['X'] }] },
      ],
    },
    'calendars fx-week: sessions.days: "X"; give a day such as',
  ],
  [
    'fees of no venue',
    { fees: [{ venue: 'south' }] },
    'fees.0.venue: south; name one of the section',
  ],
  [
    'hours of no venue',
    { calendars: [{ name: 'fx-week', venues: ['south'] }] },
    'calendars fx-week: venues: south; name one of the section venues',
  ],
  [
    'money that is no decimal',
    { fees: [{ perLot: '1e3' }] },
    'fees.0.perLot: "1e3"; give a decimal',
  ],
  [
    'a minimum below 0',
    { fees: [{ minimumPerOrder: '-1' }] },
    'fees.0.minimumPerOrder: "-1"; give 0',
  ],
];
it.each(bad)('%s is refused by field, value and remedy', (_, sections, message) => {
  expect(() => moneyOf(sections)).toThrow(message);
});

it('fees and calendars name only what is traded, or they would never hold', () => {
  const file = (sections: object) => parseDeskFile({ ...FILE, ...sections });
  const fees = file({ fees: [{ instrument: 'GOLD' }] });
  expect(() => checkSymbols(fees, INSTRUMENTS)).toThrow('fees.0.instrument: GOLD; give some of');
  const calendars = file({ calendars: [{ name: 'fx-week', instruments: ['GOLD'] }] });
  expect(() => checkSymbols(calendars, INSTRUMENTS)).toThrow(
    'calendars fx-week: instruments: GOLD',
  );
});
