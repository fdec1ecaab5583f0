/** The nodes of a topology before it runs: what each reads, keeps, writes, and how it is opened. */

import { OutriderError } from '../error.ts';
import type { Partitioner } from '../state/key-group.ts';
import { isTimedKeyCodec, recordKeyOfTimed } from '../state/timed-key.ts';
import type { OpenNode } from './running-node.ts';
import type { Codec, StoreCodec } from './task.ts';
import type { Topic } from './topic.ts';

/** Where a node's records come from: an output of another. */
export type Edge = { readonly from: GraphNode; readonly port: string };

export type GraphNode = {
  /** Parents come before their children: by this order nodes learn of event time. */
  readonly index: number;
  /** Unique in the topology. */
  readonly name: string;
  readonly kind: string;
  readonly parents: readonly Edge[];
  readonly reads: Topic<unknown, unknown> | undefined;
  /** Of what it reads, records without a value are deletions; else they are dead letters. */
  readonly takesTombstones: boolean;
  readonly writes: WrittenTopic | undefined;
  readonly stores: readonly NodeStore[];
  /** Of its records, for dead letters that no record stands behind. */
  readonly key: Codec<unknown> | undefined;
  /** It waits for event time, or judges lateness by it. */
  readonly usesEventTime: boolean;
  /** How far its results are behind the event time at which they come. */
  readonly delayMs: number;
  readonly open: OpenNode;
};

type WrittenTopic = {
  readonly name: string;
  /** A repartition topic: cut between two sub-topologies, made by the engine. */
  readonly isInternal: boolean;
  readonly partitioner: Partitioner;
};

export type NodeStore = {
  readonly codec: StoreCodec<unknown, unknown>;
  readonly recordKeyOf: ((key: Uint8Array) => Uint8Array) | undefined;
};

/** What the nodes of a topology under construction are added to. */
export type Graph = {
  readonly name: string;
  readonly nodes: GraphNode[];
};

type NodeOptions = Pick<GraphNode, 'kind' | 'parents' | 'open'> &
  Partial<
    Pick<
      GraphNode,
      'reads' | 'takesTombstones' | 'writes' | 'stores' | 'key' | 'usesEventTime' | 'delayMs'
    >
  > & {
    /** Default: its kind and index. */
    readonly name?: string | undefined;
  };

/** Throws `bad-config` where the name is another node's. */
export function addNode(graph: Graph, options: NodeOptions): GraphNode {
  const index = graph.nodes.length;
  const name = options.name ?? nextName(graph, options.kind);
  checkNodeName(graph, name);
  const node: GraphNode = {
    ...{ reads: undefined, takesTombstones: false, writes: undefined, stores: [] },
    ...{ key: undefined },
    ...{ usesEventTime: false, delayMs: 0 },
    ...{ ...options, index, name },
  };
  graph.nodes.push(node);
  return node;
}

/** The name the next node of a kind gets. */
export function nextName(graph: Graph, kind: string): string {
  return `${kind}-${graph.nodes.length}`;
}

function checkNodeName(graph: Graph, name: string): void {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) {
    throw new OutriderError(
      'bad-config',
      `node name ${JSON.stringify(name)}: give 1 to 100 letters, digits, ".", "_" and "-"`,
    );
  }
  if (graph.nodes.every(node => node.name !== name)) return;
  throw new OutriderError('bad-config', `node name ${name} is taken twice; give another`);
}

/** A store named after topology and node. */
export function nodeStore<Key, Value>(
  graph: Graph,
  name: string,
  { key, value }: { readonly key: Codec<Key>; readonly value: Codec<Value> },
): NodeStore {
  const isTimed = isTimedKeyCodec(key as Codec<unknown>);
  return {
    codec: { name: `${graph.name}-${name}`, key, value } as StoreCodec<unknown, unknown>,
    recordKeyOf: isTimed ? recordKeyOfTimed : undefined,
  };
}
