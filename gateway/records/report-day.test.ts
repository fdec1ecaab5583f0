/** A day's report against what the world saw: without it, the desk would sign for other figures. */
import { describe, expect, it } from 'vitest';
import { DAY_NS, SECOND_NS } from '#engine';
import { chainOf } from '../chain/output-chain.ts';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, type PaperWorld, tradingWorld } from '../paper-world.ts';
import { createGatewayEncoder } from '../record.ts';
import type { GatewayState } from '../state.ts';
import type { DayReport } from './day-report.ts';
import { reconcileExecutions } from './reconcile-executions.ts';
import { reportDay } from './report-day.ts';

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

function reported(world: PaperWorld, day: string): { report: DayReport; state: GatewayState } {
  const replay = createReplay(CONFIG);
  const reporter = reportDay(replay.state, day);
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
    const ours = { day: SECOND, executions: [] };
    const { differences } = reconcileExecutions(state, ours, file);
    expect(differences).toMatchObject([{ execId, text: expect.stringContaining('not booked') }]);
    const planted = { ...report.executions[0]!, price: '1.00101' };
    const priced = reconcileExecutions(state, { day: SECOND, executions: [planted] }, file);
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
