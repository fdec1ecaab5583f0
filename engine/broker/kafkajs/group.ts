/** A member of a group on kafkajs, which tells of a rebalance once it is too late to wait. */

import kafkajs, { type Kafka, type PartitionAssigner } from 'kafkajs';
import type { Assigner, GroupMember, GroupOptions, RebalanceEvent } from '../group.ts';
import { byTopic, partitionName } from '../partitions.ts';
import type { BrokerAdmin } from '../port.ts';
import type { TopicPartition } from '../record.ts';
import { translated } from './client.ts';
import {
  createPullConsumer,
  DATA_TOPIC,
  type PullConsumer,
  type PullHooks,
} from './pull-consumer.ts';

const REBALANCE_MS = 60_000;
const EMPTY = new Uint8Array(0);
const VERSION = 0;

export async function joinGroup(
  { kafka, admin }: { kafka: Kafka; admin: BrokerAdmin },
  hooks: Pick<PullHooks, 'bounds' | 'exists'>,
  options: GroupOptions,
): Promise<GroupMember> {
  const { groupId, topics } = options;
  const events = eventsInTurn();
  let memberId = '';
  let begun: Promise<void> | undefined;
  let held: readonly TopicPartition[] | undefined;
  const group = {
    ...{ groupId, partitionAssigners: [assignerOf(options)] },
    ...{ sessionTimeout: options.sessionTimeoutMs, heartbeatInterval: options.heartbeatMs },
    rebalanceTimeout: options.rebalanceTimeoutMs ?? REBALANCE_MS,
  };
  const pull = createPullConsumer(
    kafka,
    { ...options, group },
    {
      ...hooks,
      onLost(partitions) {
        held = undefined;
        pull.forget();
        return events.inTurn(() => events.tell({ type: 'lost', partitions }));
      },
      onAssigned(partitions, data) {
        held = partitions;
        return events.inTurn(async () => {
          // What a handler sought that was told of earlier partitions is not meant for these.
          pull.forget();
          await events.tell({ type: 'assigned', partitions, data });
          const others = partitions.filter(each => !pull.has(each));
          const starts = await startOffsets(admin, options, others);
          if (held !== partitions) return;
          for (const each of starts) if (!pull.has(each)) pull.seek(each);
        });
      },
    },
  );
  pull.consumer.on(pull.consumer.events.GROUP_JOIN, ({ payload }) => {
    memberId = payload.memberId;
  });
  return memberOf(options, pull, {
    memberId: () => memberId,
    begin() {
      begun ??= pull.begin(topics).catch(error => pull.fail(translated(`group ${groupId}`, error)));
      return begun;
    },
    async leave() {
      await begun;
      await pull.stop();
      begun = undefined;
    },
    onHandler: events.onHandler,
  });
}

/** One event after the other, whatever becomes of the one before. */
function eventsInTurn() {
  const handled = Promise.withResolvers<void>();
  let handler: (event: RebalanceEvent) => Promise<void> = async () => {};
  let turn: Promise<void> = Promise.resolve();
  return {
    onHandler(given: typeof handler) {
      handler = given;
      handled.resolve();
    },
    /** Once there is a handler. */
    async tell(event: RebalanceEvent) {
      await handled.promise;
      await handler(event);
    },
    inTurn(step: () => Promise<void>): Promise<void> {
      turn = turn.catch(() => {}).then(step);
      return turn;
    },
  };
}

type Steps = {
  memberId(): string;
  begin(): Promise<void>;
  leave(): Promise<void>;
  onHandler(handler: (event: RebalanceEvent) => Promise<void>): void;
};

function memberOf({ groupId }: GroupOptions, pull: PullConsumer, steps: Steps): GroupMember {
  return {
    ...pull,
    async poll() {
      void steps.begin();
      return pull.poll();
    },
    // The client does not say its generation: its own count of joins says when there is a new one.
    identity: () => ({ groupId, memberId: steps.memberId(), generation: pull.rounds() - 1 }),
    onRebalance: steps.onHandler,
    async commit(offsets) {
      const given = offsets.map(({ topic, partition, offset, metadata = null }) => ({
        ...{ topic, partition, offset: String(offset), metadata },
      }));
      try {
        await pull.consumer.commitOffsets(given);
      } catch (error) {
        throw translated(`commit of group ${groupId}`, error);
      }
    },
    async rejoin() {
      await steps.leave();
      void steps.begin();
    },
  };
}

async function startOffsets(
  admin: BrokerAdmin,
  { groupId, startAt, isolation }: GroupOptions,
  partitions: readonly TopicPartition[],
) {
  const committed = await admin.committed(groupId, partitions);
  const names = new Set(committed.map(partitionName));
  const others = partitions.filter(each => !names.has(partitionName(each)));
  const bounds = await admin.bounds(others, isolation);
  const starts = bounds.map(({ topic, partition, first, end }) => ({
    ...{ topic, partition, offset: startAt === 'first' ? first : end },
  }));
  return [...committed, ...starts];
}

function assignerOf({ assigner, memberData }: GroupOptions): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  return ({ cluster }) => ({
    name: assigner.name,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: assigner.name,
      metadata: MemberMetadata.encode({
        ...{ version: VERSION, topics, userData: Buffer.from(memberData?.() ?? EMPTY) },
      }),
    }),
    async assign({ members, topics }) {
      const partitionCounts = new Map(
        topics.map(topic => [topic, cluster.findTopicPartitionMetadata(topic).length]),
      );
      const assigned = assigner.assign({
        partitionCounts,
        members: members.map(({ memberId, memberMetadata }) => ({
          ...{ memberId, data: MemberMetadata.decode(memberMetadata)?.userData ?? EMPTY },
        })),
      });
      return members.map(({ memberId }) => {
        const memberAssignment = MemberAssignment.encode(assignmentOf(assigned, memberId));
        return { memberId, memberAssignment };
      });
    },
  });
}

/** The client hands on no data with an assignment, but the names of topics it does not read. */
function assignmentOf(assigned: ReturnType<Assigner['assign']>, memberId: string) {
  const { partitions, data } = assigned.get(memberId) ?? { partitions: [], data: EMPTY };
  const assignment: Record<string, number[]> = {};
  for (const { topic, partitions: its } of byTopic(partitions)) {
    assignment[topic] = its.map(({ partition }) => partition);
  }
  assignment[`${DATA_TOPIC}${Buffer.from(data).toString('base64url')}`] = [];
  return { version: VERSION, assignment, userData: Buffer.from(data) };
}
