/** Slow features as side inputs: what a model that takes some is given, and when. */
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEdge, type Edge, type EdgeEvent, followForecast, noEdgeLatency } from '#edge';
import { clockFrom, wallTimers } from '#engine';
import { loadReferenceData, referenceInstrument, type SlowFeatures, type Tick } from '#market';
import { encodeWeights } from '#models';
import { randomWeights } from '#native';
import { edgeCommand } from '../commands/edge.ts';
import { sideInputFreezer, sideInputsOf, virtualSideInputs } from './side-inputs.ts';
import { startSlowInputs } from './slow-inputs.ts';

const BAR = { startNs: 0, open: 100, high: 109, low: 97, close: 103, quotes: 30 };
const FEATURES: SlowFeatures = {
  seconds: [BAR, undefined, { ...BAR, open: 1e7 }],
  minutes: [{ ...BAR, close: 94, quotes: 90 }, undefined, undefined],
  correlations: [[0, 1, -0.5]],
};
/** A running mean of 3 half increments a move. */
const SCALE = 3 * 4096;

describe('the side inputs of an instrument', () => {
  it('are moves of its bars in units of its scale, quotes a second, and a correlation', () => {
    const values = sideInputsOf(FEATURES, { instrument: 0, scale: SCALE }, 7);
    expect([...values]).toEqual([256, 1024, 30 * 256, -512, 1024, 384, -128]);
    expect([...sideInputsOf(FEATURES, { instrument: 0, scale: SCALE }, 2)]).toEqual([256, 1024]);
  });

  it('are 0 where there is no bar yet and no pair, and stay within 16 bits', () => {
    const values = sideInputsOf(FEATURES, { instrument: 1, scale: SCALE }, 7);
    expect([...values]).toEqual([0, 0, 0, 0, 0, 0, -128]);
    expect(sideInputsOf(FEATURES, { instrument: 2, scale: SCALE }, 7)[0]).toBe(-32_768);
  });

  it('are none for a target that takes none, and refused for one that takes more', () => {
    const { edge, events } = recordingEdge();
    sideInputFreezer(edge, 0)(FEATURES);
    virtualSideInputs(edge, 0)(quotes(5));
    expect(events).toEqual([]);
    expect(() => sideInputFreezer(edge, 8)).toThrow('its target takes 8 side inputs, a run has 7');
  });

  it('are frozen anew only where they say something new', () => {
    const { edge, events } = recordingEdge();
    const freeze = sideInputFreezer(edge, 7);
    freeze(FEATURES);
    freeze(FEATURES);
    freeze({ ...FEATURES, correlations: [[0, 1, 0.25]] });
    const versions = events.map(event => event.kind === 'side-inputs' && event.version);
    expect(versions).toEqual([1, 1, 2, 2]);
  });
});

it('on the virtual clock equal ticks give equal versions, one a second', () => {
  const [one, other] = [recordingEdge(), recordingEdge()];
  const freeze = virtualSideInputs(one.edge, 3);
  for (const tick of quotes(40)) freeze([tick]);
  virtualSideInputs(other.edge, 3)(quotes(40));
  const valuesOf = (events: readonly EdgeEvent[]) =>
    events.map(event => event.kind === 'side-inputs' && event.values.join());
  expect(valuesOf(one.events)).toEqual(valuesOf(other.events));
  expect(new Set(valuesOf(one.events)).size).toBeGreaterThan(5);
});

it('a live run freezes what the pool gives back, and says so in its folder', async () => {
  const { edge, events } = recordingEdge();
  let written = '';
  const slow = startSlowInputs(edge, 4, { writeSlowFeatures: text => (written = text) });
  slow.note(quotes(40));
  slow.turn();
  await slow.close();
  // Ten seconds are no minute yet: JSON has null there.
  const last = { ...JSON.parse(written).last, minutes: [] };
  const [event] = events;
  if (event?.kind !== 'side-inputs') throw new Error('no side inputs were frozen');
  const { values, ...frozen } = event;
  expect(frozen).toMatchObject({ instrument: 0, moveIndex: 0, version: 1 });
  const { scale } = edge.state.instruments[0]!.context;
  expect(values).toEqual(sideInputsOf(last, { instrument: 0, scale }, 4));
});

it('an edge of a group refuses a target that takes some: it would forecast otherwise', async () => {
  const edge = (folder: string) => {
    const models = ['--model', 'neural', '--model-folder', folder];
    // Nobody listens there: a target that takes none gets as far as the brokers.
    return edgeCommand.run(['--group', 'g', '--brokers', '127.0.0.1:1', ...models]);
  };
  const [fed, plain] = [writeModels(3), writeModels(0)];
  try {
    await expect(edge(fed)).rejects.toThrow(
      'model: its target takes 3 side inputs, an edge of a group has none; choose another model',
    );
    await expect(edge(plain)).rejects.toThrow('127.0.0.1:1');
  } finally {
    for (const folder of [fed, plain]) rmSync(folder, { recursive: true });
  }
});

/** A folder with a pair of random weights whose target takes so many side inputs. */
function writeModels(sideInputs: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-side-inputs-'));
  const size = { d: 16, contextMoves: 6, ...(sideInputs > 0 ? { sideInputs } : {}) };
  const window = { ...size, layers: 1, heads: 1, window: 3, feedForward: 16 };
  const weights = {
    target: randomWeights({ kind: 'window', config: window }, 1),
    draft: randomWeights({ kind: 'gru', config: { d: 16, contextMoves: 6 } }, 2),
  };
  const entries = Object.entries(weights).map(([role, each]) => {
    const [file, bytes] = [`neural-${role}.safetensors`, encodeWeights(each)];
    writeFileSync(join(folder, file), bytes);
    return [role, { file, bytes: bytes.length, sha256: hash('sha256', bytes) }];
  });
  const about = { data: {}, seed: 1, commit: 'abc', environment: {}, metrics: {} };
  const manifest = { version: 1, ...Object.fromEntries(entries), ...about };
  writeFileSync(join(folder, 'neural.json'), JSON.stringify(manifest));
  return folder;
}

/** Four quotes a second of one instrument. */
function quotes(count: number): Tick[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ kind: 'quote', instrument: 0, exchangeTimeNs: at * 250e6 },
    ...{ bidIncrements: 1000 + ((at * at * 7) % 13), askIncrements: 1020 },
  }));
}

/** An edge of two instruments that asks nobody, and the events it logs. */
function recordingEdge(): { edge: Edge; events: EdgeEvent[] } {
  const instruments = ['EURUSD', 'XAUUSD'].map(
    symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
  );
  const events: EdgeEvent[] = [];
  const clock = clockFrom(0);
  const edge = createEdge(
    {
      config: {
        ...{ originNs: 0n, instruments, contextMoves: 4, moves: 2, holdNs: 0 },
        identity: { modelHash: 'm', kernel: 'k', seed: 1, paths: 1, moves: 2 },
        policy: followForecast({ positionLots: 5, leanSpreadPercent: 10 }),
      },
      size: { branches: 0, paths: 1, moves: 2 },
      draft: undefined,
      contextsPerRequest: 1,
      ...{ deadlineNs: 1e9, isLockstep: false, breaker: { outstandingMax: 1, missesMax: 1 } },
    },
    {
      ...{ clock, timers: wallTimers(clock), latency: noEdgeLatency },
      link: { state: 'down', send: () => false },
      journal: event => events.push(event),
      ...{ flush() {}, onSignal() {}, onDecision() {}, onSettled() {} },
    },
  );
  return { edge, events };
}
