/** What the verifier's answers cost and gave, summed. */
import type { Answer } from '#verifier/protocol';

export type SpeculationCounts = {
  verdicts: number;
  /** Requests without a verdict, by reason. */
  refused: Partial<Record<string, number>>;
  /** Passes of the target. */
  passes: number;
  /** Moves the draft proposed to the target, and those it would have picked itself. */
  drafted: number;
  accepted: number;
  /** Nodes of the packed trees that the target evaluated. */
  verified: number;
  /** Moves of all settled paths of all contexts. */
  settledMoves: number;
};

export function createSpeculationCounts(): SpeculationCounts {
  const none = { verdicts: 0, passes: 0, drafted: 0, accepted: 0, verified: 0, settledMoves: 0 };
  return { ...none, refused: {} };
}

export function countAnswer(counts: SpeculationCounts, answer: Answer): void {
  if (answer.kind === 'refusal') {
    const { reason } = answer.refusal;
    counts.refused[reason] = (counts.refused[reason] ?? 0) + 1;
    return;
  }
  const { passes, drafted, accepted, verified, contexts } = answer.verdict;
  counts.verdicts++;
  counts.passes += passes;
  counts.drafted += drafted;
  counts.accepted += accepted;
  counts.verified += verified;
  for (const { tokens } of contexts) counts.settledMoves += tokens.length;
}
