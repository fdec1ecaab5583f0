/** The way that a node's records go to another, link or topic: what the host asks of it. */
import type { Clock, Timers } from '#engine';
import type { NodeState, Pair, PairPorts, WayTerms } from '#gateway';
import { linkWay } from './link-way.ts';
import type { PairOptions } from './pair-options.ts';
import type { Replica } from './replica.ts';
import { topicWay } from './topic-way.ts';

export type PairWay = {
  terms: WayTerms;
  /** It trades as soon as it may, rather than to follow first. */
  isFirst: boolean;
  /** A primary that is stopped in order stops both, until an operator or a start says else. */
  endsTogether: boolean;
  /** One whose log takes nothing ends, where a standby has all: that goes on. */
  handsOverStalled: boolean;
  /** Why no operator can promote; undefined where one can. */
  noPromotion: string | undefined;
  /** Throws as what it connects to does. */
  open(node: WayNode): Promise<OpenWay>;
};

export type OpenWay = {
  /** Of whoever lends the right to trade, if anybody does. */
  ask: PairPorts<unknown>['ask'];
  /** The claim stands in this node's log: it leads from here on. */
  lead(): void;
  /** The venues are closed. */
  close(): Promise<void>;
};

/** What of a node it goes by. */
export type WayNode = {
  options: { pair: PairOptions; onProblem(text: string): void };
  replica: Replica;
  replication: PairPorts<unknown>['replication'];
  pair: Pick<Pair<never>, 'accept' | 'connected' | 'onWitness' | 'onWitnessLost'> & {
    readonly state: NodeState;
  };
  /** Monotonic: leases are counted by it. */
  leaseClock: Clock;
  leaseTimers: Timers;
  stop: { resolve(why: string): void };
};

export const wayOf = (options: PairOptions): PairWay =>
  options.topic === undefined ? linkWay(options) : topicWay(options.topic);
