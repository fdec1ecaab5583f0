/** Opens the nodes of a task from the last to the first, so that each knows whom it sends to. */

import type { IncomingRecord } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import type { StateStore } from '../state/store.ts';
import { deadLetter, reasonOf } from './dead-letter.ts';
import type { GraphNode } from './graph.ts';
import type { NodeContext, NodeTime, Receiver, RunningNode } from './running-node.ts';
import { openReader, type SourceReader } from './source-reader.ts';
import type { TaskPlan } from './stream-task.ts';
import type { TaskCounts, TaskEffects, TaskPlace } from './task.ts';

/** What a task works on: its nodes refer to it when they send or refuse. */
export type TaskAtHand = {
  effects: TaskEffects;
  topic: string;
  /** Undefined while timers fire. */
  record: IncomingRecord | undefined;
  /** The time of letters that no record stands behind. */
  watermarkMs(): number;
  readonly counts: { -readonly [Name in keyof TaskCounts]: TaskCounts[Name] };
};

export type OpenedNodes = {
  readonly stores: ReadonlyMap<string, StateStore<unknown, unknown>>;
  readonly sources: ReadonlyMap<string, SourceReader>;
  /** Those that wait for times, in the order they are told. */
  readonly timed: readonly {
    readonly running: RunningNode;
    readonly time: NodeTime;
    readonly delayMs: number;
  }[];
  /** Repartition topics it writes. */
  readonly markedTopics: readonly { readonly topic: string; readonly delayMs: number }[];
  readonly atHand: TaskAtHand;
};

type Opening = {
  readonly plan: TaskPlan;
  readonly place: TaskPlace;
  readonly stores: ReadonlyMap<string, StateStore<unknown, unknown>>;
  readonly atHand: TaskAtHand;
  /** By node and port: where its records go. */
  readonly receivers: Map<GraphNode, Map<string, Receiver[]>>;
};

export function openNodes(
  plan: TaskPlan,
  place: TaskPlace,
  stores: ReadonlyMap<string, StateStore<unknown, unknown>>,
): OpenedNodes {
  const atHand: TaskAtHand = {
    ...{ effects: { outputs: [] }, topic: '', record: undefined, watermarkMs: () => 0 },
    counts: { late: 0, deadLetters: 0 },
  };
  const opening: Opening = { plan, place, stores, atHand, receivers: new Map() };
  const timed: OpenedNodes['timed'][number][] = [];
  const readings = new Map<string, { node: GraphNode; receive: Receiver }[]>();
  for (const node of plan.nodes.toReversed()) {
    const time = { watermarkMs: Number.NEGATIVE_INFINITY, nowMs: Number.NEGATIVE_INFINITY };
    const running = node.open(contextOf(opening, node, time));
    node.parents.forEach(({ from, port }, at) => {
      const ports = opening.receivers.get(from) ?? new Map<string, Receiver[]>();
      // Children open before their elder siblings: the eldest is to come first. Of one that is
      // joined with itself the right side does, so that a record finds itself.
      ports.set(port, [running.inputs[at]!, ...(ports.get(port) ?? [])]);
      opening.receivers.set(from, ports);
    });
    if (node.usesEventTime) timed.unshift({ running, time, delayMs: plan.delaysMs.get(node)! });
    if (node.reads === undefined) continue;
    const { name } = node.reads;
    readings.set(name, [{ node, receive: running.inputs[0]! }, ...(readings.get(name) ?? [])]);
  }
  return {
    stores,
    sources: new Map(
      [...readings].map(([topic, own]) => {
        const refuse = (error: unknown) => sendDeadLetter(opening, undefined, error);
        return [topic, openReader(own, plan.internalTopics.has(topic), refuse)];
      }),
    ),
    timed,
    markedTopics: plan.nodes.flatMap(node => {
      if (node.writes?.isInternal !== true) return [];
      return [{ topic: node.writes.name, delayMs: plan.delaysMs.get(node)! }];
    }),
    atHand,
  };
}

function contextOf(opening: Opening, node: GraphNode, time: NodeTime): NodeContext {
  const { place, stores, atHand, receivers } = opening;
  return {
    partition: place.partition,
    time,
    output: port => fanOut(receivers.get(node)?.get(port) ?? []),
    store: <Key, Value>(name: string) => stores.get(name) as unknown as StateStore<Key, Value>,
    refuse: (error, key) => sendDeadLetter(opening, { node, key }, error),
    late() {
      atHand.counts.late += 1;
    },
    send: record => atHand.effects.outputs.push(record),
    partitionsOf: topic => partitionsOf(place, topic),
  };
}

function partitionsOf({ partitionCounts }: TaskPlace, topic: string): number {
  const partitions = partitionCounts.get(topic);
  if (partitions !== undefined) return partitions;
  throw new OutriderError(
    'bad-config',
    `topic ${topic}: the number of its partitions is unknown; create it before the start`,
  );
}

function fanOut(receivers: readonly Receiver[]): Receiver {
  const [first, second] = receivers;
  if (first === undefined) return () => {};
  if (second === undefined) return first;
  return (key, value, timeMs) => {
    for (const receive of receivers) receive(key, value, timeMs);
  };
}

/** While timers fire there is no record: the letter tells what it is by its key alone. */
function sendDeadLetter(
  { plan, place, atHand }: Opening,
  at: { readonly node: GraphNode; readonly key: unknown } | undefined,
  error: unknown,
): void {
  const reason = reasonOf(error);
  const topic = plan.deadLetterTopic;
  const encoded = at?.node.key?.encode(at.key) ?? null;
  const record = atHand.record ?? {
    ...{ key: encoded, value: null, headers: [], offset: -1 },
    timestampMs: Math.max(0, atHand.watermarkMs()),
  };
  atHand.counts.deadLetters += 1;
  const source = {
    topic: atHand.record === undefined ? undefined : atHand.topic,
    ...{ partition: place.partition, node: at?.node.name, reason },
  };
  const partition = place.partition % partitionsOf(place, topic);
  atHand.effects.outputs.push({ ...deadLetter(topic, record, source), partition });
}
