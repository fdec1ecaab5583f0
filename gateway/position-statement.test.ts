/** Statements of others: without them a position that is not ours would be traded on for days. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, replayedBytes } from './paper-world.ts';

const desk = (limits: object) =>
  parseDeskFile({
    venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
    strategies: ['alpha', 'beta'].map(name => ({ name, account: 'fund' })),
    accounts: [{ name: 'fund' }],
    limits: { scopes: [{ scope: 'instrument:EURUSD', limits }] },
  });
const configOf = (limits: object) =>
  withZones({ ...CONFIG, ...deskTerms(desk(limits)) }, undefined);

/** Two lots of alpha's, one of beta's. */
function holding(limits: object = { reconciliationLots: 1 }): PaperWorld {
  const world = paperWorld(configOf(limits));
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ strategy: 0, desiredLots: 2 });
  world.signal({ strategy: 1, desiredLots: 1 });
  world.wait(SECOND_NS);
  return world;
}

function outcomeOf(world: PaperWorld, statement: unknown) {
  const text = typeof statement === 'string' ? statement : JSON.stringify(statement);
  world.gateway.onStatement(Buffer.from(text));
  world.wait(SECOND_NS);
  return world.effects.findLast(({ outcomes }) => outcomes.length > 0)!.outcomes[0]!;
}

const fund = (lots: number, instrument = 'EURUSD') => ({ account: 'fund', instrument, lots });
const stated = (...positions: object[]) => ({ source: 'clearing', positions });
const alertsIn = ({ effects }: PaperWorld) => effects.flatMap(({ alerts }) => alerts);
const heldIn = ({ tally }: PaperWorld) => tally.positionLots[0];

it('that says what we hold, all strategies of the account together, changes nothing', () => {
  const world = holding();
  expect(outcomeOf(world, stated(fund(3)))).toEqual({
    ...{ status: 'applied', operator: 'clearing' },
    text: '2 positions of clearing compared, 0 differ',
  });
  expect(alertsIn(world)).toEqual([]);
  world.signal({ desiredLots: 3 });
  world.wait(SECOND_NS);
  expect(heldIn(world)).toBe(4);
});

it('that differs beyond the tolerance lets the position only shrink', () => {
  const world = holding();
  world.signal({ desiredLots: 5, style: 'join', limitIncrements: 99_990 });
  world.wait(SECOND_NS);
  expect(world.tally.open.size).toBe(1);
  const { status, text } = outcomeOf(world, stated(fund(5)));
  expect(status).toBe('differs');
  expect(text).toBe('2 positions of clearing compared, 1 differ; fund EURUSD: ours 3, theirs 5');
  expect(alertsIn(world)).toContainEqual({
    ...{ level: 'hard', rule: 'reconciliation', scope: 'instrument:EURUSD', seen: 2, allowed: 1 },
  });
  expect(world.tally.open.size).toBe(0);
  world.signal({ desiredLots: 4 });
  world.wait(SECOND_NS);
  expect(heldIn(world)).toBe(3);
  expect(world.effects.flatMap(({ refusals }) => refusals).at(-1)).toMatchObject({
    rule: 'reducing',
    scope: 'instrument:EURUSD',
  });
  world.signal({ desiredLots: 0, limitIncrements: 100_000 });
  world.wait(SECOND_NS);
  expect(heldIn(world)).toBe(1);
  const replay = createReplay(configOf({ reconciliationLots: 1 }));
  expect(replayedBytes(replay, world.log)).toEqual(Buffer.concat(world.sent));
});

it('within the tolerance, or without one, is told and trips nothing', () => {
  for (const limits of [{ reconciliationLots: 1 }, {}]) {
    const world = holding(limits);
    expect(outcomeOf(world, stated(fund(4))).status).toBe('differs');
    expect(alertsIn(world)).toEqual([]);
  }
});

it('says flat of what it leaves out of an account that it names', () => {
  const { text } = outcomeOf(holding(), stated(fund(0, 'BTCUSDT')));
  expect(text).toContain('fund EURUSD: ours 3, theirs 0');
});

it.each([
  ['no JSON', '{', 'the statement is no JSON'],
  ['no statement', {}, 'the statement: source: '],
  ['a strange account', stated({ ...fund(1), account: 'x' }), 'account x: not of this gateway; it'],
  ['a strange instrument', stated(fund(1, 'GC')), 'instrument GC: not of this gateway; it has EUR'],
  ['a line twice', stated(fund(1), fund(2)), 'fund EURUSD stands twice'],
  ['half a lot', stated(fund(0.5)), 'the statement: positions.0.lots: '],
])('with %s is refused, and nothing is held against it', (_, statement, reason) => {
  const world = holding();
  const { status, text } = outcomeOf(world, statement);
  expect(status).toBe('refused');
  expect(text).toContain(reason);
  expect(alertsIn(world)).toEqual([]);
});
