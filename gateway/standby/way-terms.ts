/** What the rules of a node make of the way that its records go: by a link, or by a topic. */
import type { Nanoseconds } from '#engine';

export type WayTerms = {
  hasWitness: boolean;
  /** Who takes over trades without a standby until the other node is back. */
  takesOverAlone: boolean;
  /** So long after its standby was lost a primary goes on alone; undefined: never by itself. */
  aloneAfterNs: Nanoseconds | undefined;
  /** Said of a lease that is over. */
  unansweredText: string;
};

/** The other node is the standby, and a witness may lend the right to trade. */
export const linkTerms = (given: Pick<WayTerms, 'hasWitness' | 'aloneAfterNs'>): WayTerms => ({
  ...{ ...given, takesOverAlone: true },
  unansweredText: 'neither witness nor standby has answered in time',
});

/** The topic is both, and is there for whoever takes over: nobody ever trades alone. */
export const TOPIC_TERMS: WayTerms = {
  ...{ hasWitness: true, takesOverAlone: false, aloneAfterNs: undefined },
  unansweredText: 'its topic has not answered in time',
};
