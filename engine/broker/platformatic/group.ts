/** A member of a classic consumer group: beats beside the polls, and gives up all it has first. */

import { heartbeatV4 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { GroupMember, GroupOptions, RebalanceEvent } from '../group.ts';
import { partitionName } from '../partitions.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { type Alarm, afterMs, nowMs, orAfterMs } from '../wait.ts';
import type { Assignment } from './assignment.ts';
import { type Cluster, forgetting, REQUEST_MS } from './cluster.ts';
import { ERROR, isCoordinatorMoved } from './error-codes.ts';
import { joinRound, leave, type Membership, REBALANCE_MS } from './membership.ts';
import { commitOffsets, committedOffsets, END, FIRST, listOffsets } from './offsets.ts';
import { createReader, type FetchingReader } from './reader.ts';

type State = Membership & {
  readonly reader: FetchingReader;
  partitions: readonly TopicPartition[];
  /** Once there is one, events wait no longer. */
  readonly handled: PromiseWithResolvers<void>;
  handler: (event: RebalanceEvent) => Promise<void>;
  /** `joining`: the broker counts it as alive without beats. */
  phase: 'idle' | 'stable' | 'revoking' | 'joining' | 'taking';
  /** Of joins: beats of an earlier one say nothing about this one. */
  rounds: number;
  isRejoinWanted: boolean;
  beat: Alarm | undefined;
  heardMs: number;
  failure: Error | undefined;
};

export async function joinGroup(cluster: Cluster, options: GroupOptions): Promise<GroupMember> {
  const rebalanceMs = options.rebalanceTimeoutMs ?? REBALANCE_MS;
  const state: State = {
    ...{ cluster, options, links: cluster.openLinks(REQUEST_MS + rebalanceMs) },
    ...{ reader: createReader(cluster, options, []), partitions: [], memberId: '', generation: -1 },
    ...{ handled: Promise.withResolvers<void>(), handler: async () => {} },
    ...{ phase: 'idle', rounds: 0 },
    ...{ isRejoinWanted: false, isClosed: false },
    ...{ beat: undefined, heardMs: 0, failure: undefined },
  };
  const { reader } = state;
  return {
    ...reader,
    async poll() {
      if (state.failure !== undefined) throw state.failure;
      if (state.phase === 'idle') begin(state, 'revoked');
      const batches = await reader.poll();
      if (state.failure !== undefined) throw state.failure;
      return batches;
    },
    identity: () => identityOf(state),
    onRebalance(handler) {
      state.handler = handler;
      state.handled.resolve();
    },
    commit: offsets => commit(state, offsets),
    async rejoin() {
      if (state.phase === 'stable' || state.phase === 'idle') begin(state, 'revoked');
      else state.isRejoinWanted = true;
    },
    close: () => close(state),
  };
}

function identityOf({ options, memberId, generation }: State) {
  return { groupId: options.groupId, memberId, generation };
}

async function commit(state: State, offsets: readonly PartitionOffset[]): Promise<void> {
  const { cluster, links, options } = state;
  const who = { ...identityOf(state), instanceId: options.instanceId };
  // While it joins, its links are held by the join.
  const open = state.phase === 'joining' ? cluster.links : links;
  await commitOffsets({ cluster, links: open }, who, offsets);
}

async function close(state: State): Promise<void> {
  if (state.isClosed) return;
  state.isClosed = true;
  state.beat?.cancel();
  await leave(state).catch(() => {});
  await state.reader.close();
  await state.links.close();
}

/** Runs beside the polls; what fails is thrown by the next poll. */
function begin(state: State, how: 'revoked' | 'lost'): void {
  state.phase = 'revoking';
  void rebalance(state, how).catch((error: Error) => {
    if (state.isClosed) return;
    state.failure = error;
    state.beat?.cancel();
    void leave(state).catch(() => {});
    state.reader.positions.clear();
    state.reader.wake();
  });
}

async function rebalance(state: State, how: 'revoked' | 'lost'): Promise<void> {
  for (let type = how; ; type = 'revoked') {
    state.phase = 'revoking';
    state.isRejoinWanted = false;
    await giveUp(state, type);
    if (state.isClosed) return;
    state.phase = 'joining';
    const assignment = await joinRound(state);
    if (assignment === undefined) return;
    // Beats from here on: reading where to begin may take a while.
    state.phase = 'taking';
    state.rounds++;
    state.heardMs = nowMs();
    state.beat?.cancel();
    state.beat = afterMs(state.options.heartbeatMs, () => void heartbeat(state));
    await take(state, assignment);
    if (state.isClosed) return;
    if (!state.isRejoinWanted) break;
  }
  state.phase = 'stable';
}

async function giveUp(state: State, type: 'revoked' | 'lost'): Promise<void> {
  const { partitions, options } = state;
  state.reader.positions.clear();
  if (partitions.length > 0) {
    const patienceMs = options.rebalanceTimeoutMs ?? REBALANCE_MS;
    await orAfterMs(patienceMs, tell(state, { type, partitions }));
  }
  state.partitions = [];
}

async function tell(state: State, event: RebalanceEvent): Promise<void> {
  await state.handled.promise;
  await state.handler(event);
}

/** Where the handler sought nothing, reading begins at what was committed. */
async function take(state: State, { partitions, data }: Assignment): Promise<void> {
  state.partitions = partitions;
  // First: it may end what holds up the committed offsets.
  await tell(state, { type: 'assigned', partitions, data });
  const { positions } = state.reader;
  const starts = await startOffsets(
    state,
    partitions.filter(each => positions.get(each) === undefined),
  );
  if (state.isClosed) return;
  for (const each of starts) if (positions.get(each) === undefined) positions.seek(each);
  state.reader.wake();
}

async function startOffsets(
  { cluster, options }: State,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOffset[]> {
  const committed = await committedOffsets(cluster, options.groupId, partitions);
  const names = new Set(committed.map(partitionName));
  const others = partitions.filter(each => !names.has(partitionName(each)));
  const timestampMs = options.startAt === 'first' ? FIRST : END;
  const { isolation } = options;
  const found = await listOffsets(cluster, others, { timestampMs, isolation });
  const starts = others.map(each => ({ ...each, offset: found.get(partitionName(each))! }));
  return [...committed, ...starts];
}

async function heartbeat(state: State): Promise<void> {
  const { options, rounds } = state;
  const beganMs = nowMs();
  const errorCode = await beat(state).catch(() => undefined);
  const isOver = state.isClosed || state.failure !== undefined || state.rounds !== rounds;
  if (isOver || state.phase === 'joining') return;
  if (errorCode === ERROR.none || errorCode === ERROR.rebalanceInProgress) state.heardMs = beganMs;
  const isExpired = nowMs() - state.heardMs > options.sessionTimeoutMs;
  const isOut = errorCode === ERROR.unknownMember || errorCode === ERROR.illegalGeneration;
  if (errorCode === ERROR.fencedInstance) return fenced(state);
  if (isOut || isExpired) {
    state.memberId = isOut ? '' : state.memberId;
    if (state.phase === 'stable') return begin(state, 'lost');
    state.isRejoinWanted = true;
  } else if (errorCode === ERROR.rebalanceInProgress) {
    // A member that is still taking its partitions goes through with it, then joins again.
    if (state.phase === 'stable') begin(state, 'revoked');
    else if (state.phase === 'taking') state.isRejoinWanted = true;
  }
  state.beat = afterMs(options.heartbeatMs, () => void heartbeat(state));
}

/** The coordinator's code; undefined where it did not answer. */
async function beat({ cluster, links, options, ...state }: State): Promise<number> {
  const of = { type: 'group', key: options.groupId } as const;
  const node = await cluster.coordinator(of);
  const { api } = heartbeatV4;
  const { memberId, generation } = state;
  const { groupId, instanceId = null } = options;
  const { errorCode } = await links
    .call(node, api, groupId, generation, memberId, instanceId)
    .catch(forgetting(cluster, of));
  if (isCoordinatorMoved(errorCode)) cluster.forgetCoordinator(of);
  return errorCode;
}

function fenced(state: State): void {
  const { groupId, instanceId } = state.options;
  const message = `group ${groupId}: another process has joined as instance ${instanceId}`;
  state.failure = new OutriderError('fenced', message);
  const { partitions } = state;
  state.reader.positions.clear();
  void tell(state, { type: 'lost', partitions });
}
