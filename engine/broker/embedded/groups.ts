/** Groups of an embedded broker: members and coordinator live in this process. */

import { OutriderError } from '../../error.ts';
import type { GroupMember, GroupOptions, RebalanceEvent } from '../group.ts';
import { partitionName } from '../partitions.ts';
import type { GroupIdentity } from '../producer.ts';
import type { PartitionOffset, TopicPartition } from '../record.ts';
import { orAfterMs } from '../wait.ts';
import { storedOffset } from './producer.ts';
import { createReader, type EmbeddedReader } from './reader.ts';
import { appendRecords, partitionOf, type Store } from './store.ts';

export type Groups = {
  join(options: GroupOptions): GroupMember;
  /** Throws `fenced` unless it is a member of the present generation; -1 where there are none. */
  requireMember(identity: GroupIdentity): void;
  requireEmpty(groupId: string): void;
};

type Member = {
  readonly memberId: string;
  readonly options: GroupOptions;
  readonly reader: EmbeddedReader;
  partitions: readonly TopicPartition[];
  generation: number;
  /** Once there is one, events wait no longer. */
  readonly handled: PromiseWithResolvers<void>;
  handler: (event: RebalanceEvent) => Promise<void>;
  failure: Error | undefined;
};

type Group = {
  readonly groupId: string;
  readonly members: Member[];
  generation: number;
  isBalancing: boolean;
  /** Who joined, left or changed while it was balancing. */
  isStale: boolean;
};

const REBALANCE_MS = 60_000;
const EMPTY = new Uint8Array(0);

export function createGroups(store: Store): Groups {
  const groups = new Map<string, Group>();
  let members = 0;
  const groupOf = (groupId: string) => {
    const known = groups.get(groupId);
    if (known !== undefined) return known;
    const rest = { members: [], generation: 0, isBalancing: false, isStale: false };
    const group: Group = { groupId, ...rest };
    groups.set(groupId, group);
    return group;
  };
  const requireMember = ({ groupId, memberId, generation }: GroupIdentity) => {
    const group = groupOf(groupId);
    const isMember = group.members.some(each => each.memberId === memberId);
    if (isMember && generation === group.generation) return;
    if (generation === -1 && group.members.length === 0) return;
    const who = `member ${memberId || 'none'}, generation ${generation}`;
    const message = `offsets of group ${groupId}: ${who}: it is at ${group.generation}`;
    throw new OutriderError('fenced', message);
  };
  return {
    requireMember,
    requireEmpty: groupId => requireMember({ groupId, memberId: '', generation: -1 }),
    join(options) {
      const reader = createReader(store, options, []);
      const member: Member = {
        ...{ memberId: `member-${++members}`, options, reader, partitions: [], generation: -1 },
        ...{ handled: Promise.withResolvers<void>(), handler: async () => {}, failure: undefined },
      };
      return memberOf({ store, group: groupOf(options.groupId), requireMember }, member);
    },
  };
}

type Context = {
  readonly store: Store;
  readonly group: Group;
  requireMember(identity: GroupIdentity): void;
};

function memberOf({ store, group, requireMember }: Context, member: Member): GroupMember {
  const { groupId } = group;
  const { reader } = member;
  let isClosed = false;
  const identity = () => ({ groupId, memberId: member.memberId, generation: member.generation });
  const enter = () => {
    if (!group.members.includes(member)) group.members.push(member);
    void balance(store, group);
  };
  return {
    ...reader,
    async poll() {
      if (member.failure !== undefined) throw member.failure;
      if (!isClosed && !group.members.includes(member)) enter();
      const batches = await reader.poll();
      if (member.failure !== undefined) throw member.failure;
      return batches;
    },
    identity,
    onRebalance(handler) {
      member.handler = handler;
      member.handled.resolve();
    },
    async commit(offsets) {
      requireMember(identity());
      appendRecords(
        store,
        [],
        offsets.map(each => storedOffset(groupId, each)),
      );
    },
    async rejoin() {
      enter();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await reader.close();
      leave(group, member);
      // Whoever waits for its handler waits no longer.
      member.handled.resolve();
      void balance(store, group);
    },
  };
}

function leave(group: Group, member: Member): void {
  const at = group.members.indexOf(member);
  if (at >= 0) group.members.splice(at, 1);
}

/** Rounds until nobody has joined, left or changed meanwhile. */
async function balance(store: Store, group: Group): Promise<void> {
  group.isStale = true;
  if (group.isBalancing) return;
  group.isBalancing = true;
  while (group.isStale) {
    group.isStale = false;
    await round(store, group);
  }
  group.isBalancing = false;
}

async function round(store: Store, group: Group): Promise<void> {
  await Promise.all(group.members.map(member => orOut(group, member, giveUp(member))));
  const members = [...group.members];
  if (members.length === 0) return;
  group.generation++;
  let assigned: ReturnType<typeof assign>;
  try {
    assigned = assign(store, members);
  } catch (error) {
    for (const member of members) expel(group, member, error);
    return;
  }
  for (const member of members) member.generation = group.generation;
  const there = members.filter(member => group.members.includes(member));
  await Promise.all(
    there.map(member => {
      const given = assigned.get(member.memberId) ?? { partitions: [], data: EMPTY };
      return orOut(group, member, takeUp(store, member, given));
    }),
  );
}

/** One that fails is out of the group; the others share what it had. */
async function orOut(group: Group, member: Member, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    expel(group, member, error);
  }
}

/** Its next poll says why. */
function expel(group: Group, member: Member, error: unknown): void {
  member.failure = error as Error;
  leave(group, member);
  group.isStale = true;
}

async function giveUp(member: Member): Promise<void> {
  const { partitions, reader, options } = member;
  reader.clear();
  if (partitions.length === 0) return;
  const patienceMs = options.rebalanceTimeoutMs ?? REBALANCE_MS;
  await orAfterMs(patienceMs, tell(member, { type: 'revoked', partitions }));
  member.partitions = [];
}

function assign(store: Store, members: readonly Member[]) {
  const { assigner } = members[0]!.options;
  const other = members.find(({ options }) => options.assigner.name !== assigner.name);
  if (other !== undefined) {
    const names = `${assigner.name} and ${other.options.assigner.name}`;
    throw new OutriderError('bad-config', `assigners of one group: ${names}; give one`);
  }
  const topics = new Set(members.flatMap(({ options }) => options.topics));
  const partitionCounts = new Map<string, number>();
  for (const topic of topics) {
    const known = store.topics.get(topic);
    if (known !== undefined) partitionCounts.set(topic, known.partitions.length);
  }
  return assigner.assign({
    partitionCounts,
    members: members.map(({ memberId, options }) => ({
      ...{ memberId, data: options.memberData?.() ?? EMPTY },
    })),
  });
}

async function takeUp(
  store: Store,
  member: Member,
  { partitions, data }: { partitions: readonly TopicPartition[]; data: Uint8Array },
): Promise<void> {
  member.partitions = partitions;
  await tell(member, { type: 'assigned', partitions, data });
  const { reader, options } = member;
  for (const each of partitions) if (!reader.has(each)) reader.seek(startOf(store, options, each));
}

async function tell(member: Member, event: RebalanceEvent): Promise<void> {
  await member.handled.promise;
  await member.handler(event);
}

function startOf(
  store: Store,
  { groupId, startAt }: GroupOptions,
  each: TopicPartition,
): PartitionOffset {
  const { topic, partition } = each;
  const committed = store.offsets.get(groupId)?.get(partitionName(each));
  const { first, next } = partitionOf(store, each);
  const offset = committed?.offset ?? (startAt === 'first' ? first : next);
  return { topic, partition, offset };
}
