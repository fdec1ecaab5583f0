/** Runs a session on made-up contexts, so that the first real request meets compiled code. */
import { TOKENS } from '#law';
import type { Speculation, VerifierTerms } from '#verifier/protocol';
import type { VerifierSession } from './session.ts';

const ROUNDS = 300;

/** The session forgets all of it with the first request, which carries the whole context. */
export function warmUp(session: VerifierSession, terms: VerifierTerms): void {
  const { contextMoves, branchesMax } = terms;
  const branches = Uint8Array.from({ length: branchesMax }, (_, at) => (at * 4 + 1) % TOKENS);
  for (let round = 0; round < ROUNDS; round++) {
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
      ...{ identity: '', budgetNs: 0, wantsPresent: true, branches, hints: undefined },
    };
    session.update(request);
    session.settle(request);
  }
}
