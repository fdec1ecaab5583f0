/** A topology that is built: its parts, the topics it needs, and how it prints and draws itself. */

import type { StateStore } from '../state/store.ts';
import { cutGraph, eventTimeDelays } from './cut.ts';
import { describeTopology, drawTopology } from './describe.ts';
import { progressCodecs } from './event-time.ts';
import { type Graph, type GraphNode, type NodeStore, nodeStore } from './graph.ts';
import { openNodes } from './open-nodes.ts';
import { Task, type TaskPlan } from './stream-task.ts';
import type { SubTopology, TaskPlace } from './task.ts';
import { type Planned, planTopology, type TopologyPlan } from './topology-plan.ts';

export type Topology = {
  readonly name: string;
  readonly subTopologies: readonly SubTopology[];
  /** Topics of others that it reads or writes: they have to be there before it starts. */
  readonly topics: readonly string[];
  readonly deadLetterTopic: string;
  /**
   * Partitions of all its topics, and what is to be created, from those that are there. Throws
   * `bad-config` naming topics that are missing or do not fit together.
   */
  plan(existing: ReadonlyMap<string, number>): TopologyPlan;
  /** As text, a line a node. */
  describe(): string;
  /** As a Mermaid flowchart. */
  draw(): string;
};

export type TopologyOptions = {
  /** In front of the names of its stores and topics. */
  readonly name: string;
  /** Default: the name with `-dead-letters` behind. */
  readonly deadLetterTopic?: string;
  /**
   * Least time between two words on event time to the readers of repartition topics, in ms of the
   * clock. Default 200: each is a record in every partition.
   */
  readonly markerEveryMs?: number;
};

const MARKER_EVERY_MS = 200;

export function topologyOf(graph: Graph, options: TopologyOptions): Topology {
  const parts = cutGraph(graph.nodes);
  const deadLetterTopic = options.deadLetterTopic ?? `${graph.name}-dead-letters`;
  const internalTopics = new Set(
    graph.nodes.flatMap(({ writes }) => (writes?.isInternal === true ? [writes.name] : [])),
  );
  const subTopologies = parts.map((nodes, index) =>
    subTopologyOf(graph, {
      ...{ subTopology: index, nodes, internalTopics, deadLetterTopic },
      markerEveryMs: options.markerEveryMs ?? MARKER_EVERY_MS,
    }),
  );
  const planned: Planned = {
    ...{ name: graph.name, deadLetterTopic },
    parts: parts.map(nodes => ({
      reads: nodes.flatMap(({ reads }) => {
        if (reads === undefined) return [];
        const { name, partitioner } = reads;
        return [{ name, partitioner, isInternal: internalTopics.has(name) }];
      }),
      writes: nodes.flatMap(({ writes }) => (writes === undefined ? [] : [writes])),
    })),
  };
  const used = planned.parts.flatMap(({ reads, writes }) => [...reads, ...writes]);
  const external = used.filter(({ isInternal }) => !isInternal).map(({ name }) => name);
  return {
    ...{ name: graph.name, subTopologies, deadLetterTopic, topics: [...new Set(external)] },
    plan: existing => planTopology(planned, existing),
    describe: () => describeTopology(graph.name, parts),
    draw: () => drawTopology(parts),
  };
}

type Part = Omit<TaskPlan, 'delaysMs' | 'progressStore'>;

function subTopologyOf(graph: Graph, part: Part): SubTopology {
  const { nodes, subTopology: index } = part;
  const sources = namesOf(nodes, ({ reads }) => reads?.name);
  const sinks = namesOf(nodes, ({ writes }) => writes?.name);
  const goesByEventTime = nodes.some(
    ({ usesEventTime, writes }) => usesEventTime || writes?.isInternal === true,
  );
  const progress = goesByEventTime
    ? nodeStore(graph, `${index}-event-time`, progressCodecs)
    : undefined;
  const stores = [
    ...nodes.flatMap(node => node.stores),
    ...(progress === undefined ? [] : [progress]),
  ];
  const plan: TaskPlan = {
    ...part,
    delaysMs: eventTimeDelays(nodes),
    progressStore: progress?.codec.name,
  };
  return {
    ...{ index, sources, sinks: [...sinks, part.deadLetterTopic] },
    // Topics that are read together are partitioned alike.
    partitioner: nodes.find(({ reads }) => reads !== undefined)!.reads!.partitioner,
    stores: stores.map(store => {
      const { codec, recordKeyOf } = store;
      const ofKey = recordKeyOf === undefined ? {} : { recordKeyOf };
      return { name: codec.name, isLogged: true, isOfTask: store === progress, ...ofKey };
    }),
    createTask: place => new Task(plan, place, openNodes(plan, place, openStores(stores, place))),
  };
}

function openStores(stores: readonly NodeStore[], place: TaskPlace) {
  return new Map<string, StateStore<unknown, unknown>>(
    stores.map(({ codec }) => [codec.name, place.openStore(codec)]),
  );
}

function namesOf(
  nodes: readonly GraphNode[],
  take: (node: GraphNode) => string | undefined,
): string[] {
  return [...new Set(nodes.flatMap(node => take(node) ?? []))];
}
