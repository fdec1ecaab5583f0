/** Terms, requests and verdicts drawn by chance, for the tests of the wire. */

import fc from 'fast-check';
import { forecastInts, SCALE_CODES, TOKENS } from '#law';
import type { SideInputUpdate } from '../protocol/side-input-update.ts';
import type {
  ContextUpdate,
  SettledContext,
  Speculation,
  Verdict,
  VerifierTerms,
} from '../protocol/speculation.ts';

const name = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
const count = fc.oneof(fc.nat(), fc.nat(300), fc.maxSafeInteger().map(Math.abs));
const identity = fc.stringMatching(/^[0-9a-f]{32}$/);

const bytes = (length: number, bound: number) =>
  fc.uint8Array({ minLength: length, maxLength: length, max: bound - 1 });

const branchesOf = (branchesMax: number) =>
  fc.uniqueArray(fc.nat(TOKENS - 1), { maxLength: branchesMax });

export const anyTerms: fc.Arbitrary<VerifierTerms> = fc.record({
  modelHash: name,
  kernel: name,
  draftHash: fc.oneof(fc.constant(''), name),
  seed: count,
  paths: fc.integer({ min: 1, max: 8 }),
  moves: fc.integer({ min: 1, max: 8 }),
  contextMoves: fc.integer({ min: 1, max: 64 }),
  sideInputs: fc.integer({ min: 0, max: 16 }),
  branchesMax: fc.integer({ min: 0, max: TOKENS }),
  symbols: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
});

/** A request that these terms allow. */
export function anySpeculation(terms: VerifierTerms): fc.Arbitrary<Speculation> {
  const { paths, moves, branchesMax, symbols } = terms;
  const asked = fc
    .record({ wantsPresent: fc.boolean(), branches: branchesOf(branchesMax) })
    .map(({ wantsPresent, branches }) => ({
      wantsPresent: wantsPresent || branches.length === 0,
      branches: Uint8Array.from(branches),
    }));
  return fc.tuple(asked, anyUpdate(terms)).chain(([{ wantsPresent, branches }, update]) => {
    const contexts = branches.length + (wantsPresent ? 1 : 0);
    const hints = bytes(contexts * paths * moves, TOKENS);
    return fc.record({
      ...{ requestId: count, instrument: fc.nat(symbols.length - 1), epoch: count },
      moveIndex: fc.nat().map(index => index + terms.contextMoves),
      update: fc.constant(update),
      sideInputs: anySideInputs(terms, update.kind === 'whole'),
      ...{ identity, budgetNs: count },
      ...{ wantsPresent: fc.constant(wantsPresent), branches: fc.constant(branches) },
      hints: terms.draftHash === '' ? fc.constant(undefined) : fc.option(hints, { nil: undefined }),
    });
  });
}

function anySideInputs(
  { sideInputs: length }: VerifierTerms,
  isWhole: boolean,
): fc.Arbitrary<SideInputUpdate> {
  const none = fc.constant({ version: 0, values: undefined });
  if (length === 0) return none;
  const values = fc.int16Array({ minLength: length, maxLength: length });
  const known = isWhole ? values : fc.option(values, { nil: undefined });
  return fc.oneof(none, fc.record({ version: count.filter(x => x > 0), values: known }));
}

function anyUpdate({ contextMoves }: VerifierTerms): fc.Arbitrary<ContextUpdate> {
  const moves = fc
    .uint8Array({ maxLength: contextMoves, max: TOKENS - 1 })
    .map(tokens => ({ kind: 'moves' as const, tokens }));
  const whole = fc.record({
    kind: fc.constant('whole' as const),
    tokens: bytes(contextMoves, TOKENS),
    codes: bytes(contextMoves, SCALE_CODES),
    scale: fc.integer({ min: 1, max: 2 ** 27 }),
  });
  return fc.oneof(moves, whole);
}

/** A verdict that these terms allow. */
export function anyVerdict(terms: VerifierTerms): fc.Arbitrary<Verdict> {
  const { paths, moves, branchesMax } = terms;
  const branches = fc.uniqueArray(fc.option(fc.nat(TOKENS - 1), { nil: undefined }), {
    maxLength: Math.min(branchesMax, 6),
  });
  const forecast = fc
    .array(fc.integer(), { minLength: forecastInts(moves), maxLength: forecastInts(moves) })
    .map(values => Int32Array.from(values));
  const contextOf = (branch: number | undefined): fc.Arbitrary<SettledContext> =>
    fc.record({
      branch: fc.constant(branch),
      accepted: bytes(paths, moves + 1),
      tokens: bytes(paths * moves, TOKENS),
      forecast,
    });
  const contexts = branches.chain(each => fc.tuple(...each.map(contextOf)));
  return fc.tuple(count, count).chain(([one, other]) =>
    fc.record({
      ...{ requestId: count, instrument: count, epoch: count, moveIndex: count, identity },
      ...{ serviceNs: count, passes: count, verified: count, contexts },
      drafted: fc.constant(Math.max(one, other)),
      accepted: fc.constant(Math.min(one, other)),
    }),
  );
}
