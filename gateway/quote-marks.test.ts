/** Quotes between signals and limits of loss: without them a position could sink unnoticed. */
import { expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { withZones } from './config-zones.ts';
import { deskTerms, parseDeskFile } from './desk-file/desk-file.ts';
import { createGatewayEffects } from './effects.ts';
import { createReplay } from './gateway.ts';
import { CONFIG, paperWorld } from './paper-world.ts';
import type { GatewayConfig } from './state.ts';

const DESK = parseDeskFile({
  venues: [{ name: 'north', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
  strategies: [{ name: 'alpha', account: 'fund' }],
  accounts: [{ name: 'fund' }],
  currencies: { fixedRates: { 'USDT/USD': '1' } },
  limits: { scopes: [{ scope: 'strategy:alpha', limits: { dailyLoss: { hard: 10 } } }] },
});
const configOf = (stepVersion: number): GatewayConfig =>
  withZones({ ...CONFIG, ...deskTerms(DESK), stepVersion }, undefined);

/** Two lots bought at 1.00010, then quotes that no signal follows. */
function alertsOn(stepVersion: number, bids: number[], venue?: number) {
  const config = configOf(stepVersion);
  const world = paperWorld(config);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 2 });
  world.wait(SECOND_NS);
  world.signal({ desiredLots: 2 });
  expect(world.gateway.state.desks[0]!.holding.positionLots).toBe(2);
  const replay = createReplay(config);
  const effects = createGatewayEffects();
  for (const event of world.log) replay.step(event, effects);
  const before = effects.alerts.length;
  for (const bidIncrements of bids) {
    const { nowNs: timeNs } = replay.state;
    const shown = { bidLots: 0, askLots: 0, tradedLots: 0, tickTimeNs: timeNs };
    const quote = { instrument: 0, venue, bidIncrements, askIncrements: bidIncrements + 10 };
    replay.step({ kind: 'quote', timeNs, quote: { ...quote, ...shown } }, effects);
  }
  return effects.alerts.slice(before);
}

const LOST = { level: 'hard', rule: 'daily-loss', scope: 'strategy:alpha', allowed: 10 };

it('says at once, and once, that a limit of loss is reached', () => {
  expect(alertsOn(3, [99_900])).toEqual([]);
  expect(alertsOn(3, [99_000, 98_900]).filter(({ level }) => level === 'hard')).toMatchObject([
    LOST,
  ]);
});

it('goes by the feed alone: what one venue shows is no mark', () => {
  expect(alertsOn(3, [99_000], 0)).toEqual([]);
});

it('is silent under version 2, as its logs have it', () => {
  expect(alertsOn(2, [99_000])).toEqual([]);
});
