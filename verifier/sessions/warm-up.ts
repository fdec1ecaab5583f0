/** Runs a session on made-up contexts, so that the first real request meets compiled code. */
import { type Clock, SECOND_NS } from '#engine';
import { TOKENS } from '#law';
import type { Speculation, VerifierTerms } from '#verifier/protocol';
import type { VerifierSession } from './session.ts';

const ROUNDS = 300;
/** A model whose rounds are long is soon warm, and an edge waits for its welcome meanwhile. */
const LONGEST_NS = SECOND_NS;

/** The session forgets all of it with the first request, which carries the whole context. */
export function warmUp(session: VerifierSession, terms: VerifierTerms, clock: Clock): void {
  const { contextMoves, branchesMax } = terms;
  const branches = Uint8Array.from({ length: branchesMax }, (_, at) => (at * 4 + 1) % TOKENS);
  const endNs = clock.nowNs() + LONGEST_NS;
  for (let round = 0; round < ROUNDS && clock.nowNs() < endNs; round++) {
    const tokens = Uint8Array.from(
      { length: contextMoves },
      (_, at) => 24 + ((round + at * 7) % 16),
    );
    const request: Speculation = {
      ...{ requestId: 0, instrument: 0, epoch: 0, moveIndex: contextMoves + round },
      update: {
        kind: 'whole',
        tokens,
        codes: new Uint8Array(contextMoves).fill(12),
        scale: 20_000,
      },
      sideInputs: { version: 0, values: undefined },
      ...{ identity: '', budgetNs: 0, wantsPresent: true, branches, hints: undefined },
    };
    session.update(request);
    session.settle(request);
  }
}
