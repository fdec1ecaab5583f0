/** A node's part in a pair of gateways: who trades, on whose word, and until when. */
import type { Nanoseconds } from '#engine';
import { withMargin } from './lease.ts';
import type { WayTerms } from './way-terms.ts';

/*
                       primary lost, asks the witness            granted, and the promise over
   following ─────────────────────────────▶ seeking ─────────────────────────────▶ primary
       ▲  ◀───── refused, primary heard ───────┘                                      │
       │                                                                              │ lease over,
       └── another process ◀──────────────────── stopped ◀────────────────────────────┘ superseded

   a primary's bytes leave   paired    once the standby has the record they come of
                                 alone     at once: the witness consented, or an operator said so
                                 unpaired  not at all; after a lease's length its venue is closed

   The lease: a primary trades until LEASE after it asked the witness, or the standby it is paired
   with, and was answered. The standby's answer is a promise not to trade for LEASE and an eighth.
   So of witness and standby either may be away; a takeover needs the witness, or an operator.

   A witness that does not answer, and a primary that is not heard: to the node between them death
   and its own isolation look the same. Two operators may say which it is. The witness is waived
   then, the rules are those of a pair without one, until it answers and lends the epoch claimed.
*/
export type NodeTerms = WayTerms & {
  node: string;
  /** Names this process: a watchdog says which one it saw end. */
  instance: string;
  leaseNs: Nanoseconds;
};

export type Pairing = 'paired' | 'alone' | 'unpaired';

export type NodeState = {
  readonly terms: NodeTerms;
  role: 'following' | 'seeking' | 'primary' | 'stopped';
  /** Of the last claim in this node's log. */
  epoch: number;
  follower: {
    isLinked: boolean;
    /** When the primary was heard last. */
    heardNs: Nanoseconds;
    /** It does not trade before. */
    promisedUntilNs: Nanoseconds;
    /** When the witness was asked; undefined where no answer is due. */
    askedNs: Nanoseconds | undefined;
    grant: { epoch: number; untilNs: Nanoseconds; isHolderDead: boolean } | undefined;
    /** An operator wants it to trade whatever it lacks, and his name; when he said so. */
    operator: string;
    saidNs: Nanoseconds;
    /** Another who says so too, for the case that the witness does not answer. */
    seconder: string;
    /** When the witness was asked first of the questions in a row that it has not answered. */
    unansweredNs: Nanoseconds | undefined;
    /** The primary was stopped in order: another is started, or promoted by an operator. */
    isEnded: boolean;
    /** It starts as the primary, rather than to take over from one. */
    isFirst: boolean;
  };
  pairing: Pairing;
  /** The standby that had every record last, and whether it still is there. */
  synced: string;
  isSynced: boolean;
  unpairedNs: Nanoseconds;
  /** The venue is closed until it is paired or alone. */
  isSuspended: boolean;
  wantsAlone: boolean;
  /** It trades by the word of two operators until the witness answers. */
  isWitnessWaived: boolean;
  lease: { witnessUntilNs: Nanoseconds; standbyUntilNs: Nanoseconds };
  /** What the witness is told of the standby; repeated until it agrees. */
  declared: { standby: string; serial: number; isAgreed: boolean };
  /** Heartbeats and renewals, so often a lease. */
  beatNs: Nanoseconds;
  lastProblem: string;
};

/** A node that follows; `isFirst` one that trades as soon as it may. */
export function createNode(
  terms: NodeTerms,
  { epoch, isFirst, nowNs }: { epoch: number; isFirst: boolean; nowNs: Nanoseconds },
): NodeState {
  return {
    ...{ terms, epoch, role: isFirst ? 'seeking' : 'following' },
    follower: {
      ...{ isLinked: false, heardNs: nowNs, askedNs: undefined, grant: undefined },
      // A process that was restarted may have promised until then.
      promisedUntilNs: epoch === 0 ? nowNs : nowNs + withMargin(terms.leaseNs),
      ...{ operator: '', saidNs: 0, seconder: '', unansweredNs: undefined },
      ...{ isEnded: false, isFirst },
    },
    ...{ pairing: 'unpaired', synced: '', isSynced: false, unpairedNs: nowNs, isSuspended: true },
    ...{ wantsAlone: false, isWitnessWaived: false, beatNs: nowNs, lastProblem: '' },
    lease: { witnessUntilNs: 0, standbyUntilNs: 0 },
    declared: { standby: '', serial: 0, isAgreed: true },
  };
}

/** Whether bytes may leave for the venue at this moment. */
export function maySend(state: NodeState, nowNs: Nanoseconds): boolean {
  const isOpen = state.role === 'primary' && state.pairing !== 'unpaired' && !state.isSuspended;
  return isOpen && hasLease(state, nowNs);
}

/** Whether a witness has a say: there is one, and it was not waived. */
export const isWitnessed = ({ terms, isWitnessWaived }: NodeState): boolean =>
  terms.hasWitness && !isWitnessWaived;

/** A primary's right to trade, by its own clock. */
export function hasLease(state: NodeState, nowNs: Nanoseconds): boolean {
  const { pairing, lease, declared, synced } = state;
  if (!isWitnessed(state)) return pairing === 'alone' || nowNs < lease.standbyUntilNs;
  if (nowNs < lease.witnessUntilNs) return true;
  // Its promise counts where the witness would lend the next epoch to nobody else.
  const isHeir = declared.isAgreed && declared.standby === synced && synced !== '';
  return isHeir && pairing !== 'alone' && nowNs < lease.standbyUntilNs;
}
