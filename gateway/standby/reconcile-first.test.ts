/** A takeover asks each venue first: an order on top of one unknown could double a position. */
import { expect, it } from 'vitest';
import { clearGatewayEffects, createGatewayEffects } from '../effects.ts';
import type { ExecutionPolicy } from '../execution/policy.ts';
import { venuesConfig, venuesWorld } from '../execution/venues-world.ts';
import { createReplay } from '../gateway.ts';
import type { GatewayConfig } from '../state.ts';
import { NEWEST_STEP_VERSION } from '../step-version.ts';

const MS = 1_000_000;
const NEW_OR_CHANGED = /\|35=[DG]\|/;
const ASKED = /\|35=(H|AF)\|/;
const shown = (bytes: Uint8Array) =>
  Buffer.from(bytes).toString('latin1').replaceAll('\u0001', '|');
/** The last of a list, or the one report that says there is none. */
const WHOLE = /\|(912=Y|39=8)\|/;

/** Children rest at two venues; another node takes over, and wishes go on while it logs on. */
function takenOver(config: GatewayConfig) {
  const world = venuesWorld(config);
  const wish = (desiredLots: number) => {
    const prices = { bidIncrements: 100_000, askIncrements: 100_002, limitIncrements: 100_010 };
    world.signal({ desiredLots, style: 'join', ...prices });
  };
  // Now the one and now the other venue is the better: orders are for both.
  const quote = (turn: number) => {
    for (const venue of [0, 1]) world.quote(venue, 100_000 + ((turn + venue) % 2));
  };
  for (const venue of [0, 1]) world.connect(venue);
  world.wait(5 * MS);
  for (let turn = 0; turn < 4; turn++) {
    quote(turn);
    wish(4 + turn);
    world.wait(50 * MS);
  }
  for (const venue of [0, 1]) world.cut(venue);
  const claimed = world.log.length;
  world.gateway.claim(2, 'B', '');
  world.gateway.noteStandby('');
  world.connect(0);
  for (let turn = 0; turn < 500; turn++) {
    if (turn === 250) world.connect(1);
    if (turn % 10 === 0) quote(turn / 10);
    wish(4 + (turn % 7));
    world.wait(MS / 2);
  }
  world.wait(500 * MS);
  return { log: world.log, claimed };
}

type Taken = ReturnType<typeof takenOver>;

/** By venue: records after the claim at which it was asked, told all, and got something new. */
function momentsOf({ log, claimed }: Taken, config: GatewayConfig) {
  const replay = createReplay(config);
  const effects = createGatewayEffects();
  const moments = config.venues.map(() => ({ asked: -1, told: -1, sentNew: -1 }));
  for (const [at, event] of log.entries()) {
    replay.step(event, effects);
    if (at > claimed) {
      const { list, venues } = effects.outbound;
      for (const [index, bytes] of list.entries()) {
        const moment = moments[venues[index]!]!;
        const text = shown(bytes);
        if (moment.asked < 0 && ASKED.test(text)) moment.asked = at;
        const isNew = NEW_OR_CHANGED.test(text) && !text.includes('|43=Y|');
        if (moment.sentNew < 0 && isNew) moment.sentNew = at;
      }
      if (event.kind === 'inbound') {
        const moment = moments[event.venue]!;
        const isWhole = WHOLE.test(shown(event.bytes));
        if (moment.told < 0 && isWhole) moment.told = at;
      }
    }
    clearGatewayEffects(effects);
  }
  return moments;
}

const POLICY: ExecutionPolicy = {
  ...{ minimumChangeLots: 1, minimumChangeIncrements: 1, holdOffNs: MS },
  ...{ quoteIntervalNs: 100 * MS, slicing: undefined },
  peg: { offsetIncrements: 0, stepIncrements: 1, intervalNs: MS },
  router: {
    ...{ quoteAgeNs: 5_000 * MS, missPerMillion: 0, latencyPerMillion: 0 },
    ...{ halfLifeNs: 60_000 * MS, switchPerMillion: 0 },
  },
};

const config = (stepVersion: number): GatewayConfig => ({
  ...venuesConfig(POLICY, [{ hasMassStatus: true }, { hasMassStatus: true }]),
  stepVersion,
});

it('sends nothing new to a venue before that has told all that it has open', () => {
  const terms = config(NEWEST_STEP_VERSION);
  const moments = momentsOf(takenOver(terms), terms);
  for (const { asked, told, sentNew } of moments) {
    expect(asked).toBeGreaterThan(0);
    expect(told).toBeGreaterThan(asked);
    expect(sentNew).toBeGreaterThanOrEqual(told);
  }
  expect(moments.every(({ sentNew }) => sentNew > 0)).toBe(true);
});

it('would be seen where it did not wait, as rules of before do', () => {
  const terms = config(2);
  const moments = momentsOf(takenOver(terms), terms);
  expect(moments.some(({ told, sentNew }) => sentNew > 0 && sentNew < told)).toBe(true);
});
