/** How many of the drafted tokens the target took, over an instrument's latest verdicts. */

/** What a verdict says of its drafts. */
export type DraftCounts = { drafted: number; accepted: number };

/** Of the latest `VERDICTS` that had drafts, as a ring, and their sums. */
export type Acceptance = {
  readonly latest: DraftCounts[];
  next: number;
  drafted: number;
  accepted: number;
};

/** The window: some seconds of a busy market. */
export const ACCEPTANCE_VERDICTS = 64;
const MILLION = 1_000_000;

export const createAcceptance = (): Acceptance => ({
  ...{ latest: [], next: 0, drafted: 0, accepted: 0 },
});

export function noteDrafts(acceptance: Acceptance, { drafted, accepted }: DraftCounts): void {
  if (drafted === 0) return;
  const { latest, next } = acceptance;
  const oldest = latest[next];
  acceptance.drafted += drafted - (oldest?.drafted ?? 0);
  acceptance.accepted += accepted - (oldest?.accepted ?? 0);
  latest[next] = { drafted, accepted };
  acceptance.next = (next + 1) % ACCEPTANCE_VERDICTS;
}

/** In millionths, rounded down; all where nothing was drafted. */
export function acceptancePpm({ drafted, accepted }: Acceptance): number {
  return drafted === 0 ? MILLION : Math.floor((accepted * MILLION) / drafted);
}
