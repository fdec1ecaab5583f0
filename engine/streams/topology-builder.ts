/** Builds topologies: streams and tables of topics, and what is made of them. */

import { OutriderError } from '../error.ts';
import { addNode, type Graph, nextName, nodeStore } from './graph.ts';
import { edgeOf, type Handle, type Makers } from './handle.ts';
import { openSource } from './sink.ts';
import type { Stream } from './stream.ts';
import { streamOf } from './stream-builder.ts';
import type { Table } from './table.ts';
import { tableOf } from './table-builder.ts';
import { storedGetter } from './table-getter.ts';
import { openSourceTable } from './table-operators.ts';
import { checkTopicName, type Topic } from './topic.ts';
import { type Topology, type TopologyOptions, topologyOf } from './topology.ts';

export type TopologyBuilder = {
  stream<Key, Value>(topic: Topic<Key, Value>): Stream<Key, Value>;
  /** Of each key the latest value; a record without a value, a tombstone, deletes. */
  table<Key, Value>(
    topic: Topic<Key, Value>,
    options?: { readonly name?: string },
  ): Table<Key, Value>;
  /** Throws `bad-config` where nothing reads a topic. */
  build(): Topology;
};

const MAKERS: Makers = { stream: streamOf, table: tableOf };

/** Names follow from the order of the calls, unless given: the same calls, the same topology. */
export function topologyBuilder(options: TopologyOptions): TopologyBuilder {
  checkTopicName(options.name);
  const graph: Graph = { name: options.name, nodes: [] };
  const handleOf = (topic: Topic<unknown, unknown>, change: Pick<Handle, 'edge' | 'get'>) => {
    const { key, value, partitioner } = topic;
    return { graph, key, value, partitioner, makers: MAKERS, repartitioned: new Map(), ...change };
  };
  return {
    stream<Key, Value>(topic: Topic<Key, Value>) {
      const reads = topic as unknown as Topic<unknown, unknown>;
      const node = addNode(graph, { kind: 'source', parents: [], open: openSource, reads });
      const stream = streamOf(handleOf(reads, { edge: edgeOf(node), get: undefined }));
      return stream as unknown as Stream<Key, Value>;
    },
    table<Key, Value>(topic: Topic<Key, Value>, own: { readonly name?: string } = {}) {
      const reads = topic as unknown as Topic<unknown, unknown>;
      const name = own.name ?? nextName(graph, 'table');
      const store = nodeStore(graph, name, reads);
      const node = addNode(graph, {
        ...{ kind: 'table', name, parents: [], reads, takesTombstones: true, stores: [store] },
        ...{ open: openSourceTable(store.codec.name), key: reads.key },
      });
      const get = storedGetter(store.codec.name);
      return tableOf(handleOf(reads, { edge: edgeOf(node), get })) as unknown as Table<Key, Value>;
    },
    build() {
      if (graph.nodes.length > 0) return topologyOf(graph, options);
      throw new OutriderError(
        'bad-config',
        `topology ${graph.name} reads nothing: give it a topic`,
      );
    },
  };
}
