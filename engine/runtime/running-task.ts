/** A task that runs here: what it reads, what it has done since its last commit. */

import type { OutgoingRecord, PartitionOffset } from '../broker/record.ts';
import type { StreamTask, TaskEffects } from '../streams/task.ts';
import type { TaskName } from './assignment.ts';
import { bytesOf, type TaskCommit } from './committer.ts';
import { drainReplica, type Replica } from './replica.ts';
import { earliestQueue, type SourceQueue } from './task-input.ts';

export type RunningTaskOptions = {
  readonly name: TaskName;
  readonly partition: number;
  readonly replica: Replica;
  readonly queues: readonly SourceQueue[];
  /** By topic: what the group has committed; a source without an offset gets one at once. */
  readonly saved: ReadonlyMap<string, number>;
  /** How long records wait for earlier ones of an empty source that is behind, milliseconds. */
  readonly sourceWaitMs: number;
};

/** How old the task's notion of the clock may be while it works, milliseconds. */
const ADVANCE_EVERY_MS = 100;

export class RunningTask {
  readonly queues: readonly SourceQueue[];
  readonly #options: RunningTaskOptions;
  readonly #task: StreamTask;
  #effects: TaskEffects = { outputs: [] };
  #unsentBytes = 0;
  /** Processed and written since the last commit. */
  #records = 0;
  #bytes = 0;
  /** Since when records wait for those of another source. */
  #waitingSinceMs: number | undefined;
  #advancedMs = Number.NEGATIVE_INFINITY;
  readonly #committed: Map<SourceQueue, number | undefined>;

  /** Over the replica as it is restored. */
  constructor(options: RunningTaskOptions) {
    const { queues, saved, replica } = options;
    this.queues = queues;
    this.#options = options;
    this.#task = replica.createTask();
    this.#committed = new Map(queues.map(queue => [queue, saved.get(queue.topic)]));
  }

  get watermarkMs(): number {
    return this.#task.watermarkMs();
  }

  get deadLetters(): number {
    return this.#task.counts?.().deadLetters ?? 0;
  }

  /** Records processed and written, and their bytes, that no commit has. */
  get pending(): { readonly records: number; readonly bytes: number } {
    const more = this.#hasNewSource || this.#task.hasNews?.() === true ? 1 : 0;
    return { records: this.#records + more, bytes: this.#bytes };
  }

  /** Of outputs that were not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** When `advance` has work next. */
  nextDueMs(): number | undefined {
    return this.#task.nextDueMs();
  }

  /** Until when records wait for earlier ones of another source; undefined where none do. */
  waitsUntilMs(): number | undefined {
    const sinceMs = this.#waitingSinceMs;
    return sinceMs === undefined ? undefined : sinceMs + this.#options.sourceWaitMs;
  }

  /** Processes up to `recordsMax` records by event time; returns how many. */
  process(recordsMax: number, nowMs: number): number {
    // A task knows the clock before its first record: it may judge times by it.
    if (this.#advancedMs === Number.NEGATIVE_INFINITY) this.advanceIfDue(nowMs);
    for (let count = 0; count < recordsMax; count++) {
      const queue = this.#choose(nowMs);
      if (queue === undefined) return count;
      const before = this.#effects.outputs.length;
      const queuedBytes = queue.bytes;
      this.#task.process(queue.topic, queue.take(), this.#effects);
      this.#countOutputs(before);
      this.#records += 1;
      this.#bytes += queuedBytes - queue.bytes;
    }
    return recordsMax;
  }

  /** Also where nothing is due: the task goes by this clock when it judges times of records. */
  advanceIfDue(nowMs: number): void {
    const dueMs = this.nextDueMs() ?? Number.POSITIVE_INFINITY;
    if (nowMs < dueMs && nowMs < this.#advancedMs + ADVANCE_EVERY_MS) return;
    this.#advancedMs = nowMs;
    const before = this.#effects.outputs.length;
    this.#task.advance(nowMs, this.#effects);
    this.#countOutputs(before);
  }

  /** What a commit has to take, which counts as done from here on; undefined where nothing is. */
  drain(nowMs: number): TaskCommit | undefined {
    const { name, replica } = this.#options;
    this.#task.beforeCommit?.(this.#effects);
    const records = this.takeOutputs();
    drainReplica(replica, records, Math.floor(nowMs));
    if (records.length === 0 && this.#records === 0 && !this.#hasNewSource) return undefined;
    const moved = this.#positions(queue => this.#committed.get(queue) !== queue.position);
    for (const queue of this.queues) this.#committed.set(queue, queue.position);
    this.#records = 0;
    this.#bytes = 0;
    // Without an offset nothing would tell the group's generation, which fences.
    const offsets = moved.length > 0 ? moved : this.#positions(() => true);
    return { task: name, records, offsets };
  }

  /** Outputs that are to be sent before the commit, which are pending until then. */
  takeOutputs(): OutgoingRecord[] {
    const { outputs } = this.#effects;
    this.#effects = { outputs: [] };
    this.#unsentBytes = 0;
    return outputs;
  }

  /** The positions alone: a commit of them says that the group still knows this member. */
  positions(): TaskCommit {
    return { task: this.#options.name, records: [], offsets: this.#positions(() => true) };
  }

  get #hasNewSource(): boolean {
    for (const offset of this.#committed.values()) if (offset === undefined) return true;
    return false;
  }

  #choose(nowMs: number): SourceQueue | undefined {
    const untilMs = this.waitsUntilMs();
    const isPatient = untilMs === undefined || nowMs < untilMs;
    const queue = earliestQueue(this.queues, isPatient);
    if (queue !== undefined) {
      // Out of patience it stays so until the other source has something.
      if (isPatient) this.#waitingSinceMs = undefined;
    } else if (this.queues.some(({ records }) => records > 0)) this.#waitingSinceMs ??= nowMs;
    else this.#waitingSinceMs = undefined;
    return queue;
  }

  #countOutputs(from: number): void {
    const { outputs } = this.#effects;
    for (let at = from; at < outputs.length; at++) {
      const bytes = bytesOf(outputs[at]!);
      this.#unsentBytes += bytes;
      this.#bytes += bytes;
    }
    this.#records += outputs.length - from;
  }

  #positions(isWanted: (queue: SourceQueue) => boolean): PartitionOffset[] {
    const { partition } = this.#options;
    return this.queues
      .filter(isWanted)
      .map(({ topic, position }) => ({ topic, partition, offset: position }));
  }
}
