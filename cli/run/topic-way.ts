/** A node whose records go to a topic, which lends the right to trade as well. */
import { MILLISECOND_NS } from '#engine';
import { TOPIC_TERMS } from '#gateway';
import type { TopicTerms } from './pair-options.ts';
import type { OpenWay, PairWay, WayNode } from './pair-way.ts';
import type { Replica } from './replica.ts';

const TOPIC_LENDS =
  'promote: the topic says who trades, no operator can; end the process of the other node';

/** Its nodes are started alike: none is the first, and an order to stop one hands over. */
export const topicWay = (topic: TopicTerms): PairWay => ({
  terms: TOPIC_TERMS,
  ...{ isFirst: false, endsTogether: false, handsOverStalled: false },
  noPromotion: TOPIC_LENDS,
  open: node => openTopic(node, topic),
});

/** What speaks with Kafka is loaded for such a node alone. Throws as `openStandbyTopic` does. */
async function openTopic(node: WayNode, terms: TopicTerms): Promise<OpenWay> {
  const { options, replication, pair, stop } = node;
  const { openStandbyTopic } = await import('./standby-topic.ts');
  return await openStandbyTopic({
    ...{ ...options.pair, terms, clock: node.leaseClock, timers: node.leaseTimers, replication },
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
