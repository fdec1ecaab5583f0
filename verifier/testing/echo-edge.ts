/** An edge's side of the echo: contexts that move by chance, requests, answers expected. */

import type { Random } from '#engine';
import { appendToken, type Context, createContext, TOKENS } from '#law';
import type { SettledContext, Speculation, VerifierTerms } from '../protocol/speculation.ts';
import { echoOf } from './echo-session.ts';

export const ECHO_TERMS: VerifierTerms = {
  modelHash: 'a'.repeat(64),
  kernel: 'echo',
  draftHash: 'd'.repeat(64),
  seed: 7,
  paths: 3,
  moves: 4,
  contextMoves: 8,
  sideInputs: 2,
  branchesMax: 5,
  symbols: ['EURUSD', 'XAUUSD'],
};

export const ECHO_DESCRIPTION = {
  ...{ modelHash: ECHO_TERMS.modelHash, kernel: 'echo', draftHash: ECHO_TERMS.draftHash },
  ...{ pathsMax: 16, movesMax: 8, branchesMax: 16 },
};

export type Asked = { request: Speculation; expected: SettledContext[] };

export type EchoAskOptions = {
  budgetNs?: number;
  /** Moves of the market before the request; 0 to 3 by chance unless given. */
  moves?: number;
};

export type EchoEdge = {
  /** Lets the market move and asks: the whole context at first and after `loseVerifier`. */
  ask(instrument: number, options?: EchoAskOptions): Asked;
  /** The verifier is to be sent whole contexts again. */
  loseVerifier(): void;
};

export function createEchoEdge(terms: VerifierTerms, random: Random): EchoEdge {
  const below = (bound: number) => random.nextU32() % bound;
  const contexts = terms.symbols.map(symbol => warmContext(symbol, terms.contextMoves));
  const known = new Set<Context>();
  const anyValues = () => Int16Array.from({ length: terms.sideInputs }, () => below(200) - 100);
  let requestId = 0;
  return {
    ask(instrument, { budgetNs = 60e9, moves = below(4) } = {}) {
      const context = contexts[instrument]!;
      const tokens = Uint8Array.from({ length: moves }, () => below(TOKENS));
      for (const token of tokens) appendToken(context, token);
      const isNew = moves > 0 && below(3) === 0;
      if (isNew) context.nextSideInputs = { version: requestId + 1, values: anyValues() };
      context.sideInputs = context.nextSideInputs;
      const { version } = context.sideInputs;
      const isTold = version === 0 || (known.has(context) && !isNew);
      const values = isTold ? undefined : context.sideInputs.values;
      const wantsPresent = below(2) === 0;
      const first = below(TOKENS);
      const count = Math.max(below(terms.branchesMax + 1), wantsPresent ? 0 : 1);
      const branches = Uint8Array.from({ length: count }, (_, at) => (first + 7 * at) % TOKENS);
      const hintBytes = (count + (wantsPresent ? 1 : 0)) * terms.paths * terms.moves;
      const request: Speculation = {
        ...{ requestId: requestId++, instrument, budgetNs, wantsPresent, branches },
        ...{ epoch: context.epoch, moveIndex: context.moveIndex },
        update: known.has(context) ? { kind: 'moves', tokens } : wholeOf(context),
        sideInputs: { version, values },
        identity: context.moveIndex.toString(16).padStart(32, '0'),
        hints: below(2) === 0 ? undefined : new Uint8Array(hintBytes).fill(first),
      };
      known.add(context);
      return { request, expected: echoOf(context, request, terms) };
    },
    loseVerifier: () => known.clear(),
  };
}

function warmContext(symbol: string, contextMoves: number): Context {
  const context = createContext(symbol, contextMoves);
  for (let move = 0; move < contextMoves; move++) appendToken(context, (move * 11) % TOKENS);
  return context;
}

function wholeOf({ tokens, codes, scale }: Context): Speculation['update'] {
  return { kind: 'whole', tokens: tokens.slice(), codes: codes.slice(), scale };
}
