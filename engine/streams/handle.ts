/** What the builder knows of a stream or table behind its types. */

import { OutriderError } from '../error.ts';
import type { Partitioner } from '../state/key-group.ts';
import { keyless } from './codecs.ts';
import { addNode, type Edge, type Graph } from './graph.ts';
import { OUT } from './running-node.ts';
import { openSink, openSource } from './sink.ts';
import type { Stream } from './stream.ts';
import type { Table } from './table.ts';
import type { TableGetter } from './table-getter.ts';
import type { Codec } from './task.ts';
import { topic } from './topic.ts';

export type Handle = {
  readonly graph: Graph;
  readonly edge: Edge;
  readonly key: Codec<unknown>;
  readonly value: Codec<unknown> | undefined;
  /** How records are spread by their keys; undefined once they have others. */
  readonly partitioner: Partitioner | undefined;
  /** Of a table. */
  readonly get: TableGetter | undefined;
  readonly makers: Makers;
  /** Itself behind repartition topics, by their partitioner: each is made once. */
  readonly repartitioned: Map<Partitioner, Handle>;
};

/** Streams and tables are made of each other. */
export type Makers = {
  stream(handle: Handle): Stream<never, never>;
  table(handle: Handle): Table<never, never>;
};

export type HandleChange = Partial<Omit<Handle, 'graph' | 'makers' | 'repartitioned'>>;

/** The handle with something changed. */
export function changed(handle: Handle, change: HandleChange): Handle {
  return { ...handle, ...change, repartitioned: new Map() };
}

/** The output of a node as one's own. */
export function edgeOf(from: Edge['from'], port = OUT): Edge {
  return { from, port };
}

/**
 * Records by their keys' partitions: through a topic of the engine's own where keys are new. Throws
 * `bad-config` where they have none.
 */
export function byKey(handle: Handle, partitioner: Partitioner = 'key-group'): Handle {
  if ((handle.key as unknown) === keyless) {
    const { name } = handle.edge.from;
    throw new OutriderError('bad-config', `${name} has records without keys: put keyBy behind it`);
  }
  if (handle.partitioner !== undefined) return handle;
  const known = handle.repartitioned.get(partitioner);
  if (known !== undefined) return known;
  const made = repartition(handle, partitioner);
  handle.repartitioned.set(partitioner, made);
  return made;
}

/** Both by one partitioner. Throws `bad-config` where topics that others write differ in it. */
export function byKeyTogether(left: Handle, right: Handle): [left: Handle, right: Handle] {
  if (left.graph !== right.graph) {
    throw new OutriderError(
      'bad-config',
      `${left.edge.from.name} of ${left.graph.name} meets ${right.edge.from.name} of ` +
        `${right.graph.name}: build both with one builder`,
    );
  }
  const wanted = left.partitioner ?? right.partitioner ?? 'key-group';
  const both: [Handle, Handle] = [byKey(left, wanted), byKey(right, wanted)];
  if (both[0].partitioner === both[1].partitioner) return both;
  throw new OutriderError(
    'bad-config',
    `${left.edge.from.name} is partitioned by ${both[0].partitioner}, ${right.edge.from.name} by ` +
      `${both[1].partitioner}: equal keys do not meet; put keyBy before one of them`,
  );
}

function repartition(handle: Handle, partitioner: Partitioner): Handle {
  const { graph, edge, key, value } = handle;
  const output = edge.port === OUT ? edge.from.name : `${edge.from.name}-${edge.port}`;
  const name = `${output}-repartition${partitioner === 'key-group' ? '' : `-${partitioner}`}`;
  const internal = topic({ name: `${graph.name}-${name}`, key, value: value!, partitioner });
  addNode(graph, {
    ...{ kind: 'repartition', name: `${name}-sink`, parents: [edge], open: openSink(internal) },
    writes: { name: internal.name, isInternal: true, partitioner },
    key,
  });
  const source = addNode(graph, {
    ...{ kind: 'source', name: `${name}-source`, parents: [], open: openSource, reads: internal },
  });
  return changed(handle, { edge: edgeOf(source), partitioner });
}
