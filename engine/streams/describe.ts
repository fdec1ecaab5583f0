/** A topology as text and as a drawing: what reads what, keeps what and writes what. */

import type { GraphNode } from './graph.ts';

/** One line a node, below its sub-topology. */
export function describeTopology(name: string, parts: readonly (readonly GraphNode[])[]): string {
  const lines = [`topology ${name}`];
  for (const [index, nodes] of parts.entries()) {
    lines.push(`  sub-topology ${index}`);
    for (const node of nodes) lines.push(`    ${lineOf(node)}`);
  }
  return `${lines.join('\n')}\n`;
}

function lineOf({ name, parents, reads, writes, stores }: GraphNode): string {
  const parts = [name];
  if (parents.length > 0) parts.push(`from ${parents.map(edgeText).join(', ')}`);
  if (reads !== undefined) parts.push(`reads ${reads.name}`);
  if (writes !== undefined) parts.push(`writes ${writes.name}`);
  if (stores.length > 0) parts.push(`keeps ${stores.map(({ codec }) => codec.name).join(', ')}`);
  return parts.join(' ');
}

const edgeText = ({ from, port }: GraphNode['parents'][number]) =>
  port === 'out' ? from.name : `${from.name}.${port}`;

/** A Mermaid flowchart: topics as slanted boxes, stores as drums, a frame a sub-topology. */
export function drawTopology(parts: readonly (readonly GraphNode[])[]): string {
  const lines = ['flowchart LR'];
  const topics = new Map<string, string>();
  const topicId = (name: string) => {
    const id = topics.get(name) ?? `t${topics.size}`;
    topics.set(name, id);
    return id;
  };
  const edges: string[] = [];
  for (const [index, nodes] of parts.entries()) {
    lines.push(`  subgraph s${index} ["sub-topology ${index}"]`);
    for (const node of nodes) {
      lines.push(`    n${node.index}["${node.name}"]`);
      for (const [at, { codec }] of node.stores.entries()) {
        lines.push(`    n${node.index}s${at}[("${codec.name}")]`);
        edges.push(`n${node.index} -.- n${node.index}s${at}`);
      }
      for (const { from, port } of node.parents) {
        const label = port === 'out' ? '-->' : `-->|${port}|`;
        edges.push(`n${from.index} ${label} n${node.index}`);
      }
      if (node.reads !== undefined) edges.push(`${topicId(node.reads.name)} --> n${node.index}`);
      if (node.writes !== undefined) edges.push(`n${node.index} --> ${topicId(node.writes.name)}`);
    }
    lines.push('  end');
  }
  for (const [name, id] of topics) lines.push(`  ${id}[/"${name}"/]`);
  return `${[...lines, ...edges.map(edge => `  ${edge}`)].join('\n')}\n`;
}
