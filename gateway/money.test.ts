/** Money of a desk through a whole gateway: by a wrong figure, a limit would guard nothing. */
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { nanosOf } from './account/amount.ts';
import { decimalText, statementOf } from './account/statement.ts';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes, START_NS } from './paper-world.ts';
import type { GatewayConfig } from './state.ts';

const HOUR_NS = 3_600 * SECOND_NS;

/** The paper world begins on Friday, 2014-05-02, at ten: at six in New York, where it is summer. */
function deskOf(sections: object = {}): GatewayConfig {
  const { venues, strategies, money } = deskTerms(
    parseDeskFile({
      venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
      strategies: [{ name: 'alpha', account: 'fund' }],
      accounts: [
        {
          ...{ name: 'fund', baseCurrency: 'EUR' },
          tradingDay: { timeZone: 'America/New_York', time: '17:00:00' },
        },
      ],
      ...sections,
    }),
  );
  const limits = { ...CONFIG.limits, dailyLoss: 30 };
  return withZones({ ...CONFIG, limits, venues, strategies, money }, undefined);
}

function tradingWorld(sections?: object): PaperWorld {
  const world = paperWorld(deskOf(sections));
  world.quote(0, 100_000, 100_010);
  world.quote(1, 5_000, 5_001);
  world.connect();
  world.wait(SECOND_NS);
  return world;
}

/** A wish at the market, for whatever it should hold then. */
function wish(world: PaperWorld, desiredLots: number, bidIncrements = 100_000): void {
  const askIncrements = bidIncrements + 10;
  world.quote(0, bidIncrements, askIncrements);
  const limitIncrements =
    desiredLots > world.tally.positionLots[0]! ? askIncrements : bidIncrements;
  world.signal({ desiredLots, bidIncrements, askIncrements, limitIncrements });
  world.wait(SECOND_NS);
}

const rules = (world: PaperWorld) => world.effects.flatMap(each => each.refusals.map(r => r.rule));
const accountOf = (world: PaperWorld) => world.gateway.state.accounts[0]!;
const statement = (world: PaperWorld) => statementOf(world.gateway.state)[0]!;

describe('the profit of an account', () => {
  it('is in its base currency by the mids of our own instruments', () => {
    const world = tradingWorld();
    wish(world, 2);
    wish(world, 2, 101_000);
    const { profit, currency, lines, missingRate } = statement(world);
    expect([currency, missingRate]).toEqual(['EUR', undefined]);
    const [line] = lines;
    expect(line).toMatchObject({
      ...{ strategy: 'alpha', instrument: 'EURUSD', currency: 'USD', positionLots: 2 },
      ...{ averagePrice: '1.0001', realised: 0n, fees: 40_004_000n },
    });
    expect(line!.unrealised).toBe(2n * 995n * 10_000_000n);
    expect(line!.profit).toBe(line!.unrealised - line!.fees);
    // A euro is worth 1.01005 dollars by then.
    expect(profit).toBe((line!.profit * 1_000_000_000n) / 1_010_050_000n);
  });

  it('splits into what is realised and what is not, and takes the venue’s fees', () => {
    const fees = [{ venue: 'north', takerPerMillion: 10, perLot: '0.05', minimumPerOrder: '0.1' }];
    const world = tradingWorld({ fees });
    wish(world, 3);
    wish(world, 1, 100_100);
    const [line] = statement(world).lines;
    // 3 lots of 1,000.1 for 0.15 and 0.030003, then 2 of 1,001 for 0.1 and 0.02002.
    expect(decimalText(line!.fees)).toBe('0.300023');
    expect(line).toMatchObject({ positionLots: 1, averagePrice: '1.0001' });
    expect(line!.realised).toBe(2n * 90n * 10_000_000n);
    expect(line!.realised + line!.unrealised - line!.fees).toBe(line!.profit);
    expect(line!.profit).toBe(nanosOf(world.gateway.state.desks[0]!.holding.cash) + worthOfOne);
  });
  const worthOfOne = (200_210n * 10_000_000n) / 2n;

  it('cannot be told without a rate: nothing grows, and the statement says which', () => {
    const world = tradingWorld({ currencies: { rateAgeSeconds: 60 } });
    world.signal({
      instrument: 1,
      desiredLots: 1,
      bidIncrements: 5_000,
      askIncrements: 5_001,
      limitIncrements: 5_001,
    });
    world.wait(SECOND_NS);
    expect(world.tally.positionLots[1]).toBe(1);
    wish(world, 1);
    expect(world.tally.positionLots[0]).toBe(0);
    expect(rules(world)).toEqual(['missing-rate']);
    expect(statement(world).missingRate).toEqual({ from: 'USDT', to: 'USD', ageNs: undefined });
    world.gateway.onRate({
      from: 'USDT',
      to: 'USD',
      nanos: 999_000_000,
      timeNs: world.time.nowNs(),
    });
    wish(world, 1);
    expect(world.tally.positionLots[0]).toBe(1);
    expect(statement(world).missingRate).toBeUndefined();
    world.wait(61 * SECOND_NS);
    wish(world, 2);
    expect(world.tally.positionLots[0]).toBe(1);
    expect(statement(world).missingRate).toMatchObject({ from: 'USDT', to: 'USD' });
    world.wait(60 * SECOND_NS);
    const missing =
      'account fund: no rate USDT/USD that is young enough: limits of loss let nothing';
    expect(world.effects.flatMap(({ problems }) => problems)).toEqual([
      expect.stringContaining(missing),
      'account fund: its profit can be told again',
      expect.stringContaining(missing),
    ]);
  });

  it('needs no rate of a currency that is fixed to another', () => {
    const world = tradingWorld({ currencies: { fixedRates: { 'USDT/USD': '1' } } });
    wish(world, 0);
    world.signal({
      instrument: 1,
      desiredLots: 1,
      bidIncrements: 5_000,
      askIncrements: 5_001,
      limitIncrements: 5_001,
    });
    world.wait(HOUR_NS);
    wish(world, 1);
    expect(world.tally.positionLots).toEqual([1, 1]);
  });
});

describe('the trading day of an account', () => {
  /** A loss past the limit of 30 at noon, UTC; five in New York is at 21:00. */
  function losing(): PaperWorld {
    const world = tradingWorld();
    wish(world, 2);
    wish(world, 3, 98_000);
    expect(rules(world)).toEqual(['daily-loss']);
    return world;
  }
  const untilFive = 11 * HOUR_NS;

  it('ends by the zone’s clock: a new daily loss begins at the marks before it', () => {
    const world = losing();
    world.wait(untilFive - 10 * SECOND_NS - (world.time.nowNs() - START_NS));
    wish(world, 3, 98_000);
    expect(rules(world)).toEqual(['daily-loss', 'daily-loss']);
    const before = accountOf(world).day;
    world.wait(10 * SECOND_NS);
    expect(accountOf(world).day).toBe(before + 1);
    expect(statement(world)).toMatchObject({ dayProfit: 0n, tradingDay: '2014-05-03' });
    wish(world, 3, 98_000);
    expect(world.tally.positionLots[0]).toBe(3);
    expect(statement(world).drawdown).toBeGreaterThan(30n * 10n ** 9n);
  });

  it('begins over a restart and over days without a record', () => {
    const world = losing();
    world.cut();
    world.restart();
    world.wait(3 * 24 * HOUR_NS);
    world.connect();
    world.wait(SECOND_NS);
    expect(statement(world)).toMatchObject({ dayProfit: 0n, tradingDay: '2014-05-05' });
    wish(world, 3, 98_000);
    expect(world.tally.positionLots[0]).toBe(3);
  });

  it('is that of its log: a replay has the same days, money and bytes', () => {
    const world = losing();
    world.wait(30 * HOUR_NS);
    wish(world, 1, 99_000);
    const replay = createReplay(deskOf());
    expect(replayedBytes(replay, world.log)).toEqual(Buffer.concat(world.sent));
    expect(replay.state.accounts).toEqual(world.gateway.state.accounts);
    expect(statementOf(replay.state)).toEqual(statementOf(world.gateway.state));
  });
});

describe('a calendar', () => {
  it('holds orders back outside the hours of an instrument, and of a venue', () => {
    const calendars = [
      { name: 'fx-week', instruments: ['EURUSD'] },
      {
        ...{ name: 'north-hours', venues: ['north'], instruments: [], timeZone: 'UTC' },
        sessions: [{ start: '08:00:00', end: '12:00:00', days: ['Fri', 'Sat', 'Mon'] }],
      },
    ];
    const world = tradingWorld({ calendars });
    wish(world, 1);
    expect(world.tally.positionLots[0]).toBe(1);
    world.wait(2 * HOUR_NS);
    wish(world, 2);
    expect(rules(world)).toEqual(['session-hours']);
    // On Saturday morning the venue is open, but no market of the pair.
    world.wait(20 * HOUR_NS);
    wish(world, 2);
    expect(rules(world)).toEqual(['session-hours', 'session-hours']);
    world.wait(48 * HOUR_NS);
    wish(world, 2);
    expect(world.tally.positionLots[0]).toBe(2);
  });
});

it('what opens and closes does so without a quote, and the log says when', () => {
  const world = tradingWorld({ calendars: [{ name: 'fx-week' }] });
  world.cut();
  // The timer that the session had asked for before.
  world.wait(60 * SECOND_NS);
  const before = world.log.length;
  world.wait(3 * 24 * HOUR_NS);
  const hours = world.log.slice(before).map(({ kind, timeNs }) => [kind, timeNs / HOUR_NS]);
  // Friday and Saturday at 21:00, UTC, a day of the account begins; on Sunday the week as well.
  expect(hours).toEqual([
    ['timer', 21],
    ['timer', 45],
    ['timer', 69],
  ]);
});

it('quotes of the edge’s feed value what is held, and rates, between two wishes', () => {
  const world = tradingWorld();
  wish(world, 2);
  const quote = { instrument: 0, venue: undefined, bidLots: 0, askLots: 0, tradedLots: 0 };
  const tickTimeNs = world.time.nowNs();
  const prices = { bidIncrements: 101_000, askIncrements: 101_010, tickTimeNs };
  world.gateway.onQuote({ ...quote, ...prices });
  expect(statement(world).lines[0]!.unrealised).toBe(2n * 995n * 10_000_000n);
  world.gateway.onQuote({ ...quote, ...prices, venue: 0, bidIncrements: 90_000 });
  expect(statement(world).lines[0]!.unrealised).toBe(2n * 995n * 10_000_000n);
});

describe('value dates', () => {
  it('are two business days after the trade date, which New York begins at five', () => {
    const holidays = { EUR: ['2014-05-06'] };
    const world = tradingWorld({ currencies: { holidays } });
    wish(world, 2);
    const shown = () =>
      statement(world).lines[0]!.deliveries.map(({ valueDate, isSettled, lots, cash }) =>
        [valueDate, isSettled, lots, decimalText(cash)].join(' '),
      );
    // Friday's trade: the euro counts Monday and Wednesday.
    expect(shown()).toEqual(['2014-05-07 false 2 -2000.2']);
    world.wait(12 * HOUR_NS);
    wish(world, 1);
    // After five on Friday it is Monday's: Wednesday and Thursday.
    expect(shown()).toEqual(['2014-05-07 false 2 -2000.2', '2014-05-08 false -1 1000']);
    world.wait(6 * 24 * HOUR_NS);
    wish(world, 1);
    expect(shown()).toEqual(['2014-05-07 true 2 -2000.2', '2014-05-08 true -1 1000']);
  });
});
