/** What brokers say of their cluster: who is alive, who leads which partition. */

import { metadataV12 } from '@platformatic/kafka';
import type { OutriderError } from '../../error.ts';
import { type AnyNode, nodeName } from './any-node.ts';
import { ERROR, isPassing } from './error-codes.ts';
import type { Node } from './links.ts';
import { refused } from './retrying.ts';

export type KnownTopic = {
  readonly topic: string;
  /** Another one once a topic of the same name was deleted and made anew. */
  readonly id: string;
  /** Node of each partition's leader; -1 while there is none. */
  readonly leaders: readonly number[];
};

export type Metadata = {
  /** What is known; asks where the topic is not known yet. Undefined where it does not exist. */
  topic(topic: string): Promise<KnownTopic | undefined>;
  /** What is known, without asking. */
  known(topic: string): KnownTopic | undefined;
  /**
   * Asks for the topics anew; concurrent askers share one request. Throws where one is refused for
   * good, with what was said of the others taken up.
   */
  refresh(topics: readonly string[]): Promise<void>;
  node(id: number): Node | undefined;
  /** All that were ever named. */
  nodes(): readonly Node[];
  /** By the latest answer: the controller gives up a node that is silent for its session. */
  isAlive(node: Node): boolean;
};

export function createMetadata({ ask }: Pick<AnyNode, 'ask'>): Metadata {
  const nodes = new Map<number, Node>();
  const topics = new Map<string, KnownTopic>();
  let alive = new Set<string>();
  const refreshing = new Map<string, Promise<void>>();
  const askFor = async (wanted: readonly string[]) => {
    const answer = await ask(metadataV12.api, [...wanted], false);
    alive = new Set(answer.brokers.map(nodeName));
    for (const { nodeId, host, port } of answer.brokers) nodes.set(nodeId, { host, port });
    let refusal: OutriderError | undefined;
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (name == null) continue;
      if (errorCode === ERROR.unknownTopic) topics.delete(name);
      else if (errorCode === ERROR.none) topics.set(name, knownTopic(name, topicId, partitions));
      else if (!isPassing(errorCode)) refusal ??= refused(`topic ${name}`, errorCode);
    }
    if (refusal !== undefined) throw refusal;
  };
  const refresh = (wanted: readonly string[]) => {
    const key = [...wanted].sort().join(' ');
    const under = refreshing.get(key) ?? askFor(wanted).finally(() => refreshing.delete(key));
    refreshing.set(key, under);
    return under;
  };
  return {
    refresh,
    async topic(topic) {
      if (!topics.has(topic)) await refresh([topic]);
      return topics.get(topic);
    },
    known: topic => topics.get(topic),
    node: id => nodes.get(id),
    nodes: () => [...nodes.values()],
    isAlive: node => alive.has(nodeName(node)),
  };
}

function knownTopic(
  topic: string,
  id: string,
  partitions: readonly { partitionIndex: number; leaderId: number }[],
): KnownTopic {
  const leaders = new Array<number>(partitions.length).fill(-1);
  for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
  return { topic, id, leaders };
}
