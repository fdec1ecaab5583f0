/** Event time of a task: how far each of its sources has come, and so the task as a whole. */

import type { StateStore } from '../state/store.ts';
import { fields, float64 } from './codecs.ts';
import type { Codec } from './task.ts';
import { text } from './text-codec.ts';
import type { Topic } from './topic.ts';

/** Of a source, or of one task that writes a repartition topic. */
type Progress = { readonly watermarkMs: number; readonly idle: number };

/** What a task that writes a repartition topic says of itself in each of its partitions. */
export type Marker = {
  /** The task's partition, and how many there are. */
  readonly partition: number;
  readonly partitions: number;
  readonly watermarkMs: number;
  /** 1 while nothing comes to it. */
  readonly idle: number;
};

export type SourceTime = {
  readonly topic: Topic<unknown, unknown>;
  /** Its records carry no event time of their own: markers do. */
  readonly isInternal: boolean;
  progress: Progress;
  /** Clock of the last record; undefined until the clock is known. */
  activeMs: number | undefined;
  /** By the partition of the task that writes; undefined before its first marker. */
  upstream: (Progress | undefined)[];
};

const NOTHING: Progress = { watermarkMs: Number.NEGATIVE_INFINITY, idle: 0 };

export const progressCodecs: { key: Codec<string>; value: Codec<Progress> } = {
  key: text,
  value: fields<Progress>({ watermarkMs: float64, idle: float64 }),
};

export const markerCodec: Codec<Marker> = fields<Marker>({
  ...{ partition: float64, partitions: float64, watermarkMs: float64, idle: float64 },
});

export function sourceTime(topic: Topic<unknown, unknown>, isInternal: boolean): SourceTime {
  return { topic, isInternal, progress: NOTHING, activeMs: undefined, upstream: [] };
}

/** Where the task's own event time is kept: no topic has such a name. */
const TASK = '/task';

/** How far a task has come: the least of its sources that are not idle; it never goes back. */
export class EventTime {
  readonly #sources: readonly SourceTime[];
  readonly #store: StateStore<string, Progress> | undefined;
  #watermarkMs = Number.NEGATIVE_INFINITY;
  #keptMs = Number.NEGATIVE_INFINITY;
  #nowMs: number | undefined;

  /** `store` is undefined where nothing in the task goes by event time. */
  constructor(sources: readonly SourceTime[], store: StateStore<string, Progress> | undefined) {
    this.#sources = sources;
    this.#store = store;
  }

  get watermarkMs(): number {
    return this.#watermarkMs;
  }

  /** Whether no source has anything. */
  get isIdle(): boolean {
    return this.#sources.every(({ progress }) => progress.idle === 1);
  }

  /** True where the watermark has moved, as below. */
  record(source: SourceTime, timeMs: number): boolean {
    source.activeMs = this.#nowMs;
    if (source.isInternal) return false;
    const { watermarkMs, idle } = source.progress;
    const reachedMs = timeMs - source.topic.outOfOrderMs;
    if (reachedMs <= watermarkMs && idle === 0) return false;
    return this.#move(source, { watermarkMs: Math.max(reachedMs, watermarkMs), idle: 0 });
  }

  marker(source: SourceTime, marker: Marker): boolean {
    const { partition, partitions, idle } = marker;
    const before = source.upstream[partition]?.watermarkMs ?? Number.NEGATIVE_INFINITY;
    const progress = { watermarkMs: Math.max(marker.watermarkMs, before), idle };
    source.upstream.length = partitions;
    source.upstream[partition] = progress;
    this.#store?.set(`${source.topic.name}/${partition}`, progress);
    return this.#move(source, slowest(source.upstream));
  }

  /** Sources that were silent for too long turn idle. */
  advance(nowMs: number): boolean {
    this.#nowMs = nowMs;
    let hasMoved = false;
    for (const source of this.#sources) {
      source.activeMs ??= nowMs;
      if (source.isInternal || source.progress.idle === 1) continue;
      if (nowMs - source.activeMs < source.topic.idleAfterMs) continue;
      hasMoved = this.#move(source, { ...source.progress, idle: 1 }) || hasMoved;
    }
    return hasMoved;
  }

  /** When the next source turns idle; Infinity where none may. */
  nextIdleMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { isInternal, progress, activeMs, topic } of this.#sources) {
      if (isInternal || progress.idle === 1 || activeMs === undefined) continue;
      nextMs = Math.min(nextMs, activeMs + topic.idleAfterMs);
    }
    return nextMs;
  }

  /** Before a commit: the sources alone would give less where one was idle when it moved. */
  keep(): void {
    if (this.#keptMs === this.#watermarkMs) return;
    this.#keptMs = this.#watermarkMs;
    this.#store?.set(TASK, { watermarkMs: this.#watermarkMs, idle: 0 });
  }

  /** Takes up what the store has. */
  recover(): void {
    if (this.#store === undefined) return;
    this.#keptMs = this.#store.get(TASK)?.watermarkMs ?? Number.NEGATIVE_INFINITY;
    this.#watermarkMs = this.#keptMs;
    for (const source of this.#sources) recoverSource(source, this.#store);
    this.#refresh();
  }

  #move(source: SourceTime, progress: Progress): boolean {
    source.progress = progress;
    if (!source.isInternal) this.#store?.set(source.topic.name, progress);
    return this.#refresh();
  }

  #refresh(): boolean {
    let leastMs = Number.POSITIVE_INFINITY;
    for (const { progress } of this.#sources) {
      if (progress.idle === 0 && progress.watermarkMs < leastMs) leastMs = progress.watermarkMs;
    }
    if (leastMs === Number.POSITIVE_INFINITY || leastMs <= this.#watermarkMs) return false;
    this.#watermarkMs = leastMs;
    return true;
  }
}

/** A task that has not said anything yet may be anywhere: event time waits for it. */
function slowest(upstream: readonly (Progress | undefined)[]): Progress {
  let leastMs = Number.POSITIVE_INFINITY;
  // An array's holes are skipped by its methods.
  for (let partition = 0; partition < upstream.length; partition++) {
    const progress = upstream[partition] ?? NOTHING;
    if (progress.idle === 0) leastMs = Math.min(leastMs, progress.watermarkMs);
  }
  const isIdle = leastMs === Number.POSITIVE_INFINITY;
  return isIdle ? { ...NOTHING, idle: 1 } : { watermarkMs: leastMs, idle: 0 };
}

function recoverSource(source: SourceTime, store: StateStore<string, Progress>): void {
  const { name } = source.topic;
  if (!source.isInternal) {
    source.progress = store.get(name) ?? NOTHING;
    return;
  }
  for (const [key, progress] of store.range(`${name}/`, `${name}0`)) {
    source.upstream[Number(key.slice(name.length + 1))] = progress;
  }
  if (source.upstream.length > 0) source.progress = slowest(source.upstream);
}
