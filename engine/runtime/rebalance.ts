/** What a processor does when tasks come and go. */

import type { RebalanceEvent } from '../broker/group.ts';
import { OutriderError } from '../error.ts';
import { activate, fenceGone, openLocalReplica } from './activation.ts';
import { parseTaskName, type TaskName } from './assignment.ts';
import { commitAndMark } from './commit-cycle.ts';
import { tasksOf } from './group-assigner.ts';
import { decodeLeaderWords, encodeMemberWords, type LeaderWords } from './member-words.ts';
import { fail, type OwnedTask, type ProcessorState } from './processor-state.ts';
import { closeReplica, type Replica } from './replica.ts';

/** On the processor's turn, one event after the other. */
export async function onRebalance(state: ProcessorState, event: RebalanceEvent): Promise<void> {
  switch (event.type) {
    case 'revoked':
      return await suspendAll(state);
    case 'lost':
      return await dropAll(state);
    case 'assigned':
      return await takeAll(state, event);
  }
}

/** What this member tells the next leader. */
export function memberWords(state: ProcessorState): Uint8Array {
  const { owned, held, ran, standbys, tail } = state;
  const running = [...owned.values()].filter(task => task.running !== undefined);
  const active = [...running.map(({ name }) => name), ...ran];
  const lags = new Map<TaskName, number>(state.keptLags);
  for (const { name, replica } of owned.values()) lags.set(name, tail.lagOf(replica));
  for (const [name, replica] of [...standbys, ...held]) lags.set(name, tail.lagOf(replica));
  for (const name of active) lags.delete(name);
  return encodeMemberWords({
    topology: state.plan.topology,
    generation: state.identity?.generation ?? -1,
    transactionalId: state.committer.transactionalId,
    knownIds: state.knownIds,
    active,
    held: lags,
  });
}

/** Commits before anybody else has the tasks, and keeps their state: most come back. */
export async function suspendAll(state: ProcessorState): Promise<void> {
  const isCommitted = await commitAndMark(state);
  if (!isCommitted) await state.committer.abandon();
  for (const [name, task] of state.owned) {
    state.tail.letGo(task.replica);
    const isSound = task.running === undefined ? !task.replica.isClosed : isCommitted;
    if (isSound) state.held.set(name, task.replica);
    else closeReplica(task.replica);
    if (isSound && task.running !== undefined) state.ran.add(name);
    await state.committer.closeTask(name).catch(() => {});
  }
  state.owned.clear();
  state.failure = undefined;
  state.uncommittedSinceMs = undefined;
}

/** Others may have the tasks already: what is not committed is theirs to do. */
async function dropAll(state: ProcessorState): Promise<void> {
  await state.committing;
  for (const [name, task] of state.owned) {
    state.tail.letGo(task.replica);
    closeReplica(task.replica);
    await state.committer.closeTask(name).catch(() => {});
  }
  state.owned.clear();
  state.failure = undefined;
  state.uncommittedSinceMs = undefined;
  await state.committer.reset();
}

type Assigned = Extract<RebalanceEvent, { type: 'assigned' }>;

async function takeAll(state: ProcessorState, { partitions, data }: Assigned): Promise<void> {
  const words = readWords(data);
  if (words.refusal !== '') {
    state.end(new OutriderError('bad-config', `the group refuses this member: ${words.refusal}`));
    return;
  }
  const active = tasksOf(state.plan, partitions);
  state.identity = state.member!.identity();
  state.knownIds = words.knownIds;
  state.paused.clear();
  state.seeks.clear();
  for (const id of words.idsToFence) state.toFence.add(id);
  await fenceGone(state).catch(error => fail(state, error));
  const standbys = await takeStandbys(state, words.standbys, active);
  for (const name of active) {
    const kept = state.held.get(name) ?? standbys.get(name);
    state.held.delete(name);
    const owned = ownedTask(state, name, kept ?? (await openLocalReplica(state, name)));
    state.owned.set(name, owned);
    activate(state, owned);
  }
  for (const replica of state.held.values()) closeReplica(replica);
  state.held.clear();
  state.ran.clear();
  const { generation } = state.identity;
  const told = { generation, active, standbys: words.standbys };
  state.options.observer?.onAssigned?.(told);
  state.waker.wake();
}

/** Replicas that were standbys and are to run; the others go on, begin or end. */
async function takeStandbys(
  state: ProcessorState,
  names: readonly TaskName[],
  active: readonly TaskName[],
): Promise<Map<TaskName, Replica>> {
  const promoted = new Map<TaskName, Replica>();
  for (const [name, replica] of [...state.standbys]) {
    if (names.includes(name)) continue;
    state.tail.letGo(replica);
    state.standbys.delete(name);
    if (active.includes(name)) promoted.set(name, replica);
    else closeReplica(replica);
  }
  for (const name of names) {
    if (state.standbys.has(name)) continue;
    const replica = state.held.get(name) ?? (await openLocalReplica(state, name));
    state.held.delete(name);
    state.standbys.set(name, replica);
    state.tail.follow(replica);
  }
  return promoted;
}

function ownedTask(state: ProcessorState, name: TaskName, replica: Replica): OwnedTask {
  const { subTopology, partition } = parseTaskName(name);
  const planned = state.plan.subTopologies.find(({ index }) => index === subTopology)!;
  const { sources } = planned;
  return { name, subTopology, partition, sources, replica, running: undefined, attempt: 0 };
}

function readWords(data: Uint8Array): LeaderWords {
  // A broker without data of members: no standbys, nobody known.
  if (data.length === 0) return { refusal: '', standbys: [], idsToFence: [], knownIds: [] };
  return decodeLeaderWords(data);
}
