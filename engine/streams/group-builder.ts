/** Makes aggregates of grouped streams: over all time a table, over windows a stream. */

import { OutriderError } from '../error.ts';
import { type TimedKeyCodec, timedKeyCodec } from '../state/timed-key.ts';
import { integer } from './codecs.ts';
import { openFixedWindows } from './fixed-windows.ts';
import { addNode, nextName, nodeStore } from './graph.ts';
import type { Grouped } from './grouped.ts';
import { byKey, changed, edgeOf, type Handle } from './handle.ts';
import { openAggregate } from './keyed-aggregate.ts';
import { openSessionWindows, sessionCodecs } from './session-windows.ts';
import { openSlidingWindows, slidingCodecs } from './sliding-windows.ts';
import { storedGetter } from './table-getter.ts';
import type { Codec } from './task.ts';
import { type Aggregation, LATE, type WindowSettings } from './window-settings.ts';
import { windowed } from './windowed-codec.ts';
import type { Window } from './windows.ts';

/** What all kinds of aggregates come to. */
type AnyAggregate = Omit<Aggregation, 'merge'> & {
  readonly kind: string;
  merge?: Aggregation['merge'] | undefined;
  readonly value: Codec<unknown>;
  readonly name?: string | undefined;
};

type Reduce = (aggregate: unknown, value: unknown) => unknown;
type Name = { readonly name?: string };

export function groupedOf(handle: Handle): Grouped<never, never> {
  const grouped = {
    ...aggregates(handle, aggregate => tableBehind(handle, aggregate)),
    windowedBy(window: Window, { latenessMs = 0, emit = 'update' }: WindowChoice = {}) {
      checkLateness(latenessMs);
      return aggregates(handle, aggregate =>
        windowsBehind(handle, aggregate, { window, latenessMs, emit }),
      );
    },
  };
  return grouped as unknown as Grouped<never, never>;
}

type WindowChoice = Partial<Pick<WindowSettings, 'latenessMs' | 'emit'>>;

/** Counting and reducing are aggregates too. */
function aggregates(handle: Handle, make: (aggregate: AnyAggregate) => unknown) {
  return {
    count: ({ name }: Name = {}) => make({ ...COUNT, kind: 'count', name }),
    reduce(reduce: Reduce, { name }: Name = {}) {
      const add: Reduce = (before, value) => (before === NOTHING ? value : reduce(before, value));
      const value = handle.value!;
      return make({ kind: 'reduce', initial: () => NOTHING, add, merge: reduce, value, name });
    },
    aggregate: (options: Omit<AnyAggregate, 'kind'>) => make({ ...options, kind: 'aggregate' }),
  };
}

/** Before the first value of a `reduce`; never kept. */
const NOTHING = Symbol('nothing');

const COUNT = {
  initial: () => 0,
  add: (count: unknown) => (count as number) + 1,
  merge: (earlier: unknown, later: unknown) => (earlier as number) + (later as number),
  value: integer as Codec<unknown>,
};

function tableBehind(handle: Handle, { kind, name: given, value, initial, ...own }: AnyAggregate) {
  const input = byKey(handle);
  const { graph, key } = input;
  const name = given ?? nextName(graph, kind);
  const add = neverUndefined(name, own.add);
  const store = nodeStore(graph, name, { key, value });
  const settings = { store: store.codec.name, initial, add };
  const node = addNode(graph, {
    ...{ kind, name, parents: [input.edge], stores: [store], open: openAggregate(settings) },
  });
  const get = storedGetter(store.codec.name);
  return handle.makers.table(changed(input, { edge: edgeOf(node), value, get }));
}

/** To a store undefined is what is not there. */
function neverUndefined(name: string, add: Aggregation['add']): Aggregation['add'] {
  return (before, value, key) => {
    const after = add(before, value, key);
    if (after !== undefined) return after;
    throw new OutriderError('bad-usage', `${name}: add gave undefined; give null for no value`);
  };
}

type InWindow = { readonly window: Window } & Required<WindowChoice>;

function windowsBehind(handle: Handle, aggregate: AnyAggregate, choice: InWindow) {
  const input = byKey(handle);
  const { graph, key } = input;
  const { window, latenessMs, emit } = choice;
  const kind = `${window.type}-${aggregate.kind}`;
  const name = aggregate.name ?? nextName(graph, kind);
  const store = nodeStore(graph, name, windowCodecs(window, key, aggregate.value));
  const merge = aggregate.merge ?? noMerge;
  const { initial } = aggregate;
  const add = neverUndefined(name, aggregate.add);
  const settings: WindowSettings = {
    ...{ key, latenessMs, emit, store: store.codec.name },
    aggregation: { initial, add, merge },
  };
  const node = addNode(graph, {
    ...{ kind, name, parents: [input.edge], stores: [store], usesEventTime: true },
    open: openWindows(window, settings),
    delayMs: emit === 'close' ? closeDelayMs(window, latenessMs) : 0,
  });
  const value = windowed(aggregate.value) as Codec<unknown>;
  const results = handle.makers.stream(changed(input, { edge: edgeOf(node), value }));
  const late = handle.makers.stream(changed(input, { edge: edgeOf(node, LATE) }));
  return { ...results, late };
}

function windowCodecs(window: Window, key: Codec<unknown>, value: Codec<unknown>) {
  switch (window.type) {
    case 'tumbling':
    case 'hopping':
      return { key: timedKeyCodec(key) as TimedKeyCodec<unknown>, value };
    case 'sliding':
      return slidingCodecs(key, value) as { key: TimedKeyCodec<unknown>; value: Codec<unknown> };
    case 'session':
      return sessionCodecs(key, value) as { key: TimedKeyCodec<unknown>; value: Codec<unknown> };
  }
}

function openWindows(window: Window, settings: WindowSettings) {
  switch (window.type) {
    case 'tumbling':
    case 'hopping':
      return openFixedWindows(window, settings);
    case 'sliding':
      return openSlidingWindows(window.sizeMs, settings);
    case 'session':
      return openSessionWindows(window.gapMs, settings);
  }
}

/** How far event time is past the time of a result when the window closes. */
function closeDelayMs(window: Window, latenessMs: number): number {
  switch (window.type) {
    case 'tumbling':
    case 'hopping':
    case 'sliding':
      return latenessMs + 1;
    case 'session':
      return window.gapMs + latenessMs + 1;
  }
}

/** The types ask for `merge` wherever it is called. */
function noMerge(): never {
  throw new OutriderError('bad-config', 'aggregate: give merge for session and sliding windows');
}

export function checkLateness(latenessMs: number): void {
  if (Number.isSafeInteger(latenessMs) && latenessMs >= 0) return;
  throw new OutriderError(
    'bad-config',
    `latenessMs is ${latenessMs}; give a whole number of milliseconds from 0 on`,
  );
}
