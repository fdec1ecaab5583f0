/** What any node of a cluster can answer, asked of one that answers. */

import type { API } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { Links, Node } from './links.ts';

export type AnyNode = {
  ask<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    ...values: Arguments
  ): Promise<Answer>;
  /** Takes connections, which one that hangs does as well. */
  reachable(): Promise<Node>;
  /** It did not answer, or took no connection: until it does, others are asked first. */
  mistrust(node: Node): void;
};

/** `nodes`: all that are known by now; one may be named twice. */
export function anyNode(links: Links, nodes: () => readonly Node[]): AnyNode {
  // In the order of their silence: one that fell silent long ago is likelier back.
  const silent = new Set<string>();
  const mistrust = (node: Node) => {
    silent.delete(nodeName(node));
    silent.add(nodeName(node));
  };
  const reachable = () => {
    const byName = new Map(nodes().map(node => [nodeName(node), node]));
    const order = [...silent];
    const rank = (node: Node) => order.indexOf(nodeName(node));
    const sorted = [...byName.values()].sort((one, other) => rank(one) - rank(other));
    return firstReachable(links, sorted, mistrust);
  };
  return {
    reachable,
    mistrust,
    async ask(api, ...values) {
      const node = await reachable();
      try {
        const answer = await links.call(node, api, ...values);
        silent.delete(nodeName(node));
        return answer;
      } catch (error) {
        mistrust(node);
        throw error;
      }
    },
  };
}

export const nodeName = ({ host, port }: Node) => `${host}:${port}`;

async function firstReachable(
  links: Links,
  nodes: readonly Node[],
  mistrust: AnyNode['mistrust'],
): Promise<Node> {
  const failures: string[] = [];
  for (const node of nodes) {
    try {
      await links.connect(node);
      return node;
    } catch (error) {
      if (error instanceof OutriderError && error.code !== 'network') throw error;
      mistrust(node);
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new OutriderError('network', `no Kafka node answers: ${failures.join('; ')}`);
}
