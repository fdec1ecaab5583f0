/** What happens to a node, and what it wants done. */
import type { Nanoseconds } from '#engine';
import type { FromWitness, ToWitness } from './witness-messages.ts';

export type NodeEvent =
  | { kind: 'tick' }
  /** Of a follower: the link to the primary, and what comes over it. */
  | { kind: 'linked' }
  /** `isEnded`: the primary was stopped in order; nobody takes over unasked. */
  | { kind: 'unlinked'; isEnded: boolean }
  | { kind: 'heartbeat'; heartbeatNs: Nanoseconds }
  | { kind: 'claim-read'; epoch: number }
  /** Of a primary: its standby has every record; answers a heartbeat; is gone. */
  | { kind: 'standby-in-sync'; standby: string }
  | { kind: 'renewal'; heartbeatNs: Nanoseconds }
  | { kind: 'standby-lost' }
  /** Of a primary: no more may be held for its standby; the standby has every record again. */
  | { kind: 'overfull' }
  | { kind: 'acknowledged' }
  | { kind: 'witness'; message: FromWitness }
  | { kind: 'witness-lost' }
  /** Shall trade, alone if need be. */
  | { kind: 'promote'; operator: string };

export type NodeEffect =
  | { kind: 'ask'; message: ToWitness }
  /** Write the claim and step it; the node is the primary from here on. */
  | { kind: 'claim'; epoch: number; operator: string }
  /** To the standby, which answers. */
  | { kind: 'heartbeat'; heartbeatNs: Nanoseconds }
  /** To the primary: the answer. */
  | { kind: 'renewal'; heartbeatNs: Nanoseconds }
  /** Write it to the log. */
  | { kind: 'pairing'; pairing: 'paired' | 'alone'; standby: string }
  /** Close the venue, what is held is dropped; and open it. */
  | { kind: 'suspend'; lacks: Lacking }
  | { kind: 'resume' }
  | { kind: 'problem'; text: string }
  /** Close the venue and end: another may trade from now on. */
  | { kind: 'stop'; reason: string };

/** What a primary cannot trade without. */
export type Lacking = 'standby' | 'room for held outputs';

/** The moment of a step, and where it says what is to be done. */
export type Turn = { nowNs: Nanoseconds; effects: NodeEffect[] };
