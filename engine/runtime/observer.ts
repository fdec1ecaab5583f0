/** What a processor tells of itself, as plain numbers: for metrics, logs and tests. */

import type { TaskName } from './assignment.ts';

/** Called as it happens, on the processor's own turn: it must be quick and not throw. */
export type ProcessorObserver = {
  onCommit?(commit: { readonly tookMs: number; readonly tasks: number; records: number }): void;
  /** A task is ready: its changelog was followed over so many offsets. */
  onRestored?(restored: {
    readonly task: TaskName;
    readonly tookMs: number;
    readonly offsets: number;
  }): void;
  /** A failure that is recovered from; the last of too many ends the processor. */
  onFailure?(failure: { readonly error: unknown; readonly inARow: number }): void;
  onAssigned?(assigned: {
    readonly generation: number;
    readonly active: readonly TaskName[];
    readonly standbys: readonly TaskName[];
  }): void;
  /** Records were deleted by retention before they were read. */
  onSkipped?(skipped: {
    readonly topic: string;
    readonly partition: number;
    readonly from: number;
    readonly to: number;
  }): void;
};

export type ProcessorStatus = {
  /** Ready for health checks: in the group, nothing failing. */
  readonly phase: 'starting' | 'running' | 'recovering' | 'closed';
  readonly generation: number;
  readonly tasks: readonly TaskStatus[];
  readonly standbys: readonly { readonly task: TaskName; readonly lagRecords: number }[];
  readonly commits: number;
  readonly lastCommitMs: number;
  readonly failures: number;
};

export type TaskStatus = {
  readonly task: TaskName;
  readonly phase: 'restoring' | 'running';
  /** Changelog records to be taken in before it runs. */
  readonly restoreLeft: number;
  /** Fetched and not processed. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  /** Records of its sources that it has not processed, by what was last heard of their ends. */
  readonly lagRecords: number;
  /** Event time its sources have passed, milliseconds since 1970; -Infinity before. */
  readonly watermarkMs: number;
  /** How far the watermark is behind the clock, milliseconds; 0 before there is one. */
  readonly watermarkDelayMs: number;
  /** Records that it could not read or work with, since it began to run here. */
  readonly deadLetters: number;
  /** Sources left out of polls, for their queues are full. */
  readonly pausedSources: number;
};
