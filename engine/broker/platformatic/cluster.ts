/** A cluster as its clients see it: nodes, leaders of partitions, coordinators of groups, links. */

import { findCoordinatorV4 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { TopicPartition } from '../record.ts';
import { type AnyNode, anyNode } from './any-node.ts';
import { ERROR } from './error-codes.ts';
import { type ConnectOptions, type Links, type Node, openLinks } from './links.ts';
import { createMetadata, type Metadata } from './metadata.ts';
import { retrying } from './retrying.ts';
import { checkVersions } from './versions.ts';

export type CoordinatorOf = {
  readonly type: 'group' | 'transaction';
  readonly key: string;
};

export type Cluster = AnyNode &
  Metadata & {
    /** For requests that wait for nobody. */
    readonly links: Links;
    /** Links of one's own, to be closed. */
    openLinks(requestTimeoutMs: number): Links;
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
  const any = anyNode(asking, () => [...metadata.nodes(), ...seeds]);
  const metadata = createMetadata(any);
  const coordinators = new Map<string, Node>();
  const isGivenUp = async (node: Node) => {
    any.mistrust(node);
    await metadata.refresh([]);
    return !metadata.isAlive(node);
  };
  const open = (requestTimeoutMs: number) => openLinks({ ...options, requestTimeoutMs, isGivenUp });
  const links = open(REQUEST_MS);
  const cluster: Cluster = {
    links,
    openLinks: open,
    ...any,
    ...metadata,
    coordinator: of => coordinatorOf({ ask: any.ask, coordinators }, of),
    forgetCoordinator: ({ type, key }) => void coordinators.delete(`${type} ${key}`),
    async close() {
      await Promise.all([links.close(), asking.close()]);
    },
  };
  try {
    await checkVersions(asking, await any.reachable());
    await metadata.refresh([]);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
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
