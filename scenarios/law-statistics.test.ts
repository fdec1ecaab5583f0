/** The law's paths follow the target's own distribution; a biased law would be found out. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine';
import {
  addPresent,
  appendMove,
  type Context,
  createContext,
  createFollower,
  createNoiseWindow,
  createPathSet,
  createRunner,
  type Model,
  resetPaths,
  scaleCode,
  settle,
  TOKENS,
} from '#law';
import { afresh, buildTable, countSequence, createCounter, encodeNgram, ngramModel } from '#models';
import * as reference from '#reference';
import { chiSquareTail, chiSquareTest, type Goodness } from './chi-square.ts';

const SEEDS = 120;
const PATHS = 256;
const MOVES = 3;

const target = trained(1, 2);
const draft = trained(2, 1);
const context = contextAfterMoves();
const knownRows = new Map<string, Rows>();
const EXACT = pathDistribution();

describe('the chi-square tail', () => {
  it.each([
    [1, 3.841, 0.05],
    [1, 10.828, 0.001],
    [2, 13.816, 0.001],
    [10, 18.307, 0.05],
    [63, 82.529, 0.05],
    [63, 103.442, 0.001],
    [100, 149.449, 0.001],
  ])("has the tables' value for %i degrees at %f", (degrees, statistic, p) => {
    expect(chiSquareTail(statistic, degrees) / p).toBeCloseTo(1, 2);
  });

  it('is e^-x for two degrees of freedom, far out as well', () => {
    for (const x of [0.1, 1, 10, 50, 300]) {
      expect(chiSquareTail(2 * x, 2) / Math.exp(-x)).toBeCloseTo(1, 9);
    }
  });
});

describe("settled paths follow the target's own distribution", () => {
  it.each([
    ['without a draft', undefined, undefined],
    ['with a draft', draft, undefined],
    ['with the target as draft', target, undefined],
    ['with hints that mean nothing', draft, hintsOf(9)],
  ])('%s, or every forecast would be biased', (_, drafter, hints) => {
    const paths = settledPaths(drafter, hints);
    expect(fitOf(paths).p).toBeGreaterThan(0.001);
    expect(neighbourFitOf(paths).p).toBeGreaterThan(0.001);
  });

  it('and so do those of a ratio test, if its noise is its own', () => {
    const random = seededRandom('acceptance');
    const paths = sampledPaths(at =>
      ratioChoice(at, () => random.nextFloat(), seededGumbel(random)),
    );
    expect(fitOf(paths).p).toBeGreaterThan(0.001);
  });
});

describe('a planted bias is rejected by the very same test', () => {
  it.each<[string, Choose]>([
    ['a ratio test on the noise of the choice', at => ratioChoice(at, ofChosen(at), at.noise)],
    ['noise of the first index for all', at => argmax(at.row, at.noiseOfFirstIndex)],
    ['a row shifted by a token', at => argmax(shifted(at.row), at.noise)],
    ['a row of the context a move ago', at => argmax(at.rowBefore, at.noise)],
    ["the draft's choice where it is likely", at => trustDraft(at)],
  ])('%s', (_, choose) => {
    expect(fitOf(sampledPaths(choose)).p).toBeLessThan(1e-6);
  });

  it('noise shared by two paths', () => {
    const paths = sampledPaths(at => argmax(at.row, at.noiseOfEvenPath));
    expect(neighbourFitOf(paths).p).toBeLessThan(1e-6);
  });

  it('and the same sampler without a bias passes', () => {
    const paths = sampledPaths(at => argmax(at.row, at.noise));
    expect(paths).toEqual(settledPaths(undefined, undefined));
  });
});

/** What a choice can be made from; noise and rows are in Q16 nats. */
type At = {
  row: ArrayLike<number>;
  draftRow: ArrayLike<number>;
  /** The target's row before the latest token was known. */
  rowBefore: ArrayLike<number>;
  noise: ArrayLike<number>;
  noiseOfFirstIndex: ArrayLike<number>;
  noiseOfEvenPath: ArrayLike<number>;
};
type Choose = (at: At) => number;
/** Tokens `[path][move]` of all seeds, one after another. */
type Paths = number[][];

/** A back-off n-gram of moves that like to turn (or, of another seed, to go on). */
function trained(seed: number, order: number): Model {
  const random = seededRandom(seed);
  const market = createContext('TOY', 1);
  const length = 6000;
  const tokens = new Uint8Array(length);
  const codes = new Uint8Array(length);
  let side = 1;
  for (let at = 0; at < length; at++) {
    if (random.nextFloat() < (seed === 1 ? 0.65 : 0.45)) side = -side;
    codes[at] = scaleCode(market.scale);
    tokens[at] = appendMove(market, side * (1 + Math.floor(random.nextFloat() ** 2 * 9)));
  }
  const counter = createCounter({ order, smoothingMoves: 20, movesMin: 20 });
  countSequence(counter, { tokens, codes, timesNs: Float64Array.from(tokens, (_, at) => at) });
  return ngramModel(`toy-${seed}`, encodeNgram(buildTable(counter)));
}

function contextAfterMoves(): Context {
  const made = createContext('TOY', target.contextMoves);
  for (let at = 0; at < 40; at++) appendMove(made, [3, -2, 1, -4, 5][at % 5]!);
  return made;
}

function hintsOf(seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: PATHS * MOVES }, () => random.nextU32() % TOKENS);
}

/** The product's own paths. */
function settledPaths(drafter: Model | undefined, hints: Uint8Array | undefined): Paths {
  const size = { branches: 0, paths: PATHS, moves: MOVES };
  const set = createPathSet(size);
  const noise = createNoiseWindow(size);
  const runner = createRunner(target, noise, set);
  const draftRunner = drafter === undefined ? undefined : createRunner(drafter, noise, set);
  const runners = draftRunner === undefined ? [runner] : [runner, draftRunner];
  const paths: Paths = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    createFollower(seed, noise, runners).follow(context);
    noise.cover(context.moveIndex, MOVES);
    resetPaths(set, context.scale);
    for (const each of runners) each.evaluated = 0;
    addPresent(set, context.moveIndex);
    if (hints !== undefined) set.tokens.set(hints);
    const settler = { target: runner, draft: draftRunner, contextsPerPass: 1 };
    settle(settler, set, hints !== undefined);
    for (let path = 0; path < PATHS; path++) {
      paths.push([...set.tokens.subarray(path * MOVES, (path + 1) * MOVES)]);
    }
  }
  return paths;
}

/** Paths in plain steps, each move by whatever choice is given. */
function sampledPaths(choose: Choose): Paths {
  const paths: Paths = [];
  const noise = createNoiseWindow({ paths: PATHS, moves: MOVES });
  const noiseAt = (moveIndex: number, path: number) => {
    const offset = noise.offset(moveIndex, path);
    return noise.ring.values.subarray(offset, offset + TOKENS);
  };
  for (let seed = 1; seed <= SEEDS; seed++) {
    createFollower(seed, noise, []).follow(context);
    noise.cover(context.moveIndex, MOVES);
    for (let path = 0; path < PATHS; path++) {
      const tokens: number[] = [];
      for (let step = 0; step < MOVES; step++) {
        const index = context.moveIndex + step;
        const { row, draftRow, rowBefore } = rowsAfter(tokens);
        const token = choose({
          ...{ row, draftRow, rowBefore, noise: noiseAt(index, path) },
          noiseOfFirstIndex: noiseAt(context.moveIndex, path),
          noiseOfEvenPath: noiseAt(index, path - (path % 2)),
        });
        tokens.push(token);
      }
      paths.push(tokens);
    }
  }
  return paths;
}

type Rows = Pick<At, 'row' | 'draftRow' | 'rowBefore'>;

/** The models' rows after the context and some tokens more. */
function rowsAfter(tokens: readonly number[]): Rows {
  const known = knownRows.get(tokens.join());
  if (known !== undefined) return known;
  const pairs = Array.from(context.tokens, (token, at) => ({ token, code: context.codes[at]! }));
  let { scale } = context;
  for (const token of tokens) {
    pairs.push({ token, code: reference.scaleCode(scale) });
    scale = reference.scaleStep(scale, token);
  }
  const code = reference.scaleCode(scale);
  const rows = {
    row: afresh(target).logits(pairs, code),
    draftRow: afresh(draft).logits(pairs, code),
    rowBefore: afresh(target).logits(pairs.slice(0, -1), code),
  };
  knownRows.set(tokens.join(), rows);
  return rows;
}

function argmax(row: ArrayLike<number>, noise: ArrayLike<number>): number {
  let best = 0;
  for (let v = 1; v < TOKENS; v++) {
    if (row[v]! + noise[v]! > row[best]! + noise[best]!) best = v;
  }
  return best;
}

/** The classic ratio test: take the draft's token with p / q, else one of what p has more. */
function ratioChoice(
  { row, draftRow, noise }: At,
  uniform: () => number,
  residualNoise: ArrayLike<number>,
): number {
  const p = softmax(row);
  const q = softmax(draftRow);
  const drafted = argmax(draftRow, noise);
  if (uniform() < p[drafted]! / q[drafted]!) return drafted;
  const residual = p.map((probability, v) => 65_536 * Math.log(Math.max(0, probability - q[v]!)));
  return argmax(residual, residualNoise);
}

/** The uniform behind the noise of the drafted token: what must not decide on it once more. */
const ofChosen =
  ({ draftRow, noise }: At) =>
  () =>
    Math.exp(-Math.exp(-noise[argmax(draftRow, noise)]! / 65_536));

function seededGumbel(random: { nextFloat(): number }): number[] {
  return Array.from({ length: TOKENS }, () => -65_536 * Math.log(-Math.log(random.nextFloat())));
}

function shifted(row: ArrayLike<number>): number[] {
  return Array.from({ length: TOKENS }, (_, v) => row[(v + 1) % TOKENS]!);
}

/** Takes the draft's token wherever the target finds it likely enough. */
function trustDraft({ row, draftRow, noise }: At): number {
  const drafted = argmax(draftRow, noise);
  return softmax(row)[drafted]! > 0.15 ? drafted : argmax(row, noise);
}

function softmax(row: ArrayLike<number>): number[] {
  const weights = Array.from(row, logit => Math.exp(logit / 65_536));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / total);
}

/** Far down, down, up, far up. */
function classOf(token: number): string {
  if (token < 32) return token < 30 ? 'a' : 'b';
  return token < 34 ? 'c' : 'd';
}

/** The classes of all moves of a path, against the exact distribution of whole paths. */
function fitOf(paths: Paths): Goodness {
  const cells = paths.map(tokens => tokens.map(classOf).join(''));
  return chiSquareTest(counted(cells), scaled(EXACT, cells.length));
}

/** First moves of neighbouring paths, which are to be independent. */
function neighbourFitOf(paths: Paths): Goodness {
  const first = paths.map(tokens => classOf(tokens[0]!));
  const cells = first.filter((_, at) => at % 2 === 0).map((cell, at) => cell + first[2 * at + 1]!);
  const single = new Map<string, number>();
  for (const [cell, p] of EXACT) {
    single.set(cell[0]!, (single.get(cell[0]!) ?? 0) + p);
  }
  const both = [...single].flatMap(([a, pa]) =>
    [...single].map(([b, pb]) => [a + b, pa * pb] as const),
  );
  return chiSquareTest(counted(cells), scaled(new Map(both), cells.length));
}

/** Every path of H moves, summed over its classes. */
function pathDistribution(): Map<string, number> {
  const distribution = new Map<string, number>();
  const walk = (tokens: number[], classes: string, probability: number) => {
    if (tokens.length === MOVES) {
      distribution.set(classes, (distribution.get(classes) ?? 0) + probability);
      return;
    }
    for (const [token, p] of softmax(rowsAfter(tokens).row).entries()) {
      walk([...tokens, token], classes + classOf(token), probability * p);
    }
  };
  walk([], '', 1);
  return distribution;
}

function counted(cells: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
}

function scaled(distribution: ReadonlyMap<string, number>, by: number): Map<string, number> {
  return new Map([...distribution].map(([cell, p]) => [cell, p * by]));
}
