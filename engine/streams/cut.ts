/** Cuts a graph into sub-topologies: nodes that hang together, by edges or a topic both read. */

import type { GraphNode } from './graph.ts';

/** Each in the order of its nodes, and all by their first nodes. */
export function cutGraph(nodes: readonly GraphNode[]): GraphNode[][] {
  /** A part's name is the index of its first node. */
  const partOf = new Map<GraphNode, number>();
  const parts = new Map<number, GraphNode[]>();
  for (const node of nodes) {
    const beside = nodes.slice(0, node.index).filter(({ reads }) => {
      return reads !== undefined && reads.name === node.reads?.name;
    });
    const linked = [...node.parents.map(({ from }) => from), ...beside];
    const near = new Set(linked.map(other => partOf.get(other)!));
    const first = Math.min(node.index, ...near);
    const members = [...near].flatMap(part => parts.get(part)!);
    for (const part of near) parts.delete(part);
    const all = [...members, node].sort((a, b) => a.index - b.index);
    parts.set(first, all);
    for (const member of all) partOf.set(member, first);
  }
  return [...parts].sort(([a], [b]) => a - b).map(([, members]) => members);
}

/** How far the event time of each node of a part lies behind that of its sources, in ms. */
export function eventTimeDelays(nodes: readonly GraphNode[]): Map<GraphNode, number> {
  const delays = new Map<GraphNode, number>();
  for (const node of nodes) {
    const before = node.parents.map(({ from }) => delays.get(from)! + from.delayMs);
    delays.set(node, Math.max(0, ...before));
  }
  return delays;
}
