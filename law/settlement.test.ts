/** Settlement: nothing but the target, the seed and the market decides what is settled. */

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { loadedKernels } from '#native';
import * as reference from '#reference';
import type { Context } from './context.ts';
import { forecastText } from './forecast.ts';
import { noiseKey } from './identity.ts';
import { SCALE_MAX } from './scale.ts';
import { hashModel, type RuleModel } from './testing/hash-model.ts';
import { contextOf, type SettleOptions, settleContext } from './testing/settle-context.ts';

const C = 4;
const byte = fc.integer({ min: 0, max: 63 });
const pairs = fc.array(fc.record({ token: byte, code: byte }), { minLength: C, maxLength: C });
const contexts = fc
  .record({
    pairs,
    scale: fc.oneof(
      fc.integer({ min: 4096, max: 2 ** 17 }),
      fc.integer({ min: 1, max: SCALE_MAX }),
    ),
    moveIndex: fc.integer({ min: C, max: 2 ** 31 }),
  })
  .map(({ pairs: known, ...at }) => contextOf(known, at));
const steepness = fc.constantFrom(0, 20_000, 65_536, 2 ** 20);
const size = fc.record({
  seed: fc.nat(),
  paths: fc.integer({ min: 1, max: 5 }),
  moves: fc.integer({ min: 1, max: 6 }),
  branches: fc.uniqueArray(byte, { maxLength: 4 }),
});
const drafting = fc.record({
  /** The target's own salt drafts perfectly, another one hardly ever. */
  draftSalt: fc.constantFrom(undefined, 1, 2),
  contextsPerPass: fc.integer({ min: 1, max: 6 }),
  hintSeed: fc.option(fc.nat(), { nil: undefined }),
});

function model(salt: number, steep: number) {
  return hashModel({ salt, window: 3, contextMoves: C, steepness: steep });
}

describe('the settled paths and forecasts', () => {
  it("are the reference's, whatever the draft, the hints, the branches and the batch", () => {
    fc.assert(
      fc.property(contexts, size, drafting, steepness, (...[context, sized, drafted, steep]) => {
        const target = model(1, steep);
        const options = optionsOf(target, sized, drafted);
        const { tokens, forecasts } = settleContext(context, options);
        for (const [at, branch] of [undefined, ...sized.branches].entries()) {
          const expected = referencePaths(context, branch, { ...sized, target });
          expect(tokens[at]).toEqual(expected.tokens);
          expect(forecastText('', forecasts[at]!)).toBe(expected.text);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    { paths: 1, moves: 1 },
    { paths: 1, moves: 32 },
    { paths: 16, moves: 8 },
    { paths: 3, moves: 32 },
  ])("are the reference's for $paths paths of $moves moves", sized => {
    const target = model(1, 40_000);
    const known = [40, 31, 20, 33].map(token => ({ token, code: 12 }));
    const context = contextOf(known, { scale: 20_000, moveIndex: 99 });
    const drafted = { draftSalt: 2, contextsPerPass: 2, hintSeed: 5 };
    const options = optionsOf(target, { ...sized, seed: 8, branches: [] }, drafted);
    const { tokens, forecasts } = settleContext(context, options);
    const expected = referencePaths(context, undefined, { ...sized, seed: 8, target });
    expect(tokens[0]).toEqual(expected.tokens);
    expect(forecastText('', forecasts[0]!)).toBe(expected.text);
  });

  it.skipIf(loadedKernels.kind === 'twin')(
    'are the same on the twins, or a machine without cargo would part (needs the Rust addon)',
    async () => {
      vi.resetModules();
      vi.stubEnv('OUTRIDER_TWINS', '1');
      const { loadedKernels: twins } = await import('#native');
      const onTwins = await import('./testing/settle-context.ts');
      vi.unstubAllEnvs();
      expect(twins.kind).toBe('twin');
      fc.assert(
        fc.property(contexts, size, drafting, steepness, (...[context, sized, drafted, steep]) => {
          const options = optionsOf(model(1, steep), sized, drafted);
          const native = settleContext(context, options);
          expect(onTwins.settleContext(context, options)).toEqual(native);
        }),
        { numRuns: 50 },
      );
    },
  );
});

describe('the counts', () => {
  const known = Array.from({ length: C }, (_, at) => ({ token: 30 + at, code: 12 }));
  const context = contextOf(known, { scale: 16_384, moveIndex: 50 });
  const target = model(1, 30_000);
  const sized = { seed: 1, paths: 4, moves: 6, branches: [32, 31] };
  const settledBy = (draftSalt: number | undefined, contextsPerPass: number) =>
    settleContext(
      context,
      optionsOf(target, sized, { draftSalt, contextsPerPass, hintSeed: undefined }),
    ).counts;

  it('say one pass a batch where the draft is the target', () => {
    expect(settledBy(1, 3)).toMatchObject({ passes: 1, drafted: 3 * 24, accepted: 3 * 24 });
    expect(settledBy(1, 1).passes).toBe(3);
  });

  it('say a pass a move without a draft, and propose nothing', () => {
    expect(settledBy(undefined, 3)).toMatchObject({ passes: 6, drafted: 0, accepted: 0 });
  });

  it('say more passes and fewer accepted moves where the draft is another model', () => {
    const { passes, drafted, accepted, verified } = settledBy(2, 3);
    expect(passes).toBeGreaterThan(1);
    expect(passes).toBeLessThanOrEqual(6);
    expect(accepted).toBeLessThan(drafted);
    expect(verified).toBeGreaterThan(settledBy(1, 3).verified);
  });
});

type Sized = { seed: number; paths: number; moves: number; branches: readonly number[] };
type Drafted = {
  draftSalt: number | undefined;
  contextsPerPass: number;
  hintSeed: number | undefined;
};

function optionsOf(
  target: ReturnType<typeof model>,
  sized: Sized,
  { draftSalt, contextsPerPass, hintSeed }: Drafted,
): SettleOptions {
  const draft = draftSalt === undefined ? undefined : model(draftSalt, 30_000);
  const length = (1 + sized.branches.length) * sized.paths * sized.moves;
  const hints = Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, hintSeed ?? 0) & 63);
  return {
    target,
    draft,
    ...sized,
    contextsPerPass,
    hints: draft === undefined || hintSeed === undefined ? undefined : hints,
  };
}

type ReferenceOptions = { target: RuleModel; seed: number; paths: number; moves: number };

/** Tokens `[path][move]`, and the forecast's text under an empty identity. */
function referencePaths(
  context: Context,
  branch: number | undefined,
  { target, seed, paths, moves }: ReferenceOptions,
): { tokens: number[]; text: string } {
  const start = referenceContext(context, branch);
  const key = noiseKey(seed, context.symbol, context.epoch);
  const asked: reference.Target = {
    contextMoves: target.contextMoves,
    modelHash: target.hash,
    kernel: target.kernel,
    logits: (pairs, code) => target.rowAfter(pairs, code),
    notReached: target.notReachedAfter,
  };
  const forecast = reference.settledForecast(asked, start, { key, paths, moves });
  const tokens: number[] = [];
  for (let path = 0; path < paths; path++) {
    let { pairs, scale } = start;
    for (let step = 0; step < moves; step++) {
      const code = reference.scaleCode(scale);
      const moveIndex = start.moveIndex + step;
      const token = reference.coupledChoice(target.rowAfter(pairs, code), v =>
        reference.gumbel(key, { moveIndex, path, token: v }),
      );
      tokens.push(token);
      pairs = [...pairs, { token, code }];
      scale = reference.scaleStep(scale, token);
    }
  }
  return { tokens, text: reference.forecastText('', forecast) };
}

function referenceContext(context: Context, branch: number | undefined): reference.Context {
  const { symbol, epoch, moveIndex, scale } = context;
  const pairs = Array.from(context.tokens, (token, at) => ({ token, code: context.codes[at]! }));
  const now = { ...reference.firstContext(symbol), epoch, moveIndex, scale, pairs };
  if (branch === undefined) return now;
  const next = { token: branch, code: reference.scaleCode(scale) };
  return {
    ...now,
    moveIndex: moveIndex + 1,
    pairs: [...pairs.slice(1), next],
    scale: reference.scaleStep(scale, branch),
  };
}
