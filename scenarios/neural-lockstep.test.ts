/** In lockstep a neural target keeps the law: market, seed and target decide each byte. */

import { describe, expect, it } from 'vitest';
import { lawDigests, loadConfig, type RunSetting, runReferenceOn } from '#cli';
import {
  createEdgeEffects,
  createEdgeEncoder,
  createEdgeState,
  type EdgeConfig,
  followForecast,
  readEdgeRecord,
  stepEdge,
} from '#edge';
import { ByteReader, DAY_NS } from '#engine';
import { loadReferenceData, type Quote, referenceInstrument } from '#market';
import { encodeWeights, loadPair, neuralModel } from '#models';
import { type Kernels, loadedKernels, randomWeights, twinKernels } from '#native';
import { lockstep, ORIGIN_NS, randomQuotes } from './made-up-lockstep.ts';

const CONTEXT = 10;
const TARGET = { d: 32, layers: 2, heads: 2, window: 5, contextMoves: CONTEXT, feedForward: 64 };
const DRAFT = { d: 16, contextMoves: CONTEXT };
/** A target and a draft that take so many side inputs. */
const filesOf = (sideInputs?: number) => ({
  target: encodeWeights(randomWeights({ kind: 'window', config: { ...TARGET, sideInputs } }, 21)),
  draft: encodeWeights(randomWeights({ kind: 'gru', config: { ...DRAFT, sideInputs } }, 22)),
});
const FILES = filesOf();
const SIDE_FILES = filesOf(7);
const TIME_MS = 600_000;
const isAbsent = loadedKernels.kind === 'twin';

type Options = {
  kernels: Kernels;
  threads?: number;
  config?: Record<string, unknown>;
  draft?: 'neural' | 'ngram' | 'none';
  files?: typeof FILES;
};

describe('over 200 moves', () => {
  const quotes = randomQuotes(260);
  const twin = settingOf({ kernels: twinKernels });
  const expected = lawDigests(runReferenceOn(twin, quotes));

  it('the reference sees moves, sends orders, and starts anew with the session', () => {
    const { forecasts, outbound } = runReferenceOn(twin, quotes);
    expect(forecasts.length).toBeGreaterThan(150);
    expect(outbound.length).toBeGreaterThan(10);
    const isBefore = ({ exchangeTimeNs }: Quote) => exchangeTimeNs < DAY_NS / 2;
    const after = quotes.filter(quote => !isBefore(quote));
    const apart = [quotes.filter(isBefore), after].map(part => runReferenceOn(twin, part));
    const counts = apart.map(run => run.forecasts.length);
    expect(Math.min(...counts)).toBeGreaterThan(50);
    expect(counts[0]! + counts[1]!).toBe(forecasts.length);
  });

  it('the twin as target gives what the reference gives, or it left the law', async () => {
    expect(await lockstep(twin, quotes)).toEqual(expected);
  });

  describe.skipIf(isAbsent)('the addon as target gives the same (needs the Rust addon)', () => {
    it.each<[string, Omit<Options, 'kernels'>]>([
      ['on one thread', {}],
      ['on three threads', { threads: 3 }],
      ['without a draft', { draft: 'none' }],
      ['with a draft of n-grams', { draft: 'ngram' }],
      ['with no branches packed together', { config: { batch: 1, branches: 5 } }],
      ['with one branch', { config: { branches: 1 } }],
    ])('%s', async (_, options) => {
      const setting = settingOf({ kernels: loadedKernels.kernels, ...options });
      expect(await lockstep(setting, quotes)).toEqual(expected);
    });
  });

  it('another seed gives other forecasts', async () => {
    const other = await lockstep(settingOf({ kernels: twinKernels, config: { seed: 2 } }), quotes);
    expect(other.forecasts).not.toBe(expected.forecasts);
  });
});

it.skipIf(isAbsent)(
  'over 20,000 moves the product gives what the reference gives with the addon as target ' +
    '(needs the Rust addon)',
  async () => {
    const quotes = randomQuotes(25_000);
    const config = { trajectories: 2, moves: 2, branches: 2 };
    const setting = settingOf({ kernels: loadedKernels.kernels, config });
    const reference = runReferenceOn(setting, quotes);
    expect(reference.forecasts.length).toBeGreaterThan(20_000);
    expect(await lockstep(setting, quotes)).toEqual(lawDigests(reference));
  },
  TIME_MS,
);

describe('under side inputs that change each second', () => {
  const quotes = randomQuotes(300);
  const side = (options: Partial<Options> = {}) =>
    settingOf({ kernels: twinKernels, files: SIDE_FILES, ...options });

  it('branches, batch, draft and kernel change no byte', async () => {
    let versions = 0;
    const expected = await lockstep(side(), quotes, {
      journalEdge({ kind }) {
        if (kind === 'side-inputs') versions++;
      },
    });
    expect(versions).toBeGreaterThan(100);
    const { kernels } = loadedKernels;
    for (const options of [
      { kernels, threads: 3 },
      { kernels, config: { batch: 1, branches: 1 } },
      { kernels, draft: 'none' },
      { kernels, draft: 'ngram', config: { branches: 9 } },
    ] as const) {
      expect(await lockstep(side(options), quotes)).toEqual(expected);
    }
    const without = await lockstep(settingOf({ kernels: twinKernels }), quotes);
    expect(without.forecasts).not.toBe(expected.forecasts);
  });

  it('the log gives the same signals again', async () => {
    const encode = createEdgeEncoder();
    const log: Uint8Array[] = [];
    const signals: unknown[] = [];
    const { kernels } = loadedKernels;
    const setting = side({ kernels, config: { policy: 'follow-forecast', holdMs: 0 } });
    await lockstep(setting, quotes, {
      journalEdge: event => log.push(encode(event).slice()),
      journalGateway(event) {
        if (event.kind === 'signal') signals.push(structuredClone(event.signal));
      },
    });
    expect(signals.length).toBeGreaterThan(5);
    expect(replay(setting, log)).toEqual(signals);
  });
});

/** The signals that the records of an edge's log give. */
function replay({ config, originNs, instruments, target }: RunSetting, log: readonly Uint8Array[]) {
  const { seed, trajectories: paths, moves } = config;
  const edgeConfig: EdgeConfig = {
    ...{ originNs, instruments, contextMoves: target.contextMoves, moves, holdNs: 0 },
    identity: { modelHash: target.hash, kernel: target.kernel, seed, paths, moves },
    policy: followForecast({
      positionLots: config.parentLots,
      leanSpreadPercent: config.waitSpreadPercent,
    }),
  };
  const state = createEdgeState(edgeConfig);
  const effects = createEdgeEffects();
  const reader = new ByteReader();
  for (const bytes of log) {
    reader.reset(bytes);
    const record = readEdgeRecord(reader);
    if (record.kind !== 'start') stepEdge(state, record, effects);
  }
  return effects.signals;
}

/** A run of two instruments with small, random models. */
function settingOf(options: Options): RunSetting {
  const { kernels, threads = 1, config, draft = 'neural', files = FILES } = options;
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const sizes = { branches: 4, trajectories: 3, moves: 3, parentSeconds: 10, slices: 5 };
  const drafts = {
    neural: () => neuralModel('draft', files.draft, { kernels }),
    ngram: () => loadPair('ngram').draft,
    none: () => undefined,
  };
  return {
    config: loadConfig({ lockstep: true, ...sizes, ...config }),
    originNs: ORIGIN_NS,
    instruments,
    target: neuralModel('target', files.target, { kernels, threads }),
    draft: drafts[draft](),
  };
}
