/** The edge as a topology, without brokers: what it counts, keeps, writes, and takes for poison. */
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  createEdge,
  type Edge,
  followForecast,
  forecastSchema,
  noEdgeLatency,
  type Policy,
  type Settled,
  signalSchema,
  stateSchema,
  workParent,
} from '#edge';
import { DAY_NS, MILLISECOND_NS, SECOND_NS, virtualTime } from '#engine';
import { ofSchema } from '#engine/schema';
import { testDriver, text, topic } from '#engine/streams';
import { loadReferenceData, referenceInstrument, type Tick, tickSchema } from '#market';
import { loadNgramPair } from '#models';
import { createVerifierSession } from '#verifier';
import type { Speculation } from '#verifier/protocol';
import { createEdgeDesk, type HostedDesk } from './edge-desk.ts';
import { edgeTopology } from './edge-topology.ts';

const ORIGIN_NS = 20_000n * BigInt(DAY_NS);
const SYMBOLS = ['SIMA', 'SIMB'];
const INSTRUMENTS = SYMBOLS.map(
  symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2026-11-27' })!,
);
const MODELS = loadNgramPair();
const { target } = MODELS;
const SIZE = { paths: 2, moves: 2, branches: 3 };
const IDENTITY = { modelHash: target.hash, kernel: target.kernel, seed: 5, paths: 2, moves: 2 };
const states = topic({ name: 'e.edge-state', key: text, ...ofSchema(stateSchema) });
const forecasts = topic({ name: 'e.forecasts', key: text, ...ofSchema(forecastSchema) });
const signals = topic({ name: 'e.signals', key: text, ...ofSchema(signalSchema) });

/** An edge whose verifier answers each question once `answer` is called. */
function openDesk(newPolicy: () => Policy) {
  const time = virtualTime();
  const asked: Speculation[] = [];
  const settled: Settled[] = [];
  const newSession = () =>
    createVerifierSession({
      ...MODELS,
      terms: {
        ...{ ...IDENTITY, draftHash: MODELS.draft.hash, contextMoves: target.contextMoves },
        ...{ sideInputs: target.sideInputs, branchesMax: SIZE.branches, symbols: SYMBOLS },
      },
      ...{ clock: time, contextsPerPass: 4, isLazy: false },
    });
  const session = newSession();
  const sent: [instrument: number, ticks: number][] = [];
  const problems: string[] = [];
  const turns: [ticks: number, arrivedMs: number][] = [];
  const desk: HostedDesk = createEdgeDesk({
    ...{ name: 'one', strategy: '', symbols: SYMBOLS, clock: time, zeroNs: ORIGIN_NS, wake() {} },
    edge: () => edge,
    onProblem: text => void problems.push(text),
    onSignal: ({ instrument }, ticks) => void sent.push([instrument, ticks]),
    onTicks: (ticks, _, arrivedMs) => void turns.push([ticks.length, arrivedMs]),
  });
  const newEdge = () =>
    createEdge(
      {
        config: {
          ...{ originNs: ORIGIN_NS, instruments: INSTRUMENTS, contextMoves: target.contextMoves },
          ...{ moves: 2, identity: IDENTITY, policy: newPolicy(), holdNs: 0 },
        },
        ...{ size: SIZE, contextsPerRequest: 4, draft: MODELS.draft, deadlineNs: 60e6 },
        ...{ breaker: { outstandingMax: 32, missesMax: 8 }, isLockstep: false },
      },
      {
        ...{ clock: time, timers: time, latency: noEdgeLatency, journal() {}, flush() {} },
        link: { state: 'up', send: question => asked.push(question) > 0 },
        onSignal: signal => desk.onSignal(signal),
        onDecision() {},
        onSettled(each) {
          settled.push(each);
          desk.onSettled(each);
        },
      },
    );
  let edge: Edge = newEdge();
  /** Another process has the instruments from the next tick on. */
  const succeed = () => {
    edge = newEdge();
  };
  const answer = () => {
    for (const question of asked.splice(0)) {
      edge.onAnswer({ kind: 'verdict', verdict: session.settle(question) });
    }
  };
  return { desk, edge: () => edge, succeed, time, answer, settled, sent, turns, problems };
}

const schema = ofSchema(tickSchema(ORIGIN_NS));

type Happened = Tick extends infer Each
  ? Each extends Tick
    ? Omit<Each, 'exchangeTimeNs'>
    : never
  : never;

const FOLLOW = () => followForecast({ positionLots: 5, leanSpreadPercent: 0 });

function source(newPolicy: () => Policy = FOLLOW) {
  const desk = openDesk(newPolicy);
  const topology = edgeTopology({ name: 'group', prefix: 'e', originNs: ORIGIN_NS }, desk.desk);
  const driver = testDriver(topology);
  const bytes = SYMBOLS.map(() => [] as Uint8Array[]);
  const send = (instrument: number, bidIncrements: number, key = SYMBOLS[instrument]!) => {
    sendTick({ kind: 'quote', instrument, bidIncrements, askIncrements: bidIncrements + 2 }, key);
  };
  const sendTick = (event: Happened, key = SYMBOLS[event.instrument]!) => {
    const { instrument } = event;
    const exchangeTimeNs = (bytes[instrument]!.length + 1) * MILLISECOND_NS;
    const tick: Tick = { ...event, exchangeTimeNs };
    const value = schema.value.encode({ sequence: bytes[instrument]!.length + 1, tick });
    if (key === SYMBOLS[instrument]) bytes[instrument]!.push(value);
    driver.sendBytes('e.ticks', { key: Buffer.from(key), value, headers: schema.headers });
  };
  return { ...desk, topology, driver, send, sendTick, bytes };
}

/** Enough to fill a context, each a move. */
const FILL = target.contextMoves + 1;

it('counts and checks every tick of an instrument, also over a restart', () => {
  const { driver, send, bytes, edge } = source();
  for (let at = 0; at < 7; at++) send(at % 2, 100 + at);
  driver.restart();
  for (let at = 7; at < 12; at++) send(at % 2, 100 + at);
  const last = new Map(driver.read(states).map(({ key, value }) => [key, value]));
  for (const [instrument, symbol] of SYMBOLS.entries()) {
    const check = bytes[instrument]!.reduce((sum, each) => crc32(each, sum), 0);
    expect(last.get(symbol)).toMatchObject({ edge: 'one', ticks: 6, check, moveIndex: 5 });
    expect(edge().state.instruments[instrument]!.context.moveIndex).toBe(5);
  }
});

it('writes each settled forecast once with the tick it followed, and the signal it led to', () => {
  const { driver, send, answer, settled, sent } = source();
  for (let at = 0; at < FILL + 3; at++) {
    send(0, 100 + (at % 3) * 3);
    answer();
  }
  // What came between two ticks leaves with the next commit.
  send(0, 100);
  const written = driver.read(forecasts);
  expect(written.length).toBeGreaterThanOrEqual(3);
  expect(written.map(({ value }) => value?.forecastId)).toEqual(
    settled.map(({ forecastId }) => forecastId).slice(0, written.length),
  );
  for (const { value } of written) expect(value!.ticks).toBe(value!.moveIndex + 1);
  const told = driver.read(signals).map(({ value }) => [0, value!.ticks]);
  expect(told.length).toBeGreaterThan(0);
  expect(sent.slice(0, told.length)).toEqual(told);
});

it('takes over with the context as it was, and says nothing of what was under way', () => {
  const { driver, send, answer, edge } = source();
  for (let at = 0; at < FILL; at++) send(0, 100 + (at % 3) * 3);
  driver.restart();
  send(0, 150);
  const { context, asked } = edge().state.instruments[0]!;
  expect(context.moveIndex).toBe(FILL);
  expect(asked.every(({ moveIndex }) => moveIndex === FILL)).toBe(true);
  answer();
  send(0, 151);
  expect(driver.read(forecasts).every(({ value }) => value!.moveIndex >= FILL)).toBe(true);
});

it('works a parent order on by its schedule where another edge left it', () => {
  const parent = { parentLots: 100, parentDurationNs: 100 * SECOND_NS, slices: 100 };
  const config = { ...parent, crossAfterPercent: 75, waitSpreadPercent: 25 };
  const { driver, send, succeed, time } = source(() => workParent(config));
  for (let at = 0; at < FILL; at++) send(0, 100 + (at % 3) * 3);
  const wished = () => driver.read(signals).map(({ value }) => value!.desiredLots);
  time.advanceTo(40 * SECOND_NS);
  send(0, 150);
  expect(wished().at(-1)).toBe(41);
  succeed();
  driver.restart();
  time.advanceTo(70 * SECOND_NS);
  send(0, 151);
  // A takeover that no commit followed yet: this one began nothing of its own.
  succeed();
  driver.restart();
  time.advanceTo(99 * SECOND_NS);
  send(0, 150);
  // The wish of a forecast that a tick brought leaves behind the next.
  send(0, 150);
  expect(wished()).toEqual([71, 100]);
});

it('takes over with the features as they were, those of a book as well', () => {
  const views = (successions: readonly number[]) => {
    const { driver, sendTick, succeed, edge } = source();
    const book = { kind: 'level', instrument: 1, side: 'bid' } as const;
    sendTick({ kind: 'snapshot', instrument: 1 });
    for (let at = 0; at < 60; at++) {
      sendTick({ kind: 'trade', instrument: 0, priceIncrements: 100 + (at % 5), sizeLots: 1 });
      const askIncrements = 102 + (at % 4);
      sendTick({ kind: 'quote', instrument: 0, bidIncrements: 100, askIncrements, bidLots: at });
      sendTick({ ...book, priceIncrements: 90 + (at % 17), sizeLots: at % 3, hasMore: true });
      sendTick({ ...book, side: 'ask', priceIncrements: 110 + (at % 11), sizeLots: at });
      if (!successions.includes(at)) continue;
      succeed();
      driver.restart();
    }
    return Buffer.from(edge().state.features.views.buffer).toString('hex');
  };
  expect(views([20, 40, 41, 58])).toBe(views([]));
});

it('tells when ticks arrived at the brokers, or a wrong clock would not be noticed', async () => {
  const { driver, bytes, send, turns } = source();
  send(0, 100);
  await Promise.resolve();
  turns.length = 0;
  const tick = { headers: schema.headers, key: Buffer.from('SIMA'), value: bytes[0]![0]! };
  for (const timestampMs of [7_000, 9_000]) driver.sendBytes('e.ticks', { ...tick, timestampMs });
  await Promise.resolve();
  expect(turns.at(-1)![1]).toBe(9_000);
});

it('says no more of an instrument that another has', () => {
  const { driver, send, answer, desk, sent } = source();
  for (let at = 0; at < FILL; at++) send(0, 100 + (at % 3) * 3);
  const before = sent.length;
  desk.keepOnly(new Set([1]));
  answer();
  expect(sent).toHaveLength(before);
  expect(driver.read(forecasts)).toEqual([]);
});

it('sets poison aside with the reason, and goes on with the tick after it', () => {
  const { driver, send } = source();
  send(0, 100, 'NOBODY');
  const ticks = { headers: schema.headers, key: Buffer.from('SIMA') };
  driver.sendBytes('e.ticks', { ...ticks, value: new Uint8Array(63) });
  driver.sendBytes('e.ticks', { ...ticks, value: null });
  driver.sendBytes('e.ticks', { ...ticks, value: new Uint8Array(64), headers: [] });
  const key = Buffer.alloc(1_000_000, 'A');
  driver.sendBytes('e.ticks', { ...ticks, key, value: new Uint8Array(64) });
  send(0, 100);
  const reasons = driver.readDeadLetters().map(({ about }) => about['reason']);
  expect(reasons).toEqual([
    expect.stringContaining('"NOBODY" was not in the topic of instruments'),
    expect.stringContaining('63'),
    expect.stringContaining('has no value'),
    expect.stringContaining('header outrider-schema: missing'),
    expect.stringContaining('key has 1000000 bytes, at most 256 may be'),
  ]);
  expect(driver.read(states).map(({ value }) => value?.ticks)).toEqual([1]);
});

it('names an instrument that it does not know once, with the remedy, in its log', () => {
  const { driver, send, problems } = source();
  for (let at = 0; at < 3; at++) send(0, 100 + at, 'NEW');
  send(0, 100, 'A\nB');
  const said = (symbol: string) =>
    `dead letters: ${symbol} was not in the topic of instruments at this edge’s start: publish`;
  expect(problems).toEqual([
    expect.stringContaining(said('"NEW"')),
    // No symbol makes a line of the log.
    expect.stringContaining(said('"A\\nB"')),
  ]);
  expect(problems[0]).toContain('start edges anew, and their gateway on another --out DIR');
  for (let at = 0; at < 200; at++) send(0, 100, `N${at}`);
  expect(problems).toHaveLength(100);
  expect(driver.readDeadLetters()).toHaveLength(204);
});
