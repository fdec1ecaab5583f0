/** Makes the joins of streams: with streams by time, with tables as they stand, as of a time. */

import { OutriderError } from '../error.ts';
import { timedKeyCodec } from '../state/timed-key.ts';
import { type AsOfSettings, openAsOfJoin } from './as-of-join.ts';
import { withNumber } from './codecs.ts';
import { addNode, type GraphNode, nextName, nodeStore } from './graph.ts';
import { checkLateness } from './group-builder.ts';
import { byKeyTogether, changed, edgeOf, type Handle } from './handle.ts';
import type { AsOfOptions, StreamJoinOptions } from './stream.ts';
import { openStreamJoin, type StreamJoinSettings } from './stream-join.ts';
import { openTableLookUp } from './table-operators.ts';
import { LATE } from './window-settings.ts';

type Other = { readonly handle: Handle };
type Join = StreamJoinSettings['join'];
type Keeps = StreamJoinSettings['keeps'];

export function joinMethods(handle: Handle) {
  const streams =
    (kind: string, keeps: Keeps) =>
    (other: Other, options: StreamJoinOptions, join: Join): unknown =>
      joinStreams([handle, other.handle], { ...options, kind, keeps }, join);
  const table = (keepsUnmatched: boolean) => (other: Other, join: Join) =>
    joinTable([handle, other.handle], keepsUnmatched, join);
  const asOf =
    (keepsUnmatched: boolean) =>
    (other: Other, options: AsOfOptions, join: Join): unknown =>
      joinAsOf([handle, other.handle], { ...options, keepsUnmatched }, join);
  return {
    join: streams('join', [false, false]),
    leftJoin: streams('left-join', [true, false]),
    outerJoin: streams('outer-join', [true, true]),
    joinTable: table(false),
    leftJoinTable: table(true),
    joinAsOf: asOf(false),
    leftJoinAsOf: asOf(true),
  };
}

type Pair = readonly [left: Handle, right: Handle];
type StreamJoinChoice = StreamJoinOptions & { readonly kind: string; readonly keeps: Keeps };

function joinStreams(pair: Pair, options: StreamJoinChoice, join: Join) {
  const [left, right] = byKeyTogether(...pair);
  const { graph, key } = left;
  const { kind, keeps, within, latenessMs = 0 } = options;
  checkLateness(latenessMs);
  checkWithin(within);
  const name = options.name ?? nextName(graph, kind);
  const store = (side: Handle, label: string) =>
    nodeStore(graph, `${name}-${label}`, {
      key: timedKeyCodec(key),
      value: withNumber(side.value!),
    });
  const stores = [store(left, 'left'), store(right, 'right')] as const;
  const settings: StreamJoinSettings = {
    ...{ key, ...within, latenessMs, keeps, join },
    stores: [stores[0].codec.name, stores[1].codec.name],
  };
  const isOuter = keeps[0] || keeps[1];
  const waitMs = Math.max(keeps[0] ? within.afterMs : 0, keeps[1] ? within.beforeMs : 0);
  const node = addNode(graph, {
    ...{ kind, name, parents: [left.edge, right.edge], stores, usesEventTime: true, key },
    open: openStreamJoin(settings),
    delayMs: isOuter ? waitMs + latenessMs + 1 : 0,
  });
  return withLate(left, node);
}

/** A partner may lie on one side only: then one of the two is below zero. */
function checkWithin({ beforeMs, afterMs }: StreamJoinOptions['within']): void {
  const areWhole = Number.isSafeInteger(beforeMs) && Number.isSafeInteger(afterMs);
  if (areWhole && beforeMs >= 0 && afterMs >= 0) return;
  throw new OutriderError(
    'bad-config',
    `within is ${beforeMs} ms before to ${afterMs} ms after; give whole numbers from 0 on`,
  );
}

function joinTable(pair: Pair, keepsUnmatched: boolean, join: Join) {
  const [left, right] = byKeyTogether(...pair);
  const get = right.get!;
  const node = addNode(left.graph, {
    ...{ kind: keepsUnmatched ? 'left-join-table' : 'join-table', key: left.key },
    parents: [left.edge, right.edge],
    open: openTableLookUp({ get, keepsUnmatched, join }),
  });
  return left.makers.stream(changed(left, { edge: edgeOf(node), value: undefined }));
}

type AsOfChoice = AsOfOptions & { readonly keepsUnmatched: boolean };

function joinAsOf(pair: Pair, options: AsOfChoice, join: Join) {
  const [left, right] = byKeyTogether(...pair);
  const { graph, key } = left;
  const { emit, keepsUnmatched, latenessMs = 0, withinMs = Number.POSITIVE_INFINITY } = options;
  checkLateness(latenessMs);
  const kind = keepsUnmatched ? 'left-join-as-of' : 'join-as-of';
  const name = options.name ?? nextName(graph, kind);
  const timed = timedKeyCodec(key);
  const versions = nodeStore(graph, `${name}-versions`, { key: timed, value: right.value! });
  const waiting = nodeStore(graph, `${name}-waiting`, { key: timed, value: left.value! });
  const isComplete = emit === 'complete';
  const settings: AsOfSettings = {
    ...{ key, withinMs, latenessMs, keepsUnmatched, join, versions: versions.codec.name },
    waiting: isComplete ? waiting.codec.name : undefined,
    countsSameTime: options.sameTime !== 'unknown',
  };
  const node = addNode(graph, {
    ...{ kind, name, parents: [left.edge, right.edge], usesEventTime: true, key },
    stores: isComplete ? [versions, waiting] : [versions],
    open: openAsOfJoin(settings),
    delayMs: isComplete ? latenessMs + 1 : 0,
  });
  return withLate(left, node);
}

function withLate(left: Handle, node: GraphNode) {
  const bare = { value: undefined };
  return {
    ...left.makers.stream(changed(left, { ...bare, edge: edgeOf(node) })),
    late: left.makers.stream(changed(left, { ...bare, edge: edgeOf(node, LATE) })),
  };
}
