/** A node of a pair on the topic that its options name, if they name one. */
import { type Clock, MILLISECOND_NS, type Timers } from '#engine';
import type { Pair, PairPorts } from '#gateway';
import type { PairOptions } from './pair-options.ts';
import type { Replica } from './replica.ts';
import type { StandbyTopic } from './standby-topic.ts';

export type TopicNodeParts = {
  options: { pair: PairOptions; onProblem(text: string): void };
  replica: Replica;
  replication: PairPorts<unknown>['replication'];
  pair: Pick<Pair<never>, 'accept' | 'connected' | 'onWitness' | 'state'>;
  /** Monotonic: leases are counted by it. */
  leaseClock: Clock;
  leaseTimers: Timers;
  stop: { resolve(why: string): void };
};

/** What speaks with Kafka is loaded for such a node alone. Throws as `openStandbyTopic` does. */
export async function openNodeTopic(node: TopicNodeParts): Promise<StandbyTopic | undefined> {
  const { options, replication, pair, stop } = node;
  const { topic: terms, ...of } = options.pair;
  if (terms === undefined) return undefined;
  const { openStandbyTopic } = await import('./standby-topic.ts');
  return await openStandbyTopic({
    ...{ ...of, terms, clock: node.leaseClock, timers: node.leaseTimers, replication },
    ...{ pair: () => pair, lastMs: lastMs(node.replica), onProblem: options.onProblem },
    isWanted: () => pair.state.role === 'following' || pair.state.role === 'seeking',
    onStrange: stop.resolve,
    onUnreadable: stop.resolve,
  });
}

function lastMs(replica: Replica): number | undefined {
  if (replica.begun === undefined) return undefined;
  const originMs = Number(replica.originNs / BigInt(MILLISECOND_NS));
  return originMs + Math.floor(replica.begun.stepped.lastNs / MILLISECOND_NS);
}
