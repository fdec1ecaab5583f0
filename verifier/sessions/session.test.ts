/** A verifier's session: its copy of the context, and verdicts that nothing but the law decides. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualTime } from '#engine';
import {
  appendMove,
  type Context,
  createContext,
  forecastIdentity,
  isReady,
  openEpoch,
} from '#law';
import { loadNgramPair } from '#models';
import type { ContextUpdate, Speculation, Verdict, VerifierTerms } from '#verifier/protocol';
import { createVerifierSession } from './session.ts';
import { warmUp } from './warm-up.ts';

const { target, draft } = loadNgramPair();
const C = target.contextMoves;
const BY = { modelHash: target.hash, kernel: target.kernel, seed: 4, paths: 2, moves: 3 };
const TERMS: VerifierTerms = {
  ...{ ...BY, draftHash: draft.hash, contextMoves: C },
  ...{ sideInputs: 0, branchesMax: 4, symbols: ['EURUSD', 'XAUUSD'] },
};

const token = fc.integer({ min: 0, max: 63 });
const asks = fc.array(
  fc.record({
    instrument: fc.constantFrom(0, 1),
    moves: fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 20 }),
    opensEpoch: fc.integer({ min: 0, max: 9 }).map(draw => draw === 0),
    wantsPresent: fc.boolean(),
    branches: fc.uniqueArray(token, { minLength: 1, maxLength: 4 }),
    hintSeed: fc.option(fc.nat(), { nil: undefined }),
  }),
  { maxLength: 8 },
);

it('gives the same verdict lazily as eagerly, or lockstep would prove nothing about live', () => {
  fc.assert(
    fc.property(asks, fc.boolean(), (given, readsLate) => {
      const eager = sessionOf({ isLazy: false });
      const lazy = sessionOf({ isLazy: true });
      const late: (() => void)[] = [];
      for (const request of requestsOf(given)) {
        expect([eager.update(request), lazy.update(request)]).toEqual(['ok', 'ok']);
        const verdict = eager.settle(request);
        const other = lazy.settle(request);
        const compare = () => expect(plain(other)).toEqual(plain(verdict));
        // Forecasts may be read when the session has long gone on.
        if (readsLate) late.push(compare);
        else compare();
      }
      for (const compare of late.reverse()) compare();
    }),
    { numRuns: 40 },
  );
});

it('settles the same after some moves as after the whole context, and in any batch', () => {
  fc.assert(
    fc.property(asks, given => {
      const lived = sessionOf({});
      for (const request of requestsOf(given)) {
        lived.update(request);
        const { tokens, codes, scale } = request.context;
        const whole = { ...request, update: { kind: 'whole' as const, tokens, codes, scale } };
        const rebuilt = sessionOf({ contextsPerPass: 1 });
        expect(rebuilt.update(whole)).toBe('ok');
        const { passes: _, verified, ...verdict } = plain(lived.settle(request));
        expect(plain(rebuilt.settle(whole))).toMatchObject(verdict);
        expect(verified).toBeGreaterThan(0);
      }
    }),
    { numRuns: 40 },
  );
});

describe('asks for the whole context', () => {
  const context = createContext('EURUSD', C);
  for (let move = 1; move <= C + 5; move++) appendMove(context, (move % 3) + 1);
  const request = requestOf(context, wholeOf(context));

  it.each<[string, Partial<Speculation>]>([
    ['where moves are missing', { moveIndex: C + 7, update: moves(33) }],
    ['where a move came twice', { moveIndex: C + 5, update: moves(33) }],
    ['in another epoch', { epoch: 1, moveIndex: C + 6, update: moves(33) }],
    ['where the identity differs', { identity: '0'.repeat(32) }],
    ['where a token differs', { update: { ...wholeOf(context), tokens: new Uint8Array(C) } }],
    ['where the scale differs', { update: { ...wholeOf(context), scale: 4096 } }],
  ])('%s, and goes on once it has it', (_, wrong) => {
    const session = sessionOf({});
    expect(session.update(request)).toBe('ok');
    const before = plain(session.settle(request));
    expect(session.update({ ...request, ...wrong })).toBe('resync');
    expect(session.update(request)).toBe('ok');
    expect(plain(session.settle(request))).toEqual(before);
  });

  it('of a session that knows nothing yet', () => {
    const fresh = { ...request, update: moves(33), moveIndex: C + 6 };
    expect(sessionOf({}).update(fresh)).toBe('resync');
  });
});

it('forgets its warm-up, or a verifier that just started would give forecasts of no market', () => {
  const warm = sessionOf({});
  warmUp(warm, TERMS, virtualTime(0));
  const cold = sessionOf({});
  const context = createContext('EURUSD', C);
  // The warm-up ends a few hundred moves into epoch 0; any of these may be its first real request.
  for (let move = 1; move <= 340; move++) {
    appendMove(context, (move % 5) + 1);
    if (move < 300) continue;
    const request = requestOf(context, wholeOf(context));
    const again = sessionOf({});
    warmUp(again, TERMS, virtualTime(0));
    for (const session of [again, cold]) expect(session.update(request)).toBe('ok');
    expect(plain(again.settle(request))).toEqual(plain(cold.settle(request)));
  }
});

function sessionOf(options: { isLazy?: boolean; contextsPerPass?: number }) {
  const clock = virtualTime(0);
  const rest = { isLazy: false, contextsPerPass: 3, ...options };
  return createVerifierSession({ target, draft, terms: TERMS, clock, ...rest });
}

/** Requests as an edge would send them: whole at first and in a new epoch, then moves. */
function* requestsOf(given: typeof asks extends fc.Arbitrary<infer T> ? T : never) {
  const contexts = TERMS.symbols.map(symbol => createContext(symbol, C));
  for (const context of contexts) for (let at = 0; at < C; at++) appendMove(context, (at % 4) + 1);
  const sent: (number | undefined)[] = [undefined, undefined];
  for (const { instrument, moves: walked, opensEpoch, ...asked } of given) {
    const context = contexts[instrument]!;
    if (opensEpoch) {
      openEpoch(context, context.epoch + 1);
      sent[instrument] = undefined;
    }
    for (const move of walked) appendMove(context, move || 1);
    if (!isReady(context)) continue;
    const missed = context.moveIndex - (sent[instrument] ?? Number.NEGATIVE_INFINITY);
    const recent = missed <= C ? context.tokens.slice(C - missed) : undefined;
    const update: ContextUpdate =
      recent === undefined ? wholeOf(context) : { kind: 'moves', tokens: recent };
    sent[instrument] = context.moveIndex;
    const request = requestOf(context, update, { instrument, ...asked });
    yield { ...request, context: wholeOf(context) };
  }
}

type Asked = {
  instrument: number;
  wantsPresent: boolean;
  branches: readonly number[];
  hintSeed?: number | undefined;
};

function requestOf(
  context: Context,
  update: ContextUpdate,
  asked: Asked = { instrument: 0, wantsPresent: true, branches: [33, 30] },
): Speculation {
  const { instrument, wantsPresent, branches, hintSeed } = asked;
  const { epoch, moveIndex } = context;
  const length = (branches.length + (wantsPresent ? 1 : 0)) * BY.paths * BY.moves;
  const hints = Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, hintSeed ?? 0) & 63);
  return {
    ...{ requestId: 1, instrument, epoch, moveIndex, update, budgetNs: 0, wantsPresent },
    sideInputs: { version: 0, values: undefined },
    identity: forecastIdentity(context, BY),
    branches: Uint8Array.from(branches),
    hints: hintSeed === undefined ? undefined : hints,
  };
}

function wholeOf({ tokens, codes, scale }: Context): ContextUpdate & { kind: 'whole' } {
  return { kind: 'whole', tokens: tokens.slice(), codes: codes.slice(), scale };
}

function moves(...tokens: number[]): ContextUpdate {
  return { kind: 'moves', tokens: Uint8Array.from(tokens) };
}

/** Everything read: a lazy forecast as well. */
function plain(verdict: Verdict): Verdict {
  const contexts = verdict.contexts.map(({ branch, accepted, tokens, forecast }) => ({
    ...{ branch, accepted, tokens, forecast },
  }));
  return { ...verdict, contexts };
}
