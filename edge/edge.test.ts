/** An edge on a link that delays, loses, refuses, restarts: what it verifies, how it counts. */

import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type VirtualTime, virtualTime } from '#engine';
import { type Context, forecastIdentity, forecastText, type Model } from '#law';
import { loadReferenceData, type Quote, referenceInstrument } from '#market';
import { afresh, encodeWeights, loadNgramPair, neuralModel } from '#models';
import { type NeuralShape, randomWeights } from '#native';
import * as reference from '#reference';
import { createVerifierSession } from '#verifier';
import type { Answer, Speculation, VerifierTerms } from '#verifier/protocol';
import { workParent } from './decide/work-parent.ts';
import { createEdge, type Edge, type EdgeOptions, type EdgePorts } from './edge.ts';
import { createEdgeEffects } from './effects.ts';
import type { EdgeEvent } from './event.ts';
import { noEdgeLatency } from './latency.ts';
import { createEdgeState, type EdgeState } from './state.ts';
import { stepEdge } from './step.ts';
import { drafterAfter } from './testing/delayed-drafter.ts';
import { type Fate, type Life, life } from './testing/life.ts';

const MS = 1e6;

const INSTRUMENT = referenceInstrument(loadReferenceData(), {
  symbol: 'EURUSD',
  date: '2014-05-02',
})!;
const SIZE = { paths: 2, moves: 2, branches: 3 };
const SEED = 5;

type Models = { target: Model; draft: Model };

const identityOf = ({ hash: modelHash, kernel }: Model) => {
  return { modelHash, kernel, seed: SEED, paths: SIZE.paths, moves: SIZE.moves };
};

const termsOf = ({ target, draft }: Models): VerifierTerms => ({
  ...{ ...identityOf(target), draftHash: draft.hash, contextMoves: target.contextMoves },
  ...{ sideInputs: target.sideInputs, branchesMax: SIZE.branches, symbols: [INSTRUMENT.symbol] },
});

const MODELS: Models = loadNgramPair();

const randomModel = (shape: NeuralShape) =>
  neuralModel(shape.kind, encodeWeights(randomWeights(shape, 7)));
const SIDE_MODELS: Models = {
  target: randomModel({
    kind: 'window',
    config: {
      ...{ d: 16, layers: 1, heads: 1, window: 3, contextMoves: 8, feedForward: 16 },
      sideInputs: 1,
    },
  }),
  draft: randomModel({ kind: 'gru', config: { d: 16, contextMoves: 8, sideInputs: 1 } }),
};

it("decides as verified on the law's forecast of the present context and on no other", () => {
  fc.assert(
    fc.property(life, given => {
      const { edge, run } = edgeIn(MODELS, given, {
        onSettled({ forecastId, forecast }) {
          const expected = lawForecast(MODELS.target, edge.state.instruments[0]!.context);
          expect(forecastText(forecastId, forecast)).toBe(expected);
        },
        onDecision({ verified, forecastId }) {
          if (given.isLockstep) expect(verified).toBe(true);
          const current = edge.state.instruments[0]!.forecast;
          expect(forecastId()).toBe(current?.forecastId());
        },
      });
      run();
    }),
    { numRuns: 60 },
  );
});

it('counts every move once: hit, verified later, late, overtaken, awaited or not ready', () => {
  let totals = { hits: 0, verifiedLater: 0, late: 0, overtaken: 0, epochs: 0 };
  fc.assert(
    fc.property(life, given => {
      const { edge, run } = edgeIn(MODELS, given, {});
      const { moves, notReady } = run();
      const { counts, instruments } = edge.state;
      const awaited = instruments[0]!.awaits === undefined ? 0 : 1;
      expect(counts.moves).toBe(moves);
      const { hits, verifiedLater, late, overtaken } = counts;
      expect(hits + verifiedLater + late + overtaken + awaited + notReady).toBe(moves);
      totals = {
        hits: totals.hits + hits,
        verifiedLater: totals.verifiedLater + verifiedLater,
        late: totals.late + late,
        overtaken: totals.overtaken + overtaken,
        epochs: totals.epochs + counts.epochs,
      };
    }),
    { numRuns: 60 },
  );
  // Each way of counting was seen, or the sum would prove little.
  for (const total of Object.values(totals)) expect(total).toBeGreaterThan(0);
});

it('replays its journal to the same state, or a recorded run could not be audited', () => {
  fc.assert(
    fc.property(life, given => {
      const journal: EdgeEvent[] = [];
      const { edge, run, options } = edgeIn(MODELS, given, {
        journal: event => journal.push(structuredClone(event)),
      });
      run();
      const replayed = createEdgeState({ ...options.config, policy: policy() });
      const effects = createEdgeEffects();
      for (const event of journal) stepEdge(replayed, event, effects);
      expect(replayed.counts).toEqual(edge.state.counts);
      expect(named(replayed)).toEqual(named(edge.state));
    }),
    { numRuns: 30 },
  );
});

describe('under side inputs that change', () => {
  it("decides as verified on the law's forecast under the context's own version", () => {
    const seen = { hits: 0, verifiedLater: 0, sideInputVersions: 0, frozenWhileStanding: 0 };
    fc.assert(
      fc.property(life, given => {
        const { edge, run } = edgeIn(SIDE_MODELS, given, {
          onSettled({ forecastId, forecast }) {
            const { context } = edge.state.instruments[0]!;
            expect(forecastText(forecastId, forecast)).toBe(
              lawForecast(SIDE_MODELS.target, context),
            );
          },
          journal(event) {
            const stands = edge.state.instruments[0]?.forecast?.basis === 'verified';
            if (event.kind === 'side-inputs' && stands) seen.frozenWhileStanding++;
          },
        });
        run();
        const { counts } = edge.state;
        for (const name of ['hits', 'verifiedLater', 'sideInputVersions'] as const) {
          seen[name] += counts[name];
        }
      }),
      { numRuns: 60 },
    );
    // Versions came and moves were hit all the same, or the property would prove little.
    for (const total of Object.values(seen)) expect(total).toBeGreaterThan(20);
  });

  it('replays versions that change in the middle to the same state', () => {
    fc.assert(
      fc.property(life, given => {
        const journal: EdgeEvent[] = [];
        const { edge, run, options } = edgeIn(SIDE_MODELS, given, {
          journal: event => journal.push(structuredClone(event)),
        });
        run();
        const replayed = createEdgeState({ ...options.config, policy: policy() });
        for (const event of journal) stepEdge(replayed, event, createEdgeEffects());
        expect(replayed.counts).toEqual(edge.state.counts);
        const [expected, found] = [edge.state, replayed].map(({ instruments }) => instruments[0]!);
        expect(found!.context).toEqual(expected!.context);
        expect(found!.asked).toEqual(expected!.asked);
        expect(found!.forecast?.forecastId()).toBe(expected!.forecast?.forecastId());
      }),
      { numRuns: 30 },
    );
  });
});

it('proposes the draft’s forecast of the present context and no other, wherever it drafts', () => {
  let [proposed, elsewhere, dropped] = [0, 0, 0];
  fc.assert(
    fc.property(life, drawn => {
      const given = { ...drawn, hasDraft: true, isLockstep: false };
      let begun = 0;
      const before = proposed;
      const { edge, run } = edgeIn(MODELS, given, {
        journal(event) {
          if (event.kind !== 'forecast' || event.basis !== 'provisional') return;
          proposed++;
          const { context, forecast } = edge.state.instruments[0]!;
          expect(forecast, 'a verified forecast stays').toBeUndefined();
          expect(forecastText('', event.forecast)).toBe(textOf(MODELS.draft!, context));
        },
        onBegun: () => begun++,
      });
      run();
      const taken = proposed - before;
      if (begun > 0) elsewhere += taken;
      dropped += Math.max(0, begun - taken);
    }),
    { numRuns: 40 },
  );
  for (const total of [proposed, elsewhere, dropped]) expect(total).toBeGreaterThan(0);
});

it('drafting elsewhere at once is drafting here', () => {
  fc.assert(
    fc.property(life, drawn => {
      const journals = [undefined, 0].map(draftDelayMs => {
        const journal: EdgeEvent[] = [];
        const given = { ...drawn, hasDraft: true, isLockstep: false, draftDelayMs };
        edgeIn(MODELS, given, { journal: event => journal.push(structuredClone(event)) }).run();
        return journal;
      });
      expect(journals[1]).toEqual(journals[0]);
    }),
    { numRuns: 30 },
  );
});

it('asks for the present alone where the drafter drafts no more', () => {
  const asked: boolean[] = [];
  const steps = [1, 1, -1].map(mid => ({ afterMs: 50, mids: [mid], gap: false, side: undefined }));
  const given = {
    ...{ steps, fates: [], isLockstep: false },
    ...{ hasDraft: true, contextsPerRequest: 6, draftDelayMs: 0 },
  };
  const { edge, run } = edgeIn(MODELS, given, {
    drafter: { begin: () => false },
    journal(event) {
      if (event.kind !== 'asked') return;
      expect(event.branches).toHaveLength(0);
      asked.push(event.wantsPresent);
    },
  });
  run();
  expect(asked.length).toBeGreaterThan(3);
  expect(asked).not.toContain(false);
  expect(edge.state.counts.verifiedLater).toBeGreaterThan(3);
});

/** What a state knows, its forecast by name. */
const named = ({ instruments }: EdgeState) =>
  instruments.map(({ forecast, ...known }) => ({
    ...known,
    forecast: forecast && { ...forecast, forecastId: forecast.forecastId() },
  }));

const policy = () =>
  workParent({
    ...{ parentLots: 50, parentDurationNs: 1e9, slices: 5 },
    ...{ crossAfterPercent: 75, waitSpreadPercent: 25 },
  });

function edgeIn(models: Models, given: Life, ports: Partial<EdgePorts> & { onBegun?(): void }) {
  const { target, draft } = models;
  const time = virtualTime(0);
  const fates = given.fates.values();
  let session = newSession();
  const answer = (delayMs: number, answered: Answer) =>
    time.at(time.nowNs() + delayMs * MS, () => edge.onAnswer(answered));
  const refuse = (requestId: number, reason: 'expired' | 'overloaded' | 'resync') =>
    answer(5, { kind: 'refusal', refusal: { requestId, reason, detail: '' } });

  const send = (request: Speculation) => {
    const next = fates.next();
    const become: Fate = next.done ? { delayMs: 3 } : next.value;
    if (become.isDown) return false;
    if (become.restarts) session = newSession();
    const updated = session.update(request);
    if (become.linkDrops) {
      session = newSession();
      time.at(time.nowNs() + MS, () => edge.onLinkLost());
    } else if (updated === 'resync') {
      refuse(request.requestId, 'resync');
    } else if (become.refuse !== undefined) {
      refuse(request.requestId, become.refuse);
    } else if (become.delayMs !== undefined) {
      answer(become.delayMs, { kind: 'verdict', verdict: session.settle(request) });
    }
    return true;
  };

  const isElsewhere = given.hasDraft && !given.isLockstep && given.draftDelayMs !== undefined;
  const drafter = drafterAfter(
    (given.draftDelayMs ?? 0) * MS,
    { draft: draft!, seed: SEED, size: SIZE },
    {
      ...{ time, onBegun: ports.onBegun ?? (() => {}) },
      onDrafted: drafted => edge.onDrafted(drafted),
    },
  );
  const options = optionsOf(models, given, isElsewhere);
  const edge = createEdge(options, {
    ...{ clock: time, timers: time, link: { state: 'up', send }, latency: noEdgeLatency },
    ...{ journal() {}, flush() {}, onSignal() {}, onDecision() {}, onSettled() {} },
    drafter: isElsewhere ? drafter : undefined,
    ...ports,
  });
  const run = () => walk(given, { target, time, edge });
  return { edge, run, options };

  function newSession() {
    const terms = termsOf(models);
    return createVerifierSession({
      ...{ ...models, terms, contextsPerPass: 2, clock: time, isLazy: false },
    });
  }
}

function optionsOf({ target, draft }: Models, given: Life, isElsewhere: boolean): EdgeOptions {
  return {
    config: {
      ...{ originNs: 0n, instruments: [INSTRUMENT], contextMoves: target.contextMoves },
      ...{ moves: SIZE.moves, policy: policy(), holdNs: 0 },
      identity: identityOf(target),
    },
    size: SIZE,
    draft: given.hasDraft && !isElsewhere ? draft : undefined,
    deadlineNs: 60 * MS,
    contextsPerRequest: given.contextsPerRequest,
    breaker: { outstandingMax: 4, missesMax: 3 },
    isLockstep: given.isLockstep,
  };
}

/** Plays the steps; the moves there were, and those before which C were not yet known. */
function walk(
  { steps }: Life,
  { target, time, edge }: { target: Model; time: VirtualTime; edge: Edge },
): { moves: number; notReady: number } {
  let mid = 2_000;
  let ofEpoch: number | undefined;
  let moves = 0;
  let notReady = 0;
  // Enough moves to be ready at first, so that gaps and fates have something to void.
  const settle = Array.from({ length: 20 }, (_, at) => ({
    ...{ afterMs: 50, mids: [at % 3 === 0 ? -1 : 1], gap: false },
    side: undefined,
  }));
  for (const { afterMs, mids: changes, gap, side } of [...settle, ...steps]) {
    time.advanceTo(time.nowNs() + afterMs * MS);
    if (gap) {
      edge.onGap(0);
      ofEpoch = undefined;
    }
    const quotes = changes.map((change): Quote => {
      mid += change;
      if (ofEpoch === undefined) ofEpoch = 0;
      else if (change !== 0) {
        moves++;
        ofEpoch++;
        if (ofEpoch < target.contextMoves) notReady++;
      }
      return {
        ...{ kind: 'quote', instrument: 0, exchangeTimeNs: time.nowNs() },
        ...{ bidIncrements: mid, askIncrements: 10 },
      };
    });
    edge.onTicks(quotes, time.nowNs());
    edge.publish();
    if (side === undefined || target.sideInputs === 0) continue;
    edge.onSideInputs(0, Int16Array.of(side));
  }
  time.advanceTo(time.nowNs());
  return { moves, notReady };
}

/** The settled forecast of a context, as the reference gives it. */
function lawForecast(target: Model, context: Context): string {
  return textOf(target, context, forecastIdentity(context, identityOf(target)));
}

/** The forecast of a model as the reference gives it, under this id. */
function textOf(model: Model, context: Context, id = ''): string {
  const { symbol, epoch, moveIndex, scale, tokens, codes, sideInputs } = context;
  const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
  const now = { ...reference.firstContext(symbol), epoch, moveIndex, scale, pairs };
  const words = hash('sha256', reference.noiseText(now, SEED), 'buffer');
  const key = [words.readUInt32LE(0), words.readUInt32LE(4)] as const;
  const forecast = reference.settledForecast(afresh(model, sideInputs), now, { key, ...SIZE });
  return reference.forecastText(id, forecast);
}
