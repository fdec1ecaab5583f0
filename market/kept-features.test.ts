/** Features in other hands: they go on as if nobody had gone, whoever computes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_NS } from '#engine';
import { type Kernels, loadedKernels, STATE_VALUES, twinKernels, VIEW, VIEW_VALUES } from '#native';
import { anyWalk } from './any-walk.ts';
import { BOOK_PRICE_MAX, bookChangesSchema } from './book-changes.ts';
import { BOOK_BYTES_MAX, type BookLevels, bookLevelsSchema } from './book-levels.ts';
import { featureStateSchema } from './feature-state.ts';
import {
  createMarketFeatures,
  hasKeptBook,
  type KeptFeatures,
  type MarketFeatures,
} from './features.ts';
import { type BookNews, createKeptBook, type KeptBook } from './kept-book.ts';
import type { Tick } from './tick.ts';

const ORIGIN_NS = 16_000n * BigInt(DAY_NS);
const INSTRUMENTS = [{ calendar: 'fx-week' as const }, { calendar: 'always' as const }];
const KERNELS = [twinKernels, loadedKernels.kernels];

/** An edge as far as its features go, and what the store has of them. */
type Edge = {
  readonly features: MarketFeatures;
  readonly books: KeptBook[];
  readonly days: number;
};
type Store = (KeptFeatures | undefined)[];

/** `days` that its origin lies behind the one that the ticks count from. */
function takeOver(store: Store, days: number, kernels: Kernels): Edge {
  const origin = ORIGIN_NS + BigInt(days) * BigInt(DAY_NS);
  const features = createMarketFeatures(INSTRUMENTS, origin, kernels);
  for (const [instrument, kept] of store.entries()) features.resume(instrument, kept);
  return { features, days, books: store.map(kept => createKeptBook(hasKeptBook(kept))) };
}

/** No tick is of a time before any edge's origin. */
const BEGIN_NS = 4 * DAY_NS;

function take({ features, books, days }: Edge, tick: Tick): void {
  books[tick.instrument]!.note(tick);
  const exchangeTimeNs = BEGIN_NS + tick.exchangeTimeNs - days * DAY_NS;
  features.take([{ ...tick, exchangeTimeNs }]);
}

function commit({ features, books }: Edge, store: Store): void {
  for (const [instrument, book] of books.entries()) {
    const news = book.commit(() => features.levels(instrument));
    store[instrument] = overTopic({ ...store[instrument], ...given(news) }, features, instrument);
  }
}

const given = (news: BookNews) => ({
  ...(news.levels && { levels: news.levels }),
  ...(news.changes && { changes: news.changes }),
});

function overTopic(
  { levels, changes }: Partial<KeptFeatures>,
  features: MarketFeatures,
  instrument: number,
): KeptFeatures {
  const through = <Value>({ codec }: { codec: Codec<Value> }, value: Value) =>
    codec.decode(codec.encode(value));
  return {
    state: through(featureStateSchema, features.state(instrument)),
    levels: levels && through(bookLevelsSchema, levels),
    changes: changes && through(bookChangesSchema, changes),
  };
}

type Codec<Value> = { encode(value: Value): Uint8Array; decode(bytes: Uint8Array): Value };

/** Bytes of the views, their times counted from ORIGIN_NS. */
function seenBy({ features: { views }, days }: Edge): string {
  const seen = views.slice();
  for (let at = VIEW.timeNs; at < seen.length; at += VIEW_VALUES) {
    if (seen[at] !== 0) seen[at]! += days * DAY_NS;
  }
  return Buffer.from(seen.buffer).toString('hex');
}

const handovers = fc.array(
  fc.record({
    afterTicks: fc.nat({ max: 12 }),
    days: fc.integer({ min: -3, max: 3 }),
    kernel: fc.nat({ max: 1 }),
    isCommitOnly: fc.nat({ max: 3 }).map(one => one > 0),
  }),
  { maxLength: 20 },
);

/** So that changes of it cost less than all of it. */
const DEEP_BOOK: readonly Tick[] = [
  { kind: 'snapshot', instrument: 0, exchangeTimeNs: 0 },
  ...Array.from({ length: 40 }, (_, at): Tick => {
    const level = { side: at % 2 === 0 ? 'bid' : 'ask', sizeLots: 1 + at } as const;
    const priceIncrements = at % 2 === 0 ? 999 - at : 1000 + at;
    return { kind: 'level', instrument: 0, exchangeTimeNs: 0, ...level, priceIncrements };
  }),
];

describe('features', () => {
  it('go on byte for byte after takeovers between the kernels, or decisions would part', () => {
    fc.assert(
      fc.property(anyWalk, handovers, (ticks, plans) => {
        const whole = takeOver([undefined, undefined], 0, twinKernels);
        const store: Store = [undefined, undefined];
        let edge = takeOver(store, 0, loadedKernels.kernels);
        const due = plans.slice();
        let waits = due[0]?.afterTicks ?? 0;
        for (const tick of [...DEEP_BOOK, ...ticks]) {
          if (due.length > 0 && waits-- === 0) {
            const { days, kernel, isCommitOnly } = due.shift()!;
            waits = due[0]?.afterTicks ?? 0;
            commit(edge, store);
            if (!isCommitOnly) edge = takeOver(store, days, KERNELS[kernel]!);
          }
          take(edge, tick);
          take(whole, tick);
          expect(seenBy(edge)).toBe(seenBy(whole));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('begin anew where nothing was kept, with nothing of an earlier life', () => {
    fc.assert(
      fc.property(anyWalk, fc.nat({ max: 1 }), (ticks, kernel) => {
        const kernels = KERNELS[kernel]!;
        const edge = takeOver([undefined, undefined], 0, kernels);
        for (const tick of ticks) take(edge, tick);
        edge.features.resume(0, undefined);
        const fresh = takeOver([undefined, undefined], 0, kernels).features;
        expect(edge.features.state(0)).toEqual(fresh.state(0));
        expect(edge.features.levels(0)).toEqual(fresh.levels(0));
      }),
    );
  });

  it.each([
    ['another length', (values: Float64Array) => values.subarray(1), 'another version wrote it'],
    ['a token that is none', (values: Float64Array) => values.fill(64, 5, 6), 'no state of them'],
    ['a time that is none', (values: Float64Array) => values.fill(Number.NaN, 11, 12), 'no state'],
    ['half a move', (values: Float64Array) => values.fill(0.5, 4, 5), 'no state of them'],
  ])('refuse %s, and begin anew', (_, damage, problem) => {
    for (const kernels of KERNELS) {
      const { features } = takeOver([undefined, undefined], 0, kernels);
      const { state } = overTopic({}, features, 0);
      const values = new Float64Array(state.values.slice().buffer, 0, STATE_VALUES);
      const damaged = { ...state, values: new Uint8Array(damage(values).slice().buffer) };
      features.take([quote(3)]);
      const resume = () =>
        features.resume(1, { state: damaged, levels: undefined, changes: undefined });
      expect(resume).toThrow(problem);
      expect(features.value(1, 'spreadIncrements')).toBeUndefined();
    }
  });

  it('refuse levels that are out of their order or none, in either kernel', () => {
    for (const kernels of KERNELS) {
      const edge = takeOver([undefined, undefined], 0, kernels);
      edge.features.take([{ kind: 'snapshot', instrument: 0, exchangeTimeNs: 0 }]);
      const { state } = overTopic({}, edge.features, 0);
      const resume = (levels: BookLevels) => () =>
        edge.features.resume(0, { state, levels, changes: undefined });
      // Ranks 1 and 1, then lots of 0: a rank's difference is doubled, as zigzag has it.
      expect(resume({ bids: 2, asks: 0, levels: Uint8Array.of(2, 1, 0, 1) })).toThrow('none');
      expect(resume({ bids: 1, asks: 0, levels: Uint8Array.of(2, 0) })).toThrow('none');
      expect(resume({ bids: 2, asks: 0, levels: Uint8Array.of(2, 1) })).toThrow('0 are left');
      expect(resume({ bids: 5000, asks: 0, levels: Uint8Array.of() })).toThrow('5000 levels');
      expect(resume({ bids: 1, asks: 0, levels: Uint8Array.of(2, 1) })).not.toThrow();
    }
  });
});

describe('a book that is kept', () => {
  const level = (priceIncrements: number, sizeLots = 1): Tick => ({
    ...{ kind: 'level', instrument: 0, exchangeTimeNs: 0, side: 'bid', priceIncrements, sizeLots },
  });
  const snapshot: Tick = { kind: 'snapshot', instrument: 0, exchangeTimeNs: 0 };

  function openBook(levels: number) {
    const edge = takeOver([undefined, undefined], 0, loadedKernels.kernels);
    for (const tick of [snapshot, ...Array.from({ length: levels }, (_, at) => level(at + 1))]) {
      take(edge, tick);
    }
    const book = edge.books[0]!;
    return { edge, commit: () => book.commit(() => edge.features.levels(0)) };
  }

  it('costs by what changes, and a restart’s reading by what it holds', () => {
    const { edge, commit } = openBook(2000);
    const wholeBytes = commit().levels!.levels.length;
    let written = 0;
    let changesMax = 0;
    const commits = 1000;
    for (let at = 0; at < commits; at++) {
      for (let each = 0; each < 5; each++) take(edge, level(1 + ((at * 7 + each) % 2000), at + 1));
      const { levels, changes } = commit();
      written += (levels?.levels.length ?? 0) + (changes?.changes.length ?? 0);
      changesMax = Math.max(changesMax, changes?.changes.length ?? 0);
    }
    expect(written).toBeLessThan((commits * wholeBytes) / 5);
    expect(changesMax).toBeLessThan(wholeBytes / 4);
  });

  it('is written whole where a commit was long in coming, so that its changes have a bound', () => {
    const { edge, commit } = openBook(10);
    commit();
    for (let at = 0; at < BOOK_BYTES_MAX; at++) take(edge, level(1 + (at % 10), at + 1));
    expect(commit().levels!.bids).toBe(10);
  });

  it('is lost to a successor with a gap or a price that is no market’s, until a snapshot', () => {
    for (const loss of [
      { kind: 'gap', instrument: 0, exchangeTimeNs: 0 } as const,
      level(BOOK_PRICE_MAX + 1),
    ]) {
      const { edge, commit } = openBook(10);
      commit();
      take(edge, loss);
      expect(commit().levels!.bids).toBe(-1);
      take(edge, level(5));
      expect(commit()).toEqual({});
      take(edge, snapshot);
      take(edge, level(5));
      expect(commit().levels!.bids).toBe(1);
    }
  });
});

const quote = (bidIncrements: number): Tick => ({
  ...{ kind: 'quote', instrument: 1, exchangeTimeNs: 0, bidIncrements },
  askIncrements: bidIncrements + 2,
});
