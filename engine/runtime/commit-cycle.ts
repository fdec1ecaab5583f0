/** When and how a processor commits: by time, records or bytes, beside the next records' work. */

import type { TaskCommit } from './committer.ts';
import { fail, type OwnedTask, type ProcessorState } from './processor-state.ts';

/** Commits what waits if it is time; waits itself only where more work would exceed a bound. */
export async function commitIfDue(state: ProcessorState): Promise<void> {
  sendAhead(state);
  const nowMs = state.time.nowMs();
  const { records, bytes } = pendingOf(state);
  if (records === 0) return;
  state.uncommittedSinceMs ??= nowMs;
  const { commitIntervalMs, commitRecordsMax, commitBytesMax } = state.settings;
  const isFull = records >= commitRecordsMax || bytes >= commitBytesMax;
  const isNear = nowMs >= state.uncommittedSinceMs + commitIntervalMs / 2;
  if (isNear && state.committing === undefined) expectCommit(state);
  if (!isFull && nowMs < state.uncommittedSinceMs + commitIntervalMs) return;
  if (isFull) await state.committing;
  if (state.committing === undefined) startCommit(state, drainTasks(state));
}

/** When a commit is due; undefined where nothing waits for one. */
export function commitDueMs({ uncommittedSinceMs, committing, settings }: ProcessorState) {
  if (uncommittedSinceMs === undefined || committing !== undefined) return undefined;
  return uncommittedSinceMs + settings.commitIntervalMs;
}

/** Commits all that is done. False where that failed: then nothing of it counts. */
export async function commitAll(state: ProcessorState): Promise<boolean> {
  await state.committing;
  if (state.failure !== undefined) return false;
  startCommit(state, drainTasks(state));
  await state.committing;
  return state.failure === undefined;
}

/**
 * Commits all that is done and, once that has held, knows the state of each task to be that of its
 * changelog's end as it was before: had anybody else written there, the commit would have failed.
 */
export async function commitAndMark(state: ProcessorState): Promise<boolean> {
  await state.committing;
  if (state.failure !== undefined) return false;
  const running = runningTasks(state);
  try {
    const changelogs = running.flatMap(({ replica }) => replica.changelog ?? []);
    const { admin } = state.options.broker;
    const ends = await admin.bounds(changelogs, 'read-committed');
    const commits = new Map(drainTasks(state).map(commit => [commit.task, commit]));
    startCommit(
      state,
      running.map(({ name, running: task }) => commits.get(name) ?? task!.positions()),
    );
    await state.committing;
    if (state.failure !== undefined) return false;
    for (const { replica } of running) {
      const { topic, partition } = replica.changelog ?? {};
      const found = ends.find(end => end.topic === topic && end.partition === partition);
      if (found !== undefined) replica.position = Math.max(replica.position, found.end);
    }
    return true;
  } catch (error) {
    fail(state, error);
    return false;
  }
}

export const runningTasks = (state: ProcessorState): OwnedTask[] =>
  [...state.owned.values()].filter(({ running }) => running !== undefined);

function pendingOf(state: ProcessorState): { records: number; bytes: number } {
  const sum = { records: 0, bytes: 0 };
  for (const { running } of state.owned.values()) {
    if (running === undefined) continue;
    const { records, bytes } = running.pending;
    sum.records += records;
    sum.bytes += bytes;
  }
  return sum;
}

function expectCommit({ committer, identity }: ProcessorState): void {
  if (identity !== undefined) committer.expect(identity);
}

/** Outputs leave before the commit: at once where none holds them, else by large requests. */
function sendAhead(state: ProcessorState): void {
  const { committer } = state;
  const running = runningTasks(state);
  const bytes = running.reduce((sum, task) => sum + task.running!.unsentBytes, 0);
  if (!committer.wants(bytes, state.committing !== undefined)) return;
  committer.sendNow(
    running.flatMap(task => task.running!.takeOutputs()),
    bytes,
  );
}

function drainTasks(state: ProcessorState): TaskCommit[] {
  const nowMs = state.time.nowMs();
  state.uncommittedSinceMs = undefined;
  try {
    return runningTasks(state).flatMap(({ running }) => running!.drain(nowMs) ?? []);
  } catch (error) {
    // What some tasks gave is lost with the failure: all of them begin anew from the last commit.
    fail(state, error);
    return [];
  }
}

function startCommit(state: ProcessorState, tasks: readonly TaskCommit[]): void {
  const { member, identity, committer, time, counts } = state;
  if (tasks.length === 0 || member === undefined || identity === undefined) return;
  const startedMs = time.nowMs();
  const run = async () => {
    try {
      await committer.commit({ member, identity, tasks });
      await markCommitted(state, tasks);
      counts.commits += 1;
      counts.lastCommitMs = time.nowMs() - startedMs;
      state.failuresInARow = 0;
      const records = tasks.reduce((sum, task) => sum + task.records.length, 0);
      const { lastCommitMs: tookMs } = counts;
      state.options.observer?.onCommit?.({ tookMs, tasks: tasks.length, records });
    } catch (error) {
      fail(state, error);
    }
    state.committing = undefined;
    state.waker.wake();
  };
  state.committing = run();
}

/** Stores on disk take only what is committed. */
async function markCommitted(state: ProcessorState, tasks: readonly TaskCommit[]): Promise<void> {
  for (const { task } of tasks) {
    const replica = state.owned.get(task)?.replica;
    for (const { store } of replica?.stores.values() ?? []) await state.local.committed(store);
  }
}
