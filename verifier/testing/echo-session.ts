/** A session whose verdicts show the context it holds, so that tests see every move lost. */

import { appendToken, type Context, createContext, forecastInts } from '#law';
import type { SettledContext, Speculation, VerifierTerms } from '../protocol/speculation.ts';
import type { Verify } from '../schedule/verify.ts';
import { applyUpdate } from '../sessions/apply-update.ts';

/** Settles nothing: each path repeats the context, the forecast its scale and side inputs. */
export function openEchoSession(terms: VerifierTerms): Verify {
  const contexts = terms.symbols.map(symbol => createContext(symbol, terms.contextMoves));
  return {
    update(request) {
      return applyUpdate(contexts[request.instrument]!, request) ? 'ok' : 'resync';
    },
    settle(request) {
      const { requestId, instrument, epoch, moveIndex, identity } = request;
      return {
        ...{ requestId, instrument, epoch, moveIndex, identity },
        ...{ serviceNs: 1, passes: 1, drafted: 2, accepted: 1, verified: 3 },
        contexts: echoOf(contexts[instrument]!, request, terms),
      };
    },
  };
}

/** What an echo session that holds `context` answers. */
export function echoOf(
  context: Context,
  { wantsPresent, branches }: Pick<Speculation, 'wantsPresent' | 'branches'>,
  terms: VerifierTerms,
): SettledContext[] {
  const asked = [...(wantsPresent ? [undefined] : []), ...branches];
  return asked.map(branch => {
    const { contextMoves } = context;
    const tokens = context.tokens.slice();
    const codes = context.codes.slice();
    const copy: Context = { ...context, tokens, codes };
    if (branch !== undefined) appendToken(copy, branch);
    const { paths, moves } = terms;
    return {
      branch,
      accepted: Uint8Array.from({ length: paths }, (_, at) => codes[at % contextMoves]! % moves),
      tokens: Uint8Array.from({ length: paths * moves }, (_, at) => tokens[at % contextMoves]!),
      forecast: new Int32Array(forecastInts(moves)).fill(copy.scale + sumOf(copy)),
    };
  });
}

const sumOf = ({ sideInputs: { version, values } }: Context) =>
  values.reduce((sum, value) => sum + value, version);
