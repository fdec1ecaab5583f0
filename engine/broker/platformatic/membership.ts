/** A member's rounds with the group's coordinator: join, learn or make the assignment, leave. */

import { joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { GroupOptions } from '../group.ts';
import { waitMs } from '../wait.ts';
import {
  type Assignment,
  assign,
  decodeAssignment,
  encodeSubscription,
  topicsOf,
} from './assignment.ts';
import { type Cluster, forgetting } from './cluster.ts';
import { ERROR, isCoordinatorMoved } from './error-codes.ts';
import type { Links } from './links.ts';
import { retrying, type Tried } from './retrying.ts';

export const REBALANCE_MS = 60_000;
/** Between two rounds, that a broker is not asked without a pause. */
const ANEW_MS = 5;
const PROTOCOL_TYPE = 'consumer';
const EMPTY = new Uint8Array(0);

export type Membership = {
  readonly cluster: Cluster;
  readonly options: GroupOptions;
  /** Of this member alone: a join waits in the broker for the others. */
  readonly links: Links;
  memberId: string;
  generation: number;
  isClosed: boolean;
};

/** Waits for the other members. Undefined where the member was closed meanwhile. */
export async function joinRound(state: Membership): Promise<Assignment | undefined> {
  const what = `join of group ${state.options.groupId}`;
  for (;;) {
    // Each with time of its own to be tried again: a round may rightly take as long as that.
    const outcome = await retrying<Assignment | 'anew'>(what, () => tryRound(state));
    if (state.isClosed) return undefined;
    if (outcome !== 'anew') return outcome;
    await waitMs(ANEW_MS);
  }
}

async function tryRound(state: Membership): Promise<Tried<Assignment | 'anew'>> {
  if (state.isClosed) return { done: 'anew' };
  const joined = await join(state);
  if (!('done' in joined)) return isAnew(joined.errorCode) ? { done: 'anew' } : joined;
  const synced = await sync(state, joined.done);
  return 'done' in synced || !isAnew(synced.errorCode) ? synced : { done: 'anew' };
}

/** The group has gone on without this one, or gave it a name to come back with. */
function isAnew(errorCode: number): boolean {
  return (
    errorCode === ERROR.memberIdRequired ||
    errorCode === ERROR.unknownMember ||
    errorCode === ERROR.illegalGeneration ||
    errorCode === ERROR.rebalanceInProgress
  );
}

type Joined = Awaited<ReturnType<typeof joinGroupV9.api.async>>;

async function join(state: Membership): Promise<Tried<Joined>> {
  const { cluster, options, links } = state;
  const { groupId, assigner, topics, sessionTimeoutMs, instanceId = null } = options;
  const data = options.memberData?.() ?? EMPTY;
  const metadata = encodeSubscription(topics, data, state.generation);
  const protocols = [{ name: assigner.name, metadata }];
  const of = { type: 'group', key: groupId } as const;
  const node = await cluster.coordinator(of);
  const waitMs = options.rebalanceTimeoutMs ?? REBALANCE_MS;
  const answer = await links
    .call(
      ...([node, joinGroupV9.api, groupId, sessionTimeoutMs, waitMs, state.memberId] as const),
      ...([instanceId, PROTOCOL_TYPE, protocols] as const),
    )
    .catch(forgetting(cluster, of, node));
  const { errorCode, memberId, generationId } = answer;
  if (errorCode === ERROR.none) {
    state.memberId = memberId;
    state.generation = generationId;
    return { done: answer };
  }
  if (errorCode === ERROR.memberIdRequired) state.memberId = memberId;
  if (errorCode === ERROR.unknownMember) state.memberId = '';
  return { errorCode: checked(state, errorCode) };
}

/** Notes that the coordinator moved; throws `fenced` where another process has the instance id. */
function checked({ cluster, options }: Membership, errorCode: number): number {
  if (isCoordinatorMoved(errorCode)) {
    cluster.forgetCoordinator({ type: 'group', key: options.groupId });
  }
  if (errorCode === ERROR.fencedInstance) throw instanceTaken(options);
  return errorCode;
}

/** What a static member ends with whose instance id another process has joined with. */
export function instanceTaken({ groupId, instanceId }: GroupOptions): OutriderError {
  const what = `group ${groupId}, instanceId ${instanceId}: another process has joined with it`;
  return new OutriderError('fenced', `${what}; give each process one of its own`);
}

async function sync(state: Membership, joined: Joined): Promise<Tried<Assignment>> {
  const { cluster, options, links, memberId, generation } = state;
  const { groupId, assigner, instanceId = null } = options;
  const isLeader = joined.leader === memberId && !joined.skipAssignment;
  const assignments = isLeader ? await assignAll(state, joined) : [];
  const of = { type: 'group', key: groupId } as const;
  const node = await cluster.coordinator(of);
  const answer = await links
    .call(
      ...([node, syncGroupV5.api, groupId, generation, memberId, instanceId] as const),
      ...([PROTOCOL_TYPE, assigner.name, assignments] as const),
    )
    .catch(forgetting(cluster, of, node));
  const { errorCode, assignment } = answer;
  if (errorCode === ERROR.none) return { done: decodeAssignment(assignment) };
  if (errorCode === ERROR.unknownMember) state.memberId = '';
  return { errorCode: checked(state, errorCode) };
}

async function assignAll({ cluster, options }: Membership, { members }: Joined) {
  const topics = topicsOf(members);
  await cluster.refresh(topics);
  const known = topics.flatMap(topic => cluster.known(topic) ?? []);
  const counts = new Map(known.map(({ topic, leaders }) => [topic, leaders.length]));
  return assign(options.assigner, members, counts);
}

/** Gives the partitions to the others at once. A static member keeps them for its return. */
export async function leave(state: Membership): Promise<void> {
  const { cluster, options, memberId } = state;
  if (memberId === '' || options.instanceId !== undefined) return;
  const { groupId } = options;
  const node = await cluster.coordinator({ type: 'group', key: groupId });
  await cluster.links.call(node, leaveGroupV5.api, groupId, [{ memberId, reason: 'closed' }]);
}
