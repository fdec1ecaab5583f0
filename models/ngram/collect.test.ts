/** Training sequences are the contexts that a run would see: the same tokens, epochs and times. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Instrument, loadReferenceData, referenceInstrument, type Tick } from '#market';
import * as reference from '#reference';
import { collectSequences } from './collect.ts';

const MINUTE_NS = 60e9;
const WEEK_NS = 7 * 1440 * MINUTE_NS;

/** Per step: which instrument, its new mid relative to the last, and whether a weekend passed. */
const step = fc.record({
  instrument: fc.constantFrom(0, 1),
  move: fc.integer({ min: -3, max: 3 }),
  isTrade: fc.boolean(),
  weekEnds: fc.integer({ min: 0, max: 9 }).map(draw => draw === 0),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

it('gives each epoch of each instrument as the law tokenises it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async given => {
      const instruments = [instrumentOf('EURUSD'), instrumentOf('XAUUSD')];
      const { ticks, expected } = walk(given, instruments);
      const found: unknown[] = [];
      const { moves } = await collectSequences(
        { originNs: 0n, instruments, ticks: inBatches(ticks) },
        ({ tokens, codes, timesNs }, { symbol }) => {
          const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
          found.push({ symbol, pairs, timesNs: [...timesNs] });
        },
      );
      const bySymbol = (all: unknown[]) => all.map(each => JSON.stringify(each)).sort();
      expect(bySymbol(found)).toEqual(bySymbol(expected));
      expect(moves).toBe(expected.flatMap(({ pairs }) => pairs).length);
    }),
  );
});

it('cuts a sequence that outgrows its arrays and loses no move', async () => {
  const moves = 70_000;
  const ticks = Array.from({ length: moves + 1 }, (_, at): Tick => quoteOf(0, at % 2, at));
  const lengths: number[] = [];
  const source = { originNs: 0n, instruments: [instrumentOf('EURUSD')], ticks: inBatches(ticks) };
  await collectSequences(source, ({ tokens }) => lengths.push(tokens.length));
  expect(lengths).toEqual([65_536, moves - 65_536]);
});

type Sequence = { symbol: string; pairs: readonly reference.Pair[]; timesNs: number[] };

/** The ticks of some steps, and the sequences the reference makes of them. */
function walk(given: readonly Step[], of: readonly Instrument[]) {
  const ticks: Tick[] = [];
  const expected: Sequence[] = [];
  const states = of.map(({ symbol }) => ({
    context: reference.firstContext(symbol),
    sequence: { symbol, pairs: [], timesNs: [] } as Sequence,
    mid: 1000,
  }));
  let timeNs = 0;
  for (const { instrument, move, isTrade, weekEnds } of given) {
    timeNs += weekEnds ? WEEK_NS : MINUTE_NS;
    const state = states[instrument]!;
    if (isTrade) {
      ticks.push({ kind: 'trade', instrument, exchangeTimeNs: timeNs, priceIncrements: 1 });
      continue;
    }
    state.mid += move;
    ticks.push(quoteOf(instrument, state.mid, timeNs));
    const session = reference.sessionOf('fx-week', 0n, timeNs);
    const { epoch, moveIndex } = state.context;
    state.context = reference.contextAfter(state.context, { mid: state.mid, session }, 1e9);
    if (state.context.epoch !== epoch) {
      expected.push(state.sequence);
      state.sequence = { symbol: of[instrument]!.symbol, pairs: [], timesNs: [] };
    } else if (state.context.moveIndex > moveIndex) {
      state.sequence.timesNs.push(timeNs);
    }
    state.sequence.pairs = state.context.pairs;
  }
  expected.push(...states.map(({ sequence }) => sequence));
  return { ticks, expected: expected.filter(({ pairs }) => pairs.length > 0) };
}

function quoteOf(instrument: number, mid: number, exchangeTimeNs: number): Tick {
  return { kind: 'quote', instrument, exchangeTimeNs, bidIncrements: mid, askIncrements: 0 };
}

async function* inBatches(ticks: Tick[]): AsyncGenerator<Tick[]> {
  for (let at = 0; at < ticks.length; at += 7) yield ticks.slice(at, at + 7);
}

function instrumentOf(symbol: string): Instrument {
  return referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!;
}
