/** A day's report against what the world saw: without it, the desk would sign for other figures. */
import { describe, expect, it } from 'vitest';
import { DAY_NS, SECOND_NS } from '#engine';
import { chainOf } from '../chain/output-chain.ts';
import { withZones } from '../config-zones.ts';
import { deskTerms, parseDeskFile } from '../desk-file/desk-file.ts';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, type PaperWorld, tradingWorld } from '../paper-world.ts';
import { createGatewayEncoder } from '../record.ts';
import type { GatewayConfig, GatewayState } from '../state.ts';
import type { DayReport } from './day-report.ts';
import { reconcileExecutions } from './reconcile-executions.ts';
import { reportDay } from './report-day.ts';
import { tradingDayOf } from './trading-day.ts';

const FIRST = '2014-05-02';
const SECOND = '2014-05-03';

/** Buys 3 on the first day and sells 2 on the second, where a kill leaves an order unwanted. */
function twoDays(): PaperWorld {
  const world = tradingWorld();
  world.signal({ desiredLots: 3 });
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 30 });
  world.wait(DAY_NS);
  world.quote(0, 100_100, 100_110);
  const prices = { bidIncrements: 100_100, askIncrements: 100_110 };
  world.signal({ desiredLots: 1, ...prices, limitIncrements: 100_100 });
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 4, style: 'join', ...prices, limitIncrements: 100_100 });
  world.wait(SECOND_NS);
  return world;
}

function reported(
  world: PaperWorld,
  day: string,
  { config = CONFIG, account }: { config?: GatewayConfig; account?: string } = {},
): { report: DayReport; state: GatewayState } {
  const replay = createReplay(config);
  const reporter = reportDay(replay.state, day, account);
  const effects = createGatewayEffects();
  const encode = createGatewayEncoder();
  for (const [offset, event] of world.log.entries()) {
    reporter.before(offset, event.timeNs, encode(event));
    replay.step(event, effects);
    reporter.after(offset, event, effects);
    clearGatewayEffects(effects);
  }
  return { report: reporter.report(), state: replay.state };
}

/** What the venue sent, as a drop copy would have it. */
const venueFile = (world: PaperWorld) =>
  Buffer.concat(world.log.flatMap(each => (each.kind === 'inbound' ? [each.bytes] : [])));

describe('the report of a day', () => {
  const world = twoDays();
  const first = reported(world, FIRST).report;
  const { report: second, state } = reported(world, SECOND);

  it('counts each day alone, and the days add up to the log', () => {
    expect([first.counts['sent'], second.counts['sent']]).toEqual([1, 2]);
    expect([first.counts['filled'], second.counts['filled']]).toEqual([1, 1]);
    expect(first.refusals).toEqual({ position: 1 });
    expect(second.refusals).toEqual({});
  });

  it('has position and money as of the end of its day, though the log goes on', () => {
    expect(first.accounts[0]!.lines[0]!.positionLots).toBe(3);
    const [line] = second.accounts[0]!.lines;
    expect(line!.positionLots).toBe(world.tally.positionLots[0]);
    // Bought at 1.00010, sold at 1.00100, in lots of 1,000; 20 millionths of 3,000.3 and of 2,002.
    expect([line!.dayRealised, line!.dayFees, line!.fees]).toEqual(['1.8', '0.04004', '0.100046']);
  });

  it('lists what works at the end, and each execution with its record', () => {
    expect(first.openOrders).toEqual([]);
    expect(second.openOrders).toMatchObject([{ side: 'buy', lots: 3, filledLots: 0 }]);
    expect([...first.executions, ...second.executions]).toMatchObject([
      { side: 'buy', quantity: '3000', price: '1.00010' },
      { side: 'sell', quantity: '2000', price: '1.00100' },
    ]);
    for (const { record } of second.executions) expect(world.log[record]!.kind).toBe('inbound');
  });

  it('joins the days: records, chain and numbers of one begin where the other ends', () => {
    expect(second.log.firstRecord).toBe(first.log.lastRecord! + 1);
    expect(second.log.chainBefore).toEqual(first.log.chainAfter);
    expect(second.log.chainAfter.tip).toBe(chainOf(state).tip);
    expect(second.venues[0]!.start).toEqual(first.venues[0]!.end);
  });

  it('refuses a date that is none, and says so of a day without records', () => {
    expect(() => reportDay(state, '2014-02-30')).toThrow('day: "2014-02-30"; give a date');
    expect(reported(world, '2014-05-09').report.log.firstRecord).toBeNull();
  });
});

const newYork = { timeZone: 'America/New_York', startSeconds: 17 * 3600 };

/** Two accounts in all, the first with the FX day. */
function fxConfig(originNs = CONFIG.originNs): GatewayConfig {
  const utc = { timeZone: 'UTC', startSeconds: 0 };
  const days = [newYork, utc];
  const { money, strategies } = deskTerms(
    parseDeskFile({
      venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE' }],
      strategies: days.map((_, at) => ({ name: `strategy-${at}`, account: `fund-${at}` })),
      accounts: days.map((_, at) => ({ name: `fund-${at}` })),
    }),
  );
  const accounts = money.accounts.map((each, at) => ({ ...each, tradingDay: days[at]! }));
  const config = { ...CONFIG, originNs, strategies, money: { ...money, accounts } };
  return withZones(config, undefined);
}

describe('the trading day of an account', () => {
  it('has what is traded after its start, the evening before its date in UTC', () => {
    const config = fxConfig();
    const world = tradingWorld(config);
    world.signal({ desiredLots: 3 });
    // From 10:00 to 22:00 in UTC, an hour past 17:00 in New York.
    world.wait(12 * 3600 * SECOND_NS);
    world.quote(0, 100_000, 100_010);
    world.signal({ desiredLots: 5 });
    world.wait(SECOND_NS);
    const { report: friday } = reported(world, FIRST, { config, account: 'fund-0' });
    const { report: next, state } = reported(world, SECOND, { config, account: 'fund-0' });
    expect([friday, next].map(({ executions }) => executions.map(each => each.quantity))).toEqual([
      ['3000'],
      ['2000'],
    ]);
    expect(next).toMatchObject({
      ...{ day: SECOND, timeZone: 'America/New_York' },
      ...{ from: '20140502-21:00:00.000', until: '20140503-21:00:00.000' },
    });
    expect(reconcileExecutions(state, next, venueFile(world))).toMatchObject({
      ...{ matched: 1, differences: [] },
    });
  });

  it('is an hour shorter when clocks go forward, and begins by the clock of its zone', () => {
    // 2014-03-05; New York's clocks change on the 9th.
    const { state } = createReplay(fxConfig(1_393_977_600_000_000_000n));
    const hours = (day: string) => {
      const { startNs, endNs } = tradingDayOf(state, day, 'fund-0');
      return [(startNs / SECOND_NS / 3600) % 24, (endNs - startNs) / SECOND_NS / 3600];
    };
    expect(hours('2014-03-08')).toEqual([22, 24]);
    expect(hours('2014-03-09')).toEqual([22, 23]);
    expect(hours('2014-03-10')).toEqual([21, 24]);
  });

  it('is to be named where days differ, and lies where a log can reach', () => {
    const { state } = createReplay(fxConfig());
    expect(() => tradingDayOf(state, FIRST)).toThrow('account: trading days differ');
    expect(() => tradingDayOf(state, FIRST, 'other')).toThrow('account: other; give --account');
    expect(() => tradingDayOf(state, '2024-05-02', 'fund-0')).toThrow('this log cannot hold it');
    expect(tradingDayOf(state, FIRST, 'fund-1')).toMatchObject({ timeZone: 'UTC' });
  });
});

describe('reconciling', () => {
  const world = twoDays();
  const { report, state } = reported(world, SECOND);
  const file = venueFile(world);
  const reconciled = (bytes: Uint8Array) => reconcileExecutions(state, report, bytes);
  const { execId, order } = report.executions[0]!;

  it('finds nothing between the log and what the venue sent', () => {
    expect(reconciled(file)).toEqual({ matched: 1, differences: [], garbage: 0 });
  });

  it('names an execution that the other side does not have', () => {
    const { differences } = reconciled(new Uint8Array());
    expect(differences).toMatchObject([{ execId, order, text: expect.stringContaining('not in') }]);
  });

  it('names one that nobody booked here, and one with another price', () => {
    const ours = { ...report, executions: [] };
    const { differences } = reconcileExecutions(state, ours, file);
    expect(differences).toMatchObject([{ execId, text: expect.stringContaining('not booked') }]);
    const planted = { ...report.executions[0]!, price: '1.00101' };
    const priced = reconcileExecutions(state, { ...report, executions: [planted] }, file);
    expect(priced.differences).toMatchObject([{ execId, text: /^price 1.00101 .* 1.00100 in/ }]);
  });
});

describe('the report of a day of a pair', () => {
  const world = tradingWorld();
  const { gateway } = world;
  gateway.claim(1, 'A', '');
  gateway.noteStandby('B');
  world.wait(SECOND_NS);
  gateway.noteStandby('');
  world.wait(DAY_NS);
  gateway.noteStandby('B');
  gateway.claim(2, 'B', 'ada');
  gateway.noteStandby('');
  // Too late: it and what is behind it is void.
  gateway.claim(1, 'A', '');
  gateway.noteStandby('C');
  const [first, second] = [FIRST, SECOND].map(day => reported(world, day).report.pair!);
  const { log } = world;
  const records = (kind: string) => [...log.keys()].filter(at => log[at]!.kind === kind);
  const claims = records('epoch-claim');
  const states = records('standby-state');

  it('has each takeover with its epoch and cause, or nobody could ask why', () => {
    expect(first!.claims).toMatchObject([{ epoch: 1, node: 'A', from: null, operator: null }]);
    const takeover = { record: claims[1], epoch: 2, node: 'B', from: 'A', operator: 'ada' };
    expect(second!.claims).toMatchObject([takeover]);
  });

  it('has when a node ran alone, or an order could have left that no other knew of', () => {
    const since = { record: states[1] };
    expect(first!.alone).toMatchObject([{ node: 'A', from: since, to: null }]);
    expect(second!.alone).toMatchObject([
      { node: 'A', from: null, to: { record: states[2] } },
      { node: 'B', from: { record: states[3] }, to: null },
    ]);
  });

  it('says nothing of it for a gateway alone, or reports of old logs would differ', () => {
    expect(reported(twoDays(), FIRST).report).not.toHaveProperty('pair');
  });
});
