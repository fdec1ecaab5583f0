/** Ticks to moves: batches, epochs, quotes that leave the mid alone, and what counts as a hit. */

import { beforeEach, describe, expect, it } from 'vitest';
import { forecastInts } from '#law';
import { loadReferenceData, type Quote, referenceInstrument, type Tick } from '#market';
import { followForecast } from './decide/follow-forecast.ts';
import { createEdgeEffects, type EdgeEffects } from './effects.ts';
import { createEdgeState, type EdgeState } from './state.ts';
import { stepEdge } from './step.ts';

const C = 2;
const HOUR_NS = 3600e9;
let state: EdgeState;
let timeNs: number;
let requestId: number;

beforeEach(() => {
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const policy = followForecast({ positionLots: 5, leanSpreadPercent: 10 });
  const identity = {
    modelHash: 'm',
    kernel: 'k',
    seed: 1,
    paths: 1,
    moves: 1,
  };
  const size = { contextMoves: C, moves: 1 };
  const config = { originNs: 0n, instruments, ...size, identity, policy, holdNs: 0 };
  state = createEdgeState(config);
  timeNs = 0;
  requestId = 0;
});

describe('a batch', () => {
  it('is one decision at its last quote, or a burst would be decided on while it passes', () => {
    makeReady();
    settle();
    const effects = feed(quote(0, 106), trade(0), quote(0, 106), quote(0, 106, { halfSpread: 2 }));
    expect(effects.decisions).toHaveLength(1);
    expect(effects.decisions[0]!.wish.midLowHalfIncrements).toBe(106 - 1);
    expect(effects.decisions[0]!.wish.limitIncrements).toBe(106 / 2 - 2);
  });

  it('gives each instrument its own decision and move', () => {
    makeReady();
    settle();
    const effects = feed(quote(1, 7), quote(0, 106), quote(1, 8));
    expect(effects.decisions.map(({ instrument }) => instrument)).toEqual([0]);
    expect(effects.moved).toEqual([]);
    expect(state.instruments[1]!.context.moveIndex).toBe(1);
  });

  it('of two moves wants one forecast, of the context after both', () => {
    makeReady();
    const effects = feed(quote(0, 108), quote(0, 104));
    expect(effects.moved).toEqual([0]);
    expect(state.instruments[0]!.context.moveIndex).toBe(4);
    expect(state.instruments[0]!.awaits).toBe(4);
    expect(state.counts).toMatchObject({ moves: 4, overtaken: 2, hits: 0 });
  });

  it('takes the branch of the last move alone, and counts each move once', () => {
    makeReady();
    settle();
    const effects = feed(quote(0, 108), quote(0, 110));
    // The hit itself is past before it can be decided on.
    expect(state.counts).toMatchObject({ moves: 4, hits: 1, overtaken: 0, verifiedLater: 1 });
    expect(effects.takes).toEqual([]);
    expect(state.instruments[0]!.awaits).toBe(4);
  });
});

describe('a quote that leaves the mid alone', () => {
  it('refreshes the decision, keeps the index and is no hit', () => {
    makeReady();
    settle();
    const before = { ...state.counts };
    const effects = feed(quote(0, 106, { halfSpread: 3 }));
    expect(effects.decisions).toHaveLength(1);
    expect(effects).toMatchObject({ moved: [], takes: [] });
    expect(state.counts).toEqual({ ...before, ticks: before.ticks + 1 });
    expect(state.instruments[0]!.forecast?.moveIndex).toBe(2);
  });

  it('decides nothing while there is no forecast of the present', () => {
    makeReady();
    expect(feed(quote(0, 106, { halfSpread: 3 })).decisions).toEqual([]);
  });
});

describe('side inputs', () => {
  it('void the branches asked before them, or a forecast of older ones would be decided on', () => {
    makeReady();
    settle();
    freeze();
    const effects = feed(quote(0, 108));
    expect(effects.takes).toEqual([]);
    expect(state.instruments[0]!.awaits).toBe(3);
    expect(state.counts).toMatchObject({ hits: 0, sideInputVersions: 1 });
  });

  it('leave the present its forecast and its name, and an answer that is still awaited', () => {
    makeReady();
    ask([33]);
    freeze();
    const late = step({ kind: 'verdict', timeNs, instrument: 0, requestId });
    expect(late.takes).toEqual([{ instrument: 0, requestId, branch: undefined }]);
    forecast('verified');
    const named = state.instruments[0]!.forecast!.forecastId();
    freeze();
    const { decisions } = feed(quote(0, 106, { halfSpread: 3 }));
    expect(decisions.map(({ forecastId }) => forecastId())).toEqual([named]);
  });

  it('give hits again for branches asked under them', () => {
    makeReady();
    settle();
    freeze();
    requestId++;
    const about = { timeNs, instrument: 0, requestId, wantsPresent: false };
    step({ kind: 'asked', ...about, branches: Uint8Array.of(33) });
    step({ kind: 'verdict', timeNs, instrument: 0, requestId });
    expect(feed(quote(0, 108)).takes).toEqual([{ instrument: 0, requestId, branch: 33 }]);
  });

  it('frozen at another move than the present are none', () => {
    makeReady();
    settle();
    freeze(1);
    expect(feed(quote(0, 108)).takes).toHaveLength(1);
    expect(state.counts.sideInputVersions).toBe(0);
  });
});

describe('a move', () => {
  it('whose branch was settled is one hit and takes that branch', () => {
    makeReady();
    settle();
    const effects = feed(quote(0, 108));
    expect(effects.takes).toEqual([{ instrument: 0, requestId: 1, branch: 33 }]);
    expect(state.counts).toMatchObject({ moves: 3, hits: 1, late: 0, overtaken: 0 });
    expect(state.instruments[0]).toMatchObject({ awaits: undefined, forecast: undefined });
  });

  it('no branch assumed is awaited, and verified later by the present of the next answer', () => {
    makeReady();
    settle();
    feed(quote(0, 101));
    expect(state.instruments[0]!.awaits).toBe(3);
    ask([32]);
    const effects = step({ kind: 'verdict', timeNs, instrument: 0, requestId });
    expect(effects.takes).toEqual([{ instrument: 0, requestId, branch: undefined }]);
    forecast('verified');
    expect(state.counts).toMatchObject({ hits: 0, verifiedLater: 2, late: 0 });
  });

  it('past its deadline is late, and stays so when the answer comes', () => {
    makeReady();
    ask([33]);
    forecast('provisional');
    step({ kind: 'deadline', timeNs, instrument: 0, moveIndex: 2 });
    const effects = step({ kind: 'verdict', timeNs, instrument: 0, requestId });
    expect(effects.takes).toEqual([]);
    expect(state.counts).toMatchObject({ late: 1, verifiedLater: 0, provisional: 1 });
    expect(state.instruments[0]!.forecast?.basis).toBe('provisional');
  });

  it('is not late by the deadline of another', () => {
    makeReady();
    step({ kind: 'deadline', timeNs, instrument: 0, moveIndex: 1 });
    expect(state.counts.late).toBe(0);
    expect(state.instruments[0]!.awaits).toBe(2);
  });

  it('beyond the ladder is counted as clipped', () => {
    feed(quote(0, 100), quote(0, 100 + 2 * 5000), quote(0, 101 + 2 * 5000));
    expect(state.counts).toMatchObject({ moves: 2, clipped: 1 });
  });
});

describe('a new epoch', () => {
  it.each([
    ['session', () => feed(quote(0, 107, { halfSpread: 1, exchangeTimeNs: 72 * HOUR_NS }))],
    ['gap', () => step({ kind: 'gap', timeNs, instrument: 0 })],
  ])('after a %s voids the window, the branches and the forecast', (_, open) => {
    makeReady();
    settle();
    open();
    expect(state.counts.epochs).toBe(1);
    const { context, asked, forecast: current, awaits } = state.instruments[0]!;
    expect(context).toMatchObject({ epoch: 1, moveIndex: 0 });
    expect([asked, current, awaits]).toEqual([[], undefined, undefined]);
    const scale = context.scale;
    feed(quote(0, 107, { halfSpread: 1, exchangeTimeNs: 73 * HOUR_NS }));
    expect(context).toMatchObject({ epoch: 1, moveIndex: 0, scale });
    feed(quote(0, 108, { halfSpread: 1, exchangeTimeNs: 73 * HOUR_NS }));
    expect(context.moveIndex).toBe(1);
    expect(state.counts.epochs).toBe(1);
  });

  it('overtakes the move that still waited', () => {
    makeReady();
    step({ kind: 'gap', timeNs, instrument: 0 });
    expect(state.counts).toMatchObject({ moves: 2, overtaken: 1 });
  });

  it('does not begin with silence, with the first quote, or twice with one gap', () => {
    step({ kind: 'gap', timeNs, instrument: 0 });
    feed(quote(0, 100));
    feed(quote(0, 101, { halfSpread: 1, exchangeTimeNs: 40 * HOUR_NS }));
    expect(state.counts).toMatchObject({ epochs: 0, moves: 1 });
    step({ kind: 'gap', timeNs, instrument: 0 });
    step({ kind: 'gap', timeNs, instrument: 0 });
    expect(state.counts.epochs).toBe(1);
  });
});

describe('a signal says of its forecast', () => {
  const signalAfter = (length?: number) => {
    makeReady();
    step({ kind: 'clock-offset', timeNs, offsetNs: -7_000_000 });
    ask([]);
    const drafts = { drafted: 3, accepted: 2 };
    step({ kind: 'verdict', timeNs, instrument: 0, requestId, drafts });
    return forecast('verified', length).signals[0]!;
  };

  it('acceptance, entropy and clock offset, or limits on them would never bite', () => {
    expect(signalAfter().confidence).toEqual({
      ...{ acceptancePpm: 666_666, entropyPpm: 77, clockOffsetNs: -7_000_000 },
    });
  });

  it('nothing where a log of an older build has no entropy', () => {
    expect(signalAfter(forecastInts(1) - 1).confidence).toBeUndefined();
  });
});

/** Two moves up to mid 106: a full context that awaits its forecast. */
function makeReady(): void {
  feed(quote(0, 102), quote(0, 104));
  feed(quote(0, 106));
  expect(state.instruments[0]!.awaits).toBe(2);
}

/** The present forecast and the branches 33 and 31 are verified. */
function settle(): void {
  ask([33, 31]);
  step({ kind: 'verdict', timeNs, instrument: 0, requestId });
  forecast('verified');
}

function ask(branches: number[]): void {
  requestId++;
  const about = { timeNs, instrument: 0, requestId, wantsPresent: true };
  step({ kind: 'asked', ...about, branches: Uint8Array.from(branches) });
}

function forecast(basis: 'verified' | 'provisional', length = forecastInts(1)): EdgeEffects {
  const { moveIndex } = state.instruments[0]!.context;
  const given = Int32Array.of(0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 1, 77).subarray(0, length);
  const about = { timeNs, instrument: 0, moveIndex, basis };
  return step({ kind: 'forecast', ...about, forecast: given });
}

/** A new version, one above the last. */
function freeze(moveIndex = state.instruments[0]!.context.moveIndex): void {
  const version = state.instruments[0]!.context.nextSideInputs.version + 1;
  const values = Int16Array.of(256 * version);
  step({ kind: 'side-inputs', timeNs, instrument: 0, moveIndex, version, values });
}

function feed(...ticks: Tick[]): EdgeEffects {
  return step({ kind: 'ticks', timeNs, injectedNs: timeNs, ticks });
}

function step(event: Parameters<typeof stepEdge>[1]): EdgeEffects {
  const effects = createEdgeEffects();
  stepEdge(state, event, effects);
  return effects;
}

/** A quote by its mid in half increments; the spread is twice `halfSpread` increments if it can. */
function quote(
  instrument: number,
  mid: number,
  { halfSpread = 1, exchangeTimeNs = timeNs } = {},
): Quote {
  const bidIncrements = Math.floor(mid / 2) - halfSpread;
  const askIncrements = mid - bidIncrements;
  return { kind: 'quote', instrument, exchangeTimeNs, bidIncrements, askIncrements };
}

function trade(instrument: number): Tick {
  return { kind: 'trade', instrument, exchangeTimeNs: timeNs, priceIncrements: 1 };
}
