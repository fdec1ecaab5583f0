/** A member of a classic consumer group: beats beside the polls, and gives up all it has first. */

import { heartbeatV4 } from '@platformatic/kafka';
import type { GroupMember, GroupOptions, RebalanceEvent } from '../group.ts';
import { partitionName } from '../partitions.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { type Alarm, afterMs, nowMs, orAfterMs } from '../wait.ts';
import { nodeName } from './any-node.ts';
import type { Assignment } from './assignment.ts';
import { type Cluster, forgetting, REQUEST_MS } from './cluster.ts';
import { ERROR, isCoordinatorMoved } from './error-codes.ts';
import type { Links, Node } from './links.ts';
import { instanceTaken, joinRound, leave, type Membership, REBALANCE_MS } from './membership.ts';
import { commitOffsets, committedOffsets, END, FIRST, listOffsets } from './offsets.ts';
import { createReader, type FetchingReader } from './reader.ts';

type State = Membership & {
  /** Of beats alone: a coordinator that hangs is given up within the session. */
  readonly beats: Links;
  readonly reader: FetchingReader;
  partitions: readonly TopicPartition[];
  /** Once there is one, events wait no longer. */
  readonly handled: PromiseWithResolvers<void>;
  handler: (event: RebalanceEvent) => Promise<void>;
  /** `joining`: the broker counts it as alive without beats. */
  phase: 'idle' | 'stable' | 'revoking' | 'joining' | 'taking';
  /** Of joins: beats of an earlier one say nothing about this one. */
  rounds: number;
  /** Another round is wanted after the one under way, and what then becomes of the partitions. */
  next: 'revoked' | 'lost' | undefined;
  beat: Alarm | undefined;
  heardMs: number;
  /** A coordinator that has not answered since the last join. */
  silent: Node | undefined;
  failure: Error | undefined;
};

/** Beats one after another that may go unanswered in a session. */
const BEATS_LOST_MAX = 3;

export async function joinGroup(cluster: Cluster, options: GroupOptions): Promise<GroupMember> {
  const rebalanceMs = options.rebalanceTimeoutMs ?? REBALANCE_MS;
  const state: State = {
    ...{ cluster, options, links: cluster.openLinks(REQUEST_MS + rebalanceMs) },
    beats: cluster.openLinks(Math.min(REQUEST_MS, options.sessionTimeoutMs / BEATS_LOST_MAX)),
    ...{ reader: createReader(cluster, options, []), partitions: [], memberId: '', generation: -1 },
    ...{ handled: Promise.withResolvers<void>(), handler: async () => {} },
    ...{ phase: 'idle', rounds: 0 },
    ...{ next: undefined, isClosed: false },
    ...{ beat: undefined, heardMs: 0, silent: undefined, failure: undefined },
  };
  const { reader } = state;
  return {
    ...reader,
    async poll() {
      if (state.phase === 'idle') begin(state, 'revoked');
      return reader.poll();
    },
    identity: () => identityOf(state),
    onRebalance(handler) {
      state.handler = handler;
      state.handled.resolve();
    },
    commit: offsets => commit(state, offsets),
    async rejoin() {
      if (state.phase === 'stable' || state.phase === 'idle') begin(state, 'revoked');
      else state.next ??= 'revoked';
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
  // After a session the coordinator does without its word.
  await orAfterMs(
    state.options.sessionTimeoutMs,
    leave(state).catch(() => {}),
  );
  await state.reader.close();
  await Promise.all([state.links.close(), state.beats.close()]);
}

/** Runs beside the polls; what fails is thrown by the next poll. */
function begin(state: State, how: 'revoked' | 'lost'): void {
  state.phase = 'revoking';
  void rebalance(state, how).catch((error: Error) => {
    if (state.isClosed) return;
    state.beat?.cancel();
    void leave(state).catch(() => {});
    fail(state, error);
  });
}

function fail(state: State, error: Error): void {
  state.failure = error;
  state.reader.positions.clear();
  state.reader.fail(error);
}

async function rebalance(state: State, how: 'revoked' | 'lost'): Promise<void> {
  for (let type = how; ; type = state.next) {
    state.phase = 'revoking';
    await giveUp(state, type);
    if (state.isClosed) return;
    state.phase = 'joining';
    // Whatever was wanted by now, this round is.
    state.next = undefined;
    const assignment = await joinRound(state);
    if (assignment === undefined) return;
    // Beats from here on: reading where to begin may take a while.
    state.phase = 'taking';
    state.rounds++;
    state.heardMs = nowMs();
    state.silent = undefined;
    state.beat?.cancel();
    state.beat = afterMs(state.options.heartbeatMs, () => void heartbeat(state));
    await take(state, assignment);
    if (state.isClosed) return;
    if (state.next === undefined) break;
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
  const answer = await beat(state).catch(() => undefined);
  const isOver = state.isClosed || state.failure !== undefined || state.rounds !== rounds;
  if (isOver || state.phase === 'joining') return;
  const errorCode = answer?.errorCode;
  if (errorCode === ERROR.none || errorCode === ERROR.rebalanceInProgress) state.heardMs = beganMs;
  const isExpired = nowMs() - state.heardMs > options.sessionTimeoutMs;
  const isOut = errorCode === ERROR.unknownMember || errorCode === ERROR.illegalGeneration;
  if (errorCode === ERROR.fencedInstance) return fenced(state);
  if (isOut || isExpired) {
    state.memberId = isOut ? '' : state.memberId;
    if (state.phase === 'stable') return begin(state, 'lost');
    state.next = 'lost';
  } else if (errorCode === ERROR.rebalanceInProgress || answer?.isSuccessor) {
    // A member that is still taking its partitions goes through with it, then joins again.
    if (state.phase === 'stable') return begin(state, 'revoked');
    if (state.phase === 'taking') state.next ??= 'revoked';
  }
  state.beat = afterMs(options.heartbeatMs, () => void heartbeat(state));
}

/**
 * What the coordinator says. `isSuccessor`: of one that fell silent. To it all members are alive
 * for a whole session more, those that died with the one before as well: only a new round shows
 * within the rebalance timeout who is there. One that moved in good order is another matter: it
 * said so, and nobody was lost with it.
 */
async function beat(state: State): Promise<{ errorCode: number; isSuccessor: boolean }> {
  const { cluster, beats, options, memberId, generation } = state;
  const of = { type: 'group', key: options.groupId } as const;
  const node = await cluster.coordinator(of);
  const { api } = heartbeatV4;
  const { groupId, instanceId = null } = options;
  const { errorCode } = await beats
    .call(node, api, groupId, generation, memberId, instanceId)
    .catch(error => {
      state.silent ??= node;
      return forgetting(cluster, of, node)(error);
    });
  if (isCoordinatorMoved(errorCode)) cluster.forgetCoordinator(of);
  const { silent } = state;
  const isBack = silent !== undefined && nodeName(silent) === nodeName(node);
  if (errorCode === ERROR.none && isBack) state.silent = undefined;
  return { errorCode, isSuccessor: errorCode === ERROR.none && silent !== undefined && !isBack };
}

function fenced(state: State): void {
  const { partitions, options } = state;
  fail(state, instanceTaken(options));
  // Polls fail already, with the reason for it.
  void tell(state, { type: 'lost', partitions }).catch(() => {});
}
