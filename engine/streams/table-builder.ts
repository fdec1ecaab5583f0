/** Makes tables: from topics and aggregates, from other tables, and groups of their rows. */

import { integer, withNumber } from './codecs.ts';
import { addNode, nextName, nodeStore } from './graph.ts';
import { byKey, byKeyTogether, changed, edgeOf, type Handle } from './handle.ts';
import { type GroupChange, openAggregate, openRegroup } from './keyed-aggregate.ts';
import { openTableSink } from './sink.ts';
import type { Table } from './table.ts';
import { mappedGetter, storedGetter } from './table-getter.ts';
import {
  openTableJoin,
  openTableMap,
  openToStream,
  type TableJoinSettings,
} from './table-operators.ts';
import type { Codec } from './task.ts';
import type { Topic } from './topic.ts';
import type { RecordFunction } from './user-function.ts';

type AnyCodec = Codec<unknown>;
type Other = { readonly handle: Handle };

/** The types are those of `Table`; behind them all tables are alike. */
export function tableOf(handle: Handle): Table<never, never> {
  const { graph, edge } = handle;
  const table = {
    ...{ handle, keyCodec: handle.key, valueCodec: handle.value, isTable: true },
    mapValues: (map: RecordFunction, value?: AnyCodec) => mapped(handle, map, value),
    filter: (isWanted: RecordFunction) =>
      mapped(
        handle,
        (value, key, timeMs) => (isWanted(value, key, timeMs) ? value : undefined),
        handle.value,
      ),
    toStream() {
      const node = addNode(graph, { kind: 'to-stream', parents: [edge], open: openToStream() });
      return handle.makers.stream(changed(handle, { edge: edgeOf(node), get: undefined }));
    },
    to(topic: Topic<unknown, unknown>) {
      const { name, partitioner } = topic;
      addNode(graph, {
        ...{ kind: 'table-sink', parents: [edge], open: openTableSink(topic), key: handle.key },
        writes: { name, isInternal: false, partitioner },
      });
    },
    join: joiner(handle, 'table-join', [false, false]),
    leftJoin: joiner(handle, 'table-left-join', [true, false]),
    outerJoin: joiner(handle, 'table-outer-join', [true, true]),
    groupBy: (selectKey: RecordFunction, key: AnyCodec) => groupedRows(handle, selectKey, key),
  };
  return table as unknown as Table<never, never>;
}

function mapped(handle: Handle, map: RecordFunction, value: AnyCodec | undefined) {
  const node = addNode(handle.graph, {
    ...{ kind: 'map-table', parents: [handle.edge], open: openTableMap(map), key: handle.key },
  });
  const get = mappedGetter(handle.get!, map);
  return tableOf(changed(handle, { edge: edgeOf(node), value, get }));
}

type JoinOptions = { readonly value: AnyCodec; readonly name?: string };

function joiner(handle: Handle, kind: string, keeps: TableJoinSettings['keeps']) {
  return (other: Other, join: TableJoinSettings['join'], options: JoinOptions) => {
    const [left, right] = byKeyTogether(handle, other.handle);
    const { graph, key } = left;
    const { value } = options;
    const name = options.name ?? nextName(graph, kind);
    const store = nodeStore(graph, name, { key, value });
    const settings: TableJoinSettings = {
      ...{ store: store.codec.name, getters: [left.get!, right.get!], keeps, join },
    };
    const node = addNode(graph, {
      ...{ kind, name, parents: [left.edge, right.edge], stores: [store], key },
      open: openTableJoin(settings),
    });
    const get = storedGetter(store.codec.name);
    return tableOf(changed(left, { edge: edgeOf(node), value, get }));
  };
}

/** Rows under another key go through a repartition topic, each with whether it comes or goes. */
function groupedRows(handle: Handle, selectKey: RecordFunction, key: AnyCodec) {
  const node = addNode(handle.graph, {
    ...{ kind: 'regroup', parents: [handle.edge], open: openRegroup(selectKey), key: handle.key },
  });
  const value = withNumber(handle.value!) as AnyCodec;
  const regrouped = changed(handle, {
    ...{ edge: edgeOf(node), key, value, partitioner: undefined, get: undefined },
  });
  const aggregate = (kind: string, options: RowAggregate) => {
    const input = byKey(regrouped);
    const name = options.name ?? nextName(input.graph, kind);
    const store = nodeStore(input.graph, name, { key, value: options.value });
    const open = openAggregate({
      store: store.codec.name,
      initial: options.initial,
      add(before, row, ownKey) {
        const { number, value: own } = row as GroupChange;
        return (number > 0 ? options.add : options.subtract)(before, own, ownKey);
      },
    });
    const counted = addNode(input.graph, {
      ...{ kind, name, parents: [input.edge], stores: [store], open, key },
    });
    const get = storedGetter(store.codec.name);
    return tableOf(changed(input, { edge: edgeOf(counted), value: options.value, get }));
  };
  return {
    count: ({ name }: { readonly name?: string } = {}) =>
      aggregate('count-rows', { ...ROW_COUNT, ...(name === undefined ? {} : { name }) }),
    aggregate: (options: RowAggregate) => aggregate('aggregate-rows', options),
  };
}

type RowAggregate = {
  initial(): unknown;
  add(aggregate: unknown, row: unknown, key: unknown): unknown;
  subtract(aggregate: unknown, row: unknown, key: unknown): unknown;
  readonly value: AnyCodec;
  readonly name?: string;
};

const ROW_COUNT: Omit<RowAggregate, 'name'> = {
  initial: () => 0,
  add: count => (count as number) + 1,
  subtract: count => (count as number) - 1,
  value: integer as AnyCodec,
};
