/** A session under side inputs that change: the same verdicts as of one that was just opened. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualTime } from '#engine';
import {
  appendToken,
  type Context,
  createContext,
  forecastIdentity,
  freezeSideInputs,
  underNextSideInputs,
} from '#law';
import { encodeWeights, neuralModel } from '#models';
import { randomWeights } from '#native';
import type { SideInputUpdate, Speculation, Verdict, VerifierTerms } from '#verifier/protocol';
import { createVerifierSession } from './session.ts';

const C = 6;
const K = 3;
const target = neuralModel(
  'target',
  encodeWeights(
    randomWeights(
      {
        kind: 'window',
        config: {
          ...{ d: 16, layers: 2, heads: 1, window: 3, contextMoves: C, feedForward: 16 },
          sideInputs: K,
        },
      },
      3,
    ),
  ),
);
const draft = neuralModel(
  'draft',
  encodeWeights(
    randomWeights({ kind: 'gru', config: { d: 16, contextMoves: C, sideInputs: K } }, 4),
  ),
);
const TERMS: VerifierTerms = {
  ...{ modelHash: target.hash, kernel: target.kernel, draftHash: draft.hash, seed: 4 },
  ...{ paths: 2, moves: 3, contextMoves: C, sideInputs: K, branchesMax: 2, symbols: ['EURUSD'] },
};

const token = fc.integer({ min: 0, max: 63 });
const values = fc.int16Array({ minLength: K, maxLength: K });
/** Moves, then perhaps a version, then what is asked ahead. */
const asks = fc.array(
  fc.record({
    tokens: fc.array(token, { maxLength: 4 }),
    version: fc.option(values, { nil: undefined, freq: 2 }),
    branches: fc.uniqueArray(token, { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 8 },
);

it('settles as one just opened does, or a context that lived on would have other bytes', () => {
  fc.assert(
    fc.property(asks, given => {
      const lived = open();
      const context = fullContext();
      let told = 0;
      let heard: number | undefined;
      for (const { tokens, version, branches } of given) {
        for (const each of tokens) appendToken(context, each);
        if (version !== undefined) freeze(context, version);
        const isTold = told === context.nextSideInputs.version;
        told = context.nextSideInputs.version;
        const whole = requestOf(context, { branches, isWhole: true });
        const request = requestOf(context, { branches, isWhole: heard === undefined, isTold });
        if (heard !== undefined) request.update = { kind: 'moves', tokens: tail(context, heard) };
        heard = context.moveIndex;
        expect(lived.update(request)).toBe('ok');
        const rebuilt = open();
        expect(rebuilt.update(whole)).toBe('ok');
        // A draft remembers more than C moves, so what it proposes may differ.
        expect(settled(lived.settle(request))).toEqual(settled(rebuilt.settle(whole)));
      }
    }),
    { numRuns: 60 },
  );
});

it('forecasts something else under other side inputs, or they would reach no layer', () => {
  const context = fullContext();
  const texts = [undefined, [1, 2, 3], [1, 2, 4]].map(side => {
    if (side !== undefined) freeze(context, Int16Array.from(side.map(value => 256 * value)));
    const session = open();
    const request = requestOf(context, { branches: [33], isWhole: true });
    session.update(request);
    return session.settle(request).contexts.map(({ forecast }) => forecast.join());
  });
  expect(new Set(texts.map(String)).size).toBe(3);
});

describe('asks for the whole context', () => {
  const context = fullContext();
  freeze(context, Int16Array.of(1, 2, 3));
  const request = requestOf(context, { branches: [33], isWhole: true });

  it.each<[string, SideInputUpdate]>([
    ['where a version came without its values', { version: 2, values: undefined }],
    ['where the identity is of another version', { version: 2, values: new Int16Array(K) }],
    ['where the edge says there are none', { version: 0, values: undefined }],
  ])('%s, and goes on once it has it', (_, sideInputs) => {
    const session = open();
    expect(session.update(request)).toBe('ok');
    const before = session.settle(request).contexts;
    const update = { kind: 'moves', tokens: new Uint8Array(0) } as const;
    expect(session.update({ ...request, update, sideInputs })).toBe('resync');
    expect(session.update(request)).toBe('ok');
    expect(session.settle(request).contexts).toEqual(before);
  });
});

it('is not opened for another number of side inputs than the target takes', () => {
  expect(() => open({ ...TERMS, sideInputs: 2 })).toThrow('sideInputs is 2, the target takes 3');
});

const settled = ({ contexts }: Verdict) =>
  contexts.map(({ branch, tokens, forecast }) => ({ branch, tokens, forecast }));

it('is not opened for a draft of another number than its target', () => {
  const other = encodeWeights(
    randomWeights({ kind: 'gru', config: { d: 16, contextMoves: C, sideInputs: 2 } }, 4),
  );
  const odd = neuralModel('odd', other);
  expect(() => open(TERMS, odd)).toThrow('draft odd takes 2 side inputs, its target 3');
});

function open(terms = TERMS, drafted = draft) {
  const clock = virtualTime(0);
  const models = { target, draft: drafted };
  return createVerifierSession({ ...models, terms, clock, contextsPerPass: 3, isLazy: false });
}

function fullContext(): Context {
  const context = createContext('EURUSD', C);
  for (let at = 0; at < C; at++) appendToken(context, 30 + (at % 5));
  return context;
}

function freeze(context: Context, side: Int16Array): void {
  freezeSideInputs(context, { version: context.nextSideInputs.version + 1, values: side });
}

/** The tokens of the moves since this index. */
function tail({ tokens, moveIndex }: Context, heard: number): Uint8Array {
  return tokens.slice(C - Math.min(C, moveIndex - heard));
}

type Asked = { branches: readonly number[]; isWhole: boolean; isTold?: boolean };

/** What an edge asks ahead: under the side inputs of the contexts to come. */
function requestOf(present: Context, { branches, isWhole, isTold = false }: Asked): Speculation {
  const context = underNextSideInputs(present);
  const { tokens, codes, scale, epoch, moveIndex, sideInputs } = context;
  const { version, values: side } = sideInputs;
  const hasValues = version > 0 && (isWhole || !isTold);
  return {
    ...{ requestId: 1, instrument: 0, epoch, moveIndex, budgetNs: 0, wantsPresent: true },
    update: { kind: 'whole', tokens: tokens.slice(), codes: codes.slice(), scale },
    sideInputs: { version, values: hasValues ? side : undefined },
    identity: forecastIdentity(context, TERMS),
    ...{ branches: Uint8Array.from(branches), hints: undefined },
  };
}
