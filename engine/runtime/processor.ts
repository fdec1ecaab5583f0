/** Runs a topology on a broker: one member of a group, with the tasks that are its share. */

import type { Broker } from '../broker/port.ts';
import { parseTaskName, type TaskName } from './assignment.ts';
import { openChangelogTail } from './changelog-tail.ts';
import {
  commitAll,
  commitAndMark,
  commitDueMs,
  commitIfDue,
  runningTasks,
} from './commit-cycle.ts';
import { createCommitter } from './committer.ts';
import { createGroupAssigner } from './group-assigner.ts';
import { pumpInput } from './input-pump.ts';
import { openLocalState } from './local-state.ts';
import type { ProcessorStatus } from './observer.ts';
import {
  type ProcessorOptions,
  type ProcessorSettings,
  readSettings,
} from './processor-options.ts';
import { fail, type ProcessorState } from './processor-state.ts';
import { statusOf } from './processor-status.ts';
import { memberWords, onRebalance, suspendAll } from './rebalance.ts';
import { recover } from './recovery.ts';
import { closeReplica, type Replica } from './replica.ts';
import { createTurns, runtimeTime } from './runtime-time.ts';
import { planTopology, type TopologyPlan } from './topology-plan.ts';

export type Processor = {
  status(): ProcessorStatus;
  /** A task has news that no record brought: see `ProcessFunctions.hasNews`. */
  wake(): void;
  /**
   * Done once it has ended: after `close`, or with the error that no retry puts right. Nothing that
   * was committed is lost with it.
   */
  readonly done: Promise<void>;
  /** Drains: processes what was fetched, commits, keeps state, leaves the group. */
  close(): Promise<void>;
};

/** Records of a task in a turn: others and the sockets come in between. */
const TURN_RECORDS_MAX = 500;
/**
 * And time of all tasks: a member that does not hear its broker for a session is taken for dead.
 * Looked at after each slice, so that an operator that suddenly takes long does not hold it up.
 */
const TURN_MS_MAX = 50;
const SLICE_RECORDS = 16;
/** How often stores on disk learn how far they are. */
const MARK_INTERVAL_MS = 5_000;

/** Joins the group. Errors: `bad-config` naming what does not fit the broker or the topology. */
export async function startProcessor(options: ProcessorOptions): Promise<Processor> {
  const settings = readSettings(options);
  const plan = await planTopology({ ...options, ...settings });
  const state = await openState(options, settings, plan);
  const ended = Promise.withResolvers<void>();
  state.end = error => {
    state.isClosing = true;
    state.waker.wake();
    state.pollWaker.wake();
    if (error === undefined) ended.resolve();
    else ended.reject(error);
  };
  ended.promise.catch(() => {});
  try {
    state.member = await join(state);
  } catch (error) {
    await release(state);
    throw error;
  }
  const pumping = pumpInput(state).catch(error => state.end(error));
  const running = run(state).catch(error => state.end(error));
  const done = ended.promise.finally(() => shutDown(state, [pumping, running]));
  done.catch(() => {});
  return {
    status: () => statusOf(state),
    wake: () => state.waker.wake(),
    done,
    async close() {
      state.end();
      await done;
    },
  };
}

async function openState(
  options: ProcessorOptions,
  settings: ProcessorSettings,
  plan: TopologyPlan,
): Promise<ProcessorState> {
  const { broker, ports, applicationId } = options;
  const time = runtimeTime(ports);
  const { stateDirectory: directory, store } = settings;
  const local = openLocalState({
    ...{ disk: ports.disk, directory, applicationId, topology: plan.topology, store },
    nowMs: time.nowMs,
  });
  const committer = createCommitter({ ...options, ...settings });
  const keptLags = await lagsOf(broker, plan, local.kept).catch(async error => {
    await local.close();
    throw error;
  });
  const state: ProcessorState = {
    ...{ options, settings, plan, time, committer, local },
    // Nothing would be restored any more, and no standby kept near.
    tail: openChangelogTail({ broker, time, ports, onFailure: error => state.end(error) }),
    ...{ member: undefined, identity: undefined, knownIds: [], keptLags, toFence: new Set() },
    ...{ owned: new Map(), held: new Map(), ran: new Set(), standbys: new Map() },
    ...{ inTurn: createTurns(), waker: time.createWaker(), pollWaker: time.createWaker() },
    ...{ seeks: new Map(), paused: new Map(), committing: undefined },
    ...{ uncommittedSinceMs: undefined, failure: undefined, failuresInARow: 0 },
    turn: 0,
    ...{ isClosing: false, end: () => {}, counts: { commits: 0, lastCommitMs: 0, failures: 0 } },
  };
  return state;
}

/** Of the tasks kept on disk. */
async function lagsOf(
  broker: Broker,
  { changelogs }: TopologyPlan,
  kept: ReadonlyMap<TaskName, number>,
): Promise<Map<TaskName, number>> {
  const lags = new Map<TaskName, number>();
  for (const [task, position] of kept) {
    const { subTopology, partition } = parseTaskName(task);
    const topic = changelogs.get(subTopology);
    if (topic === undefined) continue;
    const [bound] = await broker.admin.bounds([{ topic, partition }], 'read-committed');
    // One that is ahead is of another changelog, and worth nothing.
    if (bound !== undefined && bound.end >= position) lags.set(task, bound.end - position);
  }
  return lags;
}

async function join(state: ProcessorState) {
  const { options, settings, plan } = state;
  const { sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs, startAt, fetchBytesMax } = settings;
  const member = await options.broker.join({
    groupId: options.applicationId,
    topics: plan.topics,
    assigner: createGroupAssigner(plan),
    memberData: () => memberWords(state),
    isolation: 'read-committed',
    pollWaitMs: POLL_WAIT_MS,
    ...{ sessionTimeoutMs, heartbeatMs, rebalanceTimeoutMs, startAt, fetchBytesMax },
  });
  state.member = member;
  member.onRebalance(event =>
    state.inTurn(() => onRebalance(state, event)).catch(error => fail(state, error)),
  );
  return member;
}

/** Longer ones would keep a partition waiting that was paused when its poll began. */
const POLL_WAIT_MS = 20;

async function run(state: ProcessorState): Promise<void> {
  let markedMs = state.time.nowMs();
  while (!state.isClosing) {
    const hasMore = await state.inTurn(async () => {
      if (state.failure !== undefined) await recover(state);
      if (state.isClosing) return false;
      const isBusy = work(state);
      await commitIfDue(state);
      if (state.settings.store === 'lmdb' && state.time.nowMs() >= markedMs + MARK_INTERVAL_MS) {
        markedMs = state.time.nowMs();
        await mark(state);
      }
      return isBusy;
    });
    if (hasMore) await state.options.ports.nextTurn();
    else await state.waker.until(nextDueMs(state));
  }
}

/** A step of every task, in slices by turns. True where some have more to do at once. */
function work(state: ProcessorState): boolean {
  const nowMs = state.time.nowMs();
  const tasks = runningTasks(state).map(({ running }) => running!);
  // The turn's time may be over before all had a slice: another one begins the next turn.
  const first = tasks.length === 0 ? 0 : state.turn++ % tasks.length;
  let busy = [...tasks.slice(first), ...tasks.slice(0, first)];
  let isOver = false;
  for (let done = 0; busy.length > 0 && done < TURN_RECORDS_MAX && !isOver; done += SLICE_RECORDS) {
    busy = busy.filter(task => {
      if (isOver) return true;
      const hasMore = attempt(state, () => task.process(SLICE_RECORDS, nowMs) === SLICE_RECORDS);
      isOver = state.time.nowMs() - nowMs > TURN_MS_MAX;
      return hasMore === true;
    });
  }
  for (const task of tasks) attempt(state, () => task.advanceIfDue(nowMs));
  if (state.paused.size > 0) state.pollWaker.wake();
  return busy.length > 0;
}

function attempt<Result>(state: ProcessorState, step: () => Result): Result | undefined {
  try {
    return step();
  } catch (error) {
    fail(state, error);
    return undefined;
  }
}

function nextDueMs(state: ProcessorState): number | undefined {
  const dues = runningTasks(state).flatMap(({ running }) => [
    running!.nextDueMs() ?? [],
    running!.waitsUntilMs() ?? [],
  ]);
  const all = [...dues, commitDueMs(state) ?? []].flat();
  return all.length === 0 ? undefined : Math.min(...all);
}

async function mark(state: ProcessorState): Promise<void> {
  if (!(await commitAndMark(state))) return;
  for (const { replica } of runningTasks(state)) await state.local.save(replica);
  for (const replica of state.standbys.values()) await state.local.save(replica);
}

async function shutDown(state: ProcessorState, loops: Promise<void>[]): Promise<void> {
  await Promise.all(loops);
  const { member, tail } = state;
  await state.inTurn(async () => {
    if (state.failure === undefined) await drain(state);
    await suspendAll(state);
    for (const replica of state.held.values()) {
      if (state.ran.has(replica.task)) await keep(state, replica);
    }
  });
  for (const replica of state.standbys.values()) {
    tail.letGo(replica);
    await keep(state, replica);
  }
  for (const replica of [...state.held.values(), ...state.standbys.values()]) closeReplica(replica);
  // Where the broker does not hear of it, the session ends by its timeout.
  await member?.close().catch(() => {});
  await release(state);
}

/** State that cannot be kept here (a full disk, too large for a file) is in the changelog. */
async function keep(state: ProcessorState, replica: Replica): Promise<void> {
  try {
    await state.local.save(replica);
  } catch (error) {
    state.counts.failures += 1;
    state.options.observer?.onFailure?.({ error, inARow: 1 });
  }
}

async function release({ tail, committer, local }: ProcessorState): Promise<void> {
  await tail.close();
  await committer.close().catch(() => {});
  await local.close();
}

async function drain(state: ProcessorState): Promise<void> {
  const { drainMs } = state.settings;
  const endMs = state.time.nowMs() + drainMs;
  while (state.failure === undefined && work(state) && state.time.nowMs() < endMs) {
    await commitIfDue(state);
    await state.options.ports.nextTurn();
  }
  await commitAll(state);
}
