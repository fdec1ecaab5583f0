/** Makes streams: each operator adds its node to the graph and gives the stream behind it. */

import { OutriderError } from '../error.ts';
import { timedKeyCodec } from '../state/timed-key.ts';
import { keyless, withNumber } from './codecs.ts';
import { addNode, nextName, nodeStore } from './graph.ts';
import { groupedOf } from './group-builder.ts';
import { byKey, changed, edgeOf, type Handle, type HandleChange } from './handle.ts';
import { joinMethods } from './join-builder.ts';
import {
  openBranch,
  openFilter,
  openFlatMap,
  openKeyBy,
  openMapValues,
  openMerge,
} from './operators.ts';
import { openProcess, type ProcessSettings } from './process.ts';
import type { AnyProcessFunctions, StateOptions } from './process-functions.ts';
import type { OpenNode } from './running-node.ts';
import { openSink } from './sink.ts';
import type { Stream } from './stream.ts';
import type { Codec } from './task.ts';
import type { Topic } from './topic.ts';
import type { RecordFunction } from './user-function.ts';

type AnyCodec = Codec<unknown>;
type Codecs = { readonly key: AnyCodec; readonly value: AnyCodec };

/** The types are those of `Stream`; behind them all streams are alike. */
export function streamOf(handle: Handle): Stream<never, never> {
  const stream = {
    ...{ handle, keyCodec: handle.key, valueCodec: handle.value },
    ...valueMethods(handle),
    ...keyMethods(handle),
    ...joinMethods(handle),
    process: (options: AnyProcessOptions) => process(handle, options),
  };
  return stream as unknown as Stream<never, never>;
}

/** The stream behind a new node. */
function behind(
  handle: Handle,
  node: { readonly kind: string; readonly open: OpenNode },
  change: HandleChange,
): Stream<never, never> {
  const added = addNode(handle.graph, { ...node, parents: [handle.edge] });
  return streamOf(changed(handle, { ...change, edge: edgeOf(added) }));
}

/** Operators that leave the key as it is. */
function valueMethods(handle: Handle) {
  const { graph } = handle;
  return {
    mapValues: (map: RecordFunction, value?: AnyCodec) =>
      behind(handle, { kind: 'map-values', open: openMapValues(map) }, { value }),
    filter: (isWanted: RecordFunction) =>
      behind(handle, { kind: 'filter', open: openFilter(isWanted) }, {}),
    flatMapValues(map: RecordFunction, value: AnyCodec) {
      const pairs: RecordFunction = (each, key, timeMs) => {
        return [...(map(each, key, timeMs) as Iterable<unknown>)].map(result => [key, result]);
      };
      return behind(handle, { kind: 'flat-map-values', open: openFlatMap(pairs) }, { value });
    },
    branch(branches: Readonly<Record<string, RecordFunction>>) {
      const named = Object.entries(branches);
      for (const [name] of named) checkBranchName(name);
      const node = addNode(graph, {
        ...{ kind: 'branch', parents: [handle.edge], open: openBranch(named) },
      });
      return Object.fromEntries(
        named.map(([name]) => [name, streamOf(changed(handle, { edge: edgeOf(node, name) }))]),
      );
    },
    merge({ handle: other }: { readonly handle: Handle }) {
      const parents = [handle.edge, other.edge];
      const node = addNode(graph, { kind: 'merge', parents, open: openMerge(2) });
      const isSame = handle.partitioner === other.partitioner;
      const partitioner = isSame ? handle.partitioner : undefined;
      return streamOf(changed(handle, { edge: edgeOf(node), partitioner }));
    },
    withValues: (value: AnyCodec) => streamOf(changed(handle, { value })),
    to(topic: Topic<unknown, unknown>) {
      const { name, partitioner } = topic;
      addNode(graph, {
        ...{ kind: 'sink', parents: [handle.edge], open: openSink(topic), key: handle.key },
        writes: { name, isInternal: false, partitioner },
      });
    },
  };
}

/** Digits alone would change their place among an object's names. */
function checkBranchName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return;
  throw new OutriderError(
    'bad-config',
    `branch name ${JSON.stringify(name)}: give a letter, then letters, digits, "_" and "-"`,
  );
}

/** Operators that change the key, and groups. */
function keyMethods(handle: Handle) {
  const rekeyed = (codecs: Partial<Codecs>): HandleChange => {
    return { ...codecs, partitioner: undefined };
  };
  const keyBy = (selectKey: RecordFunction, key: AnyCodec) =>
    behind(handle, { kind: 'key-by', open: openKeyBy(selectKey) }, rekeyed({ key }));
  return {
    keyBy,
    map(map: RecordFunction, codecs: Codecs) {
      const pairs: RecordFunction = (value, key, timeMs) => [map(value, key, timeMs)];
      return behind(handle, { kind: 'map', open: openFlatMap(pairs) }, rekeyed(codecs));
    },
    flatMap: (map: RecordFunction, codecs: Codecs) =>
      behind(handle, { kind: 'flat-map', open: openFlatMap(map) }, rekeyed(codecs)),
    groupByKey: () => groupedOf(handle),
    groupBy: (selectKey: RecordFunction, key: AnyCodec) =>
      groupedOf((keyBy(selectKey, key) as unknown as { handle: Handle }).handle),
  };
}

type AnyProcessOptions = (
  | AnyProcessFunctions
  | { open(partition: number): AnyProcessFunctions }
) & {
  readonly states: Readonly<Record<string, StateOptions<unknown>>>;
  readonly output: AnyCodec;
  readonly name?: string;
};

function process(handle: Handle, options: AnyProcessOptions): Stream<never, never> {
  const input = byKey(handle);
  const { graph, key } = input;
  const name = options.name ?? nextName(graph, 'process');
  const timers = nodeStore(graph, `${name}-timers`, { key: timedKeyCodec(key), value: keyless });
  const states = Object.entries(options.states).map(([state, { value, ttlMs }]) => {
    const store = nodeStore(graph, `${name}-${state}`, { key, value: withNumber(value) });
    return { name: state, ttlMs: ttlMs ?? Number.POSITIVE_INFINITY, store };
  });
  const settings: ProcessSettings = {
    ...{ key, timers: timers.codec.name },
    functions: 'open' in options ? options.open : () => options,
    states: states.map(({ store, ...state }) => ({ ...state, store: store.codec.name })),
  };
  const node = addNode(graph, {
    ...{ kind: 'process', name, parents: [input.edge], open: openProcess(settings), key },
    ...{ stores: [timers, ...states.map(({ store }) => store)], usesEventTime: true },
  });
  return streamOf(changed(input, { edge: edgeOf(node), value: options.output }));
}
