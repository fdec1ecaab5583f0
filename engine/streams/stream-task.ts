/** A task at work: decodes what comes, runs it through its nodes, and keeps event time for them. */

import type { IncomingRecord, OutgoingRecord } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import type { StateStore } from '../state/store.ts';
import { EventTime, markerCodec } from './event-time.ts';
import type { GraphNode } from './graph.ts';
import type { OpenedNodes, TaskAtHand } from './open-nodes.ts';
import type { SourceReader } from './source-reader.ts';
import type { StreamTask, TaskCounts, TaskEffects, TaskPlace } from './task.ts';

/** What a task is made from. */
export type TaskPlan = {
  readonly subTopology: number;
  /** In the order of their indices. */
  readonly nodes: readonly GraphNode[];
  /** How far the event time of each node lies behind the task's. */
  readonly delaysMs: ReadonlyMap<GraphNode, number>;
  readonly internalTopics: ReadonlySet<string>;
  readonly deadLetterTopic: string;
  /** Least time between two markers of event time in repartition topics. */
  readonly markerEveryMs: number;
  /** The store of its sources' progress; undefined where nothing goes by event time. */
  readonly progressStore: string | undefined;
};

/** Header of markers, so that they are told from records. */
const MARKER_HEADER = 'outrider-event-time';
const NO_BYTES = new Uint8Array(0);

export class Task implements StreamTask {
  readonly subTopology: number;
  readonly partition: number;
  readonly stores: ReadonlyMap<string, StateStore<unknown, unknown>>;
  readonly #plan: TaskPlan;
  readonly #place: TaskPlace;
  readonly #atHand: TaskAtHand;
  readonly #sources: ReadonlyMap<string, SourceReader>;
  readonly #eventTime: EventTime;
  readonly #opened: OpenedNodes;
  /** Nodes to be told of event time; all others need not know it. */
  readonly #timed: OpenedNodes['timed'];
  /** Of its sources: how many tasks there are beside it. */
  readonly #partitions: number;
  #isRecovered = false;
  #sentMarker = { watermarkMs: Number.NEGATIVE_INFINITY, isIdle: false, atMs: -Infinity };
  #nowMs = Number.NEGATIVE_INFINITY;
  #lastTopic: string | undefined;
  #lastSource: SourceReader | undefined;

  constructor(plan: TaskPlan, place: TaskPlace, opened: OpenedNodes) {
    this.subTopology = plan.subTopology;
    this.partition = place.partition;
    this.#plan = plan;
    this.#place = place;
    this.#opened = opened;
    this.#partitions = place.partitionCounts.get([...opened.sources.keys()][0]!) ?? 1;
    this.stores = opened.stores;
    this.#atHand = opened.atHand;
    this.#sources = opened.sources;
    const progress = plan.progressStore;
    this.#eventTime = new EventTime(
      [...this.#sources.values()].map(({ time }) => time),
      progress === undefined ? undefined : (opened.stores.get(progress) as never),
    );
    this.#timed = opened.timed;
    this.#atHand.watermarkMs = () => this.#eventTime.watermarkMs;
  }

  process(topic: string, record: IncomingRecord, effects: TaskEffects): void {
    if (!this.#isRecovered) this.#recover();
    if (topic !== this.#lastTopic) this.#choose(topic);
    const source = this.#lastSource!;
    const atHand = this.#atHand;
    atHand.effects = effects;
    atHand.topic = topic;
    atHand.record = record;
    if (source.time.isInternal && record.headers[0]?.[0] === MARKER_HEADER) {
      const marker = markerCodec.decode(record.value ?? NO_BYTES);
      if (this.#eventTime.marker(source.time, marker)) this.#moveEventTime();
      return;
    }
    const timeMs = source.read(record, this.#nowMs);
    if (timeMs >= 0 && this.#eventTime.record(source.time, timeMs)) this.#moveEventTime();
  }

  advance(nowMs: number, effects: TaskEffects): void {
    if (!this.#isRecovered) this.#recover();
    this.#nowMs = nowMs;
    const atHand = this.#atHand;
    atHand.effects = effects;
    atHand.record = undefined;
    if (this.#eventTime.advance(nowMs)) this.#moveEventTime();
    for (const { running, time } of this.#timed) {
      time.nowMs = nowMs;
      running.onClock?.(nowMs);
    }
    if (this.#opened.markedTopics.length > 0) this.#sendMarkers(nowMs);
  }

  beforeCommit(effects: TaskEffects): void {
    if (!this.#isRecovered) return;
    const atHand = this.#atHand;
    atHand.effects = effects;
    atHand.record = undefined;
    for (const { running } of this.#timed) running.beforeCommit?.();
    this.#eventTime.keep();
  }

  hasNews(): boolean {
    for (const { running } of this.#timed) if (running.hasNews?.() === true) return true;
    return false;
  }

  nextDueMs(): number | undefined {
    let dueMs = this.#eventTime.nextIdleMs();
    for (const { running } of this.#timed) {
      const nextMs = running.nextDueMs?.() ?? Number.POSITIVE_INFINITY;
      if (nextMs < dueMs) dueMs = nextMs;
    }
    if (this.#opened.markedTopics.length > 0 && this.#hasMarker()) {
      dueMs = Math.min(dueMs, Math.max(this.#sentMarker.atMs + this.#plan.markerEveryMs, 0));
    }
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs;
  }

  watermarkMs(): number {
    return this.#eventTime.watermarkMs;
  }

  counts(): TaskCounts {
    return this.#atHand.counts;
  }

  /** The stores are restored: what is kept in memory besides follows from them. */
  #recover(): void {
    this.#isRecovered = true;
    this.#eventTime.recover();
    for (const { time, delayMs } of this.#timed) {
      time.watermarkMs = this.#eventTime.watermarkMs - delayMs;
    }
    for (const { running } of this.#timed) running.recover?.();
  }

  #choose(topic: string): void {
    this.#lastSource = this.#sources.get(topic);
    this.#lastTopic = topic;
    if (this.#lastSource !== undefined) return;
    const known = [...this.#sources.keys()].join(', ');
    throw new OutriderError('bad-usage', `topic ${topic} is no source of this task: give ${known}`);
  }

  /** Node after node: what one sends because of it meets the next before it has heard. */
  #moveEventTime(): void {
    const { watermarkMs } = this.#eventTime;
    // What fires is not of the record that moved it.
    this.#atHand.record = undefined;
    for (const { running, time, delayMs } of this.#timed) {
      const reachedMs = watermarkMs - delayMs;
      time.watermarkMs = reachedMs;
      running.onEventTime?.(reachedMs);
    }
  }

  #hasMarker(): boolean {
    const { watermarkMs, isIdle } = this.#eventTime;
    const hasMoved = watermarkMs !== this.#sentMarker.watermarkMs;
    return hasMoved || isIdle !== this.#sentMarker.isIdle;
  }

  /** Those who read a repartition topic learn how far this task has come. */
  #sendMarkers(nowMs: number): void {
    const isDue = nowMs >= this.#sentMarker.atMs + this.#plan.markerEveryMs;
    if (!isDue || !this.#hasMarker()) return;
    const { watermarkMs, isIdle } = this.#eventTime;
    this.#sentMarker = { watermarkMs, isIdle, atMs: nowMs };
    for (const { topic, delayMs } of this.#opened.markedTopics) {
      const value = markerCodec.encode({
        partition: this.partition,
        partitions: this.#partitions,
        watermarkMs: watermarkMs - delayMs,
        idle: isIdle ? 1 : 0,
      });
      const partitions = this.#place.partitionCounts.get(topic)!;
      for (let partition = 0; partition < partitions; partition++) {
        const body = { topic, partition, key: null, value, headers: MARKER_HEADERS };
        this.#atHand.effects.outputs.push({ ...body, timestampMs: Math.max(0, Math.floor(nowMs)) });
      }
    }
  }
}

const MARKER_HEADERS: OutgoingRecord['headers'] = [[MARKER_HEADER, NO_BYTES]];
