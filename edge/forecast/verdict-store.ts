/** Verdicts that have arrived, kept until the market can no longer ask for them. */
import type { SettledContext, Verdict } from '#verifier/protocol';

export type VerdictStore = {
  keep(verdict: Verdict): void;
  /** The settled context of a branch, or of the present for undefined. */
  find(
    instrument: number,
    requestId: number,
    branch: number | undefined,
  ): SettledContext | undefined;
};

/** Holds the latest `verdictsMax` of each instrument; the oldest is forgotten first. */
export function createVerdictStore(instruments: number, verdictsMax: number): VerdictStore {
  const stores = Array.from({ length: instruments }, () => new Map<number, Verdict>());
  return {
    keep(verdict) {
      const verdicts = stores[verdict.instrument]!;
      verdicts.set(verdict.requestId, verdict);
      if (verdicts.size > verdictsMax) verdicts.delete(verdicts.keys().next().value!);
    },
    find: (instrument, requestId, branch) =>
      stores[instrument]!.get(requestId)?.contexts.find(context => context.branch === branch),
  };
}
