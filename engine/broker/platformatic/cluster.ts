/** What is known of a cluster: its nodes, the leaders of partitions, the coordinators of groups. */

import { findCoordinatorV4, metadataV12 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { TopicPartition } from '../record.ts';
import { type AnyNode, anyNode, nodeName } from './any-node.ts';
import { ERROR, isPassing } from './error-codes.ts';
import { type ConnectOptions, type Links, type Node, openLinks } from './links.ts';
import { refused, retrying } from './retrying.ts';
import { checkVersions } from './versions.ts';

export type KnownTopic = {
  readonly topic: string;
  /** Another one once a topic of the same name was deleted and made anew. */
  readonly id: string;
  /** Node of each partition's leader; -1 while there is none. */
  readonly leaders: readonly number[];
};

export type CoordinatorOf = {
  readonly type: 'group' | 'transaction';
  readonly key: string;
};

export type Cluster = AnyNode & {
  /** For requests that wait for nobody. */
  readonly links: Links;
  /** Links of one's own, to be closed. */
  openLinks(requestTimeoutMs: number): Links;
  /** What is known; asks where the topic is not known yet. Undefined where it does not exist. */
  topic(topic: string): Promise<KnownTopic | undefined>;
  /** What is known, without asking. */
  known(topic: string): KnownTopic | undefined;
  /** Asks for the topics anew; concurrent askers share one request. */
  refresh(topics: readonly string[]): Promise<void>;
  node(id: number): Node | undefined;
  coordinator(of: CoordinatorOf): Promise<Node>;
  forgetCoordinator(of: CoordinatorOf): void;
  close(): Promise<void>;
};

export const REQUEST_MS = 10_000;
/** What any node knows without asking others. */
const ASK_MS = 3_000;

/** Connects, and checks the brokers' version. Throws `network` or `bad-config`. */
export async function openCluster(options: ConnectOptions): Promise<Cluster> {
  const seeds = options.addresses.map(parseAddress);
  const asking = openLinks({ ...options, requestTimeoutMs: ASK_MS });
  const nodes = new Map<number, Node>();
  const topics = new Map<string, KnownTopic>();
  const coordinators = new Map<string, Node>();
  const alive = new Set<string>();
  const refreshing = new Map<string, Promise<void>>();
  const any = anyNode(asking, () => [...nodes.values(), ...seeds]);
  const refresh = async (wanted: readonly string[]) => {
    const answer = await any.ask(metadataV12.api, [...wanted], false);
    alive.clear();
    for (const { nodeId, host, port } of answer.brokers) {
      nodes.set(nodeId, { host, port });
      alive.add(nodeName({ host, port }));
    }
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (name == null) continue;
      if (errorCode === ERROR.unknownTopic) topics.delete(name);
      else if (errorCode === ERROR.none) topics.set(name, knownTopic(name, topicId, partitions));
      else if (!isPassing(errorCode)) throw refused(`topic ${name}`, errorCode);
    }
  };
  const shared = (wanted: readonly string[]) => {
    const key = [...wanted].sort().join(' ');
    const under = refreshing.get(key) ?? refresh(wanted).finally(() => refreshing.delete(key));
    refreshing.set(key, under);
    return under;
  };
  const isGivenUp = async (node: Node) => {
    any.mistrust(node);
    await shared([]);
    return !alive.has(nodeName(node));
  };
  const open = (requestTimeoutMs: number) => openLinks({ ...options, requestTimeoutMs, isGivenUp });
  const links = open(REQUEST_MS);
  const cluster: Cluster = {
    links,
    openLinks: open,
    async topic(topic) {
      if (!topics.has(topic)) await shared([topic]);
      return topics.get(topic);
    },
    known: topic => topics.get(topic),
    refresh: shared,
    node: id => nodes.get(id),
    ...any,
    coordinator: of => coordinatorOf({ ask: any.ask, coordinators }, of),
    forgetCoordinator: ({ type, key }) => void coordinators.delete(`${type} ${key}`),
    async close() {
      await Promise.all([links.close(), asking.close()]);
    },
  };
  try {
    await checkVersions(asking, await any.reachable());
    await refresh([]);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
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

async function coordinatorOf(
  known: { ask: AnyNode['ask']; coordinators: Map<string, Node> },
  { type, key }: CoordinatorOf,
): Promise<Node> {
  const name = `${type} ${key}`;
  const found = known.coordinators.get(name);
  if (found !== undefined) return found;
  const type8 = type === 'group' ? 0 : 1;
  return retrying(`coordinator of ${name}`, async () => {
    const answer = await known.ask(findCoordinatorV4.api, type8, [key]);
    const { errorCode, host, port } = answer.coordinators[0]!;
    if (errorCode !== ERROR.none) return { errorCode };
    known.coordinators.set(name, { host, port });
    return { done: { host, port } };
  });
}

function parseAddress(address: string): Node {
  const at = address.lastIndexOf(':');
  const port = Number(address.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new OutriderError('bad-config', `brokers: ${address}; give HOST:PORT`);
  }
  return { host: address.slice(0, at), port };
}

/** For `catch` of a request to a coordinator: one that does not answer may be another by now. */
export function forgetting(cluster: Cluster, of: CoordinatorOf, node: Node) {
  return (error: unknown): never => {
    cluster.mistrust(node);
    cluster.forgetCoordinator(of);
    throw error;
  };
}

/** For `catch` of a request to a leader: one that does not answer may be another by now. */
export function relocating(cluster: Cluster, partitions: readonly TopicPartition[], node: Node) {
  return async (error: unknown): Promise<never> => {
    const topics = new Set(partitions.map(({ topic }) => topic));
    cluster.mistrust(node);
    await cluster.refresh([...topics]).catch(() => {});
    throw error;
  };
}
