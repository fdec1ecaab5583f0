/** Limits on how sure a forecast is, held against the forecasts of whole runs. */
import { describe, expect, it } from 'vitest';
import { createEvidence } from '#bench';
import { loadConfig, type RunSetting, runVirtual } from '#cli';
import { type GatewayEffects, parseDeskFile, type Signal } from '#gateway';
import type { Model } from '#law';
import { loadReferenceData, referenceInstrument, type Tick } from '#market';
import { encodeWeights, loadNgramPair, neuralModel } from '#models';
import { randomWeights } from '#native';
import { ORIGIN_NS, randomQuotes } from './made-up-lockstep.ts';

const PAIR = loadNgramPair();
/** Untrained: the target takes few of its tokens. */
const BAD_DRAFT = neuralModel(
  'gru',
  encodeWeights(
    randomWeights({ kind: 'gru', config: { d: 16, contextMoves: PAIR.draft.contextMoves } }, 22),
  ),
);
const QUOTES = randomQuotes(300);

type Seen = { signals: Signal[]; refusals: GatewayEffects['refusals']; sent: number };

/** A run on the virtual clock whose firm has this limit alone. */
async function run(
  draft: Model | undefined,
  limits: Record<string, number>,
  lockstep = false,
): Promise<Seen> {
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const deskFile = parseDeskFile({
    venues: [{ name: 'paper', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund' }],
    limits: { scopes: [{ scope: 'firm', limits }] },
  });
  const sizes = { branches: 4, trajectories: 3, moves: 3, parentSeconds: 10, slices: 5 };
  const setting: RunSetting = {
    config: loadConfig(lockstep ? { lockstep, ...sizes } : { speed: 'max', ...sizes }),
    ...{ originNs: ORIGIN_NS, instruments, target: PAIR.target, draft, deskFile },
  };
  const evidence = createEvidence({ instruments, moves: 3, parentDurationNs: 10e9 });
  const seen: Seen = { signals: [], refusals: [], sent: 0 };
  async function* ticks(): AsyncGenerator<Tick[]> {
    for (const quote of QUOTES) yield [quote];
  }
  await runVirtual(setting, ticks(), {
    ...{ journalEdge() {}, flushEdge() {}, onSent() {}, onVenueReceived() {} },
    journalGateway(event) {
      if (event.kind === 'signal') seen.signals.push(event.signal);
    },
    observer: {
      ...evidence,
      onGateway({ refusals, requests }) {
        seen.refusals.push(...refusals);
        seen.sent += requests.list.length;
      },
    },
  });
  return seen;
}

const ppmOf = ({ signals }: Seen) => signals.map(({ confidence }) => confidence!.acceptancePpm);

describe('acceptance', () => {
  const limits = { disagreementPpm: 600_000 };

  it('falls with a bad draft: its orders are refused by rule, value and limit', async () => {
    const bad = await run(BAD_DRAFT, limits);
    expect(ppmOf(bad).at(-1)).toBeLessThan(400_000);
    const { refusals } = bad;
    expect(refusals.length).toBeGreaterThan(5);
    expect(new Set(refusals.map(({ rule }) => rule))).toEqual(new Set(['disagreement']));
    for (const { scope, seen, allowed } of refusals) {
      expect({ scope, allowed }).toEqual({ scope: 'firm', allowed: 600_000 });
      expect(seen).toBeGreaterThan(600_000);
    }
  });

  it('is held against nobody with the draft that ships', async () => {
    const good = await run(PAIR.draft, limits);
    expect(ppmOf(good).at(-1)).toBeGreaterThan(400_000);
    expect(good.refusals).toEqual([]);
    expect(good.sent).toBeGreaterThan(5);
  });

  it('is all in lockstep, where no byte depends on a draft', async () => {
    const drafts = [BAD_DRAFT, PAIR.draft, undefined];
    const runs = await Promise.all(drafts.map(draft => run(draft, limits, true)));
    expect(new Set(ppmOf(runs[0]!))).toEqual(new Set([1_000_000]));
    expect(runs[0]!.sent).toBeGreaterThan(5);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });
});

it('an entropy above the limit is refused, in lockstep too: the target is unsure', async () => {
  const free = await run(PAIR.draft, {}, true);
  const entropies = free.signals
    .map(({ confidence }) => confidence!.entropyPpm)
    .sort((a, b) => a - b);
  const median = entropies[entropies.length >> 1]!;
  expect(entropies[0]).toBeLessThan(median);
  const held = await run(PAIR.draft, { entropyPpm: median }, true);
  expect(held.refusals.length).toBeGreaterThan(0);
  for (const { rule, seen, allowed } of held.refusals) {
    expect({ rule, allowed }).toEqual({ rule: 'entropy', allowed: median });
    expect(seen).toBeGreaterThan(median);
  }
  expect(held.sent).toBeLessThan(free.sent);
});
