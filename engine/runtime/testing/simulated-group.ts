/** Consumer groups of a simulated broker: eager rebalances, sessions that time out, offsets. */

import type { GroupOptions } from '../../broker/group.ts';
import type { GroupIdentity } from '../../broker/producer.ts';
import type { PartitionOffset, TopicPartition } from '../../broker/record.ts';
import type { SimulatedBroker } from './simulated-broker.ts';
import { fenced } from './simulated-positions.ts';

export type SimulatedGroup = {
  readonly groupId: string;
  readonly members: Map<string, Joined>;
  generation: number;
  isRebalancing: boolean;
  hasChanged: boolean;
  /** Throws `fenced` for another generation. */
  check(identity: GroupIdentity): void;
  /** Offsets of a transaction that is not decided. */
  hold(offsets: readonly PartitionOffset[]): void;
  release(offset: PartitionOffset, isCommitted: boolean): void;
  setOffsets(offsets: readonly PartitionOffset[]): void;
  /** Waits for those that are not decided. */
  committed(places: readonly TopicPartition[]): Promise<PartitionOffset[]>;
};

export type Joined = {
  readonly options: GroupOptions;
  seenMs: number;
  /** Done once it has let go of what it had. */
  letGo(): Promise<void>;
  take(generation: number, assigned: Assigned): void;
};

export type Assigned = {
  readonly partitions: readonly TopicPartition[];
  readonly data: Uint8Array;
};

const REBALANCE_TIMEOUT_MS = 3_000;
const UNSTABLE_WAIT_MS = 5;

function simulatedGroup(groupId: string, broker: Pick<SimulatedBroker, 'sleep'>): SimulatedGroup {
  const offsets = new Map<string, PartitionOffset>();
  const held = new Map<string, number>();
  const keyOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;
  const count = (place: TopicPartition, by: number) =>
    held.set(keyOf(place), (held.get(keyOf(place)) ?? 0) + by);
  const group: SimulatedGroup = {
    ...{ groupId, members: new Map(), generation: 0, isRebalancing: false, hasChanged: false },
    check({ memberId, generation }) {
      if (generation === group.generation && group.members.has(memberId)) return;
      throw fenced(`member ${memberId} of generation ${generation}`);
    },
    hold(added) {
      for (const offset of added) count(offset, 1);
    },
    release(offset, isCommitted) {
      count(offset, -1);
      if (isCommitted) offsets.set(keyOf(offset), offset);
    },
    setOffsets(added) {
      for (const offset of added) offsets.set(keyOf(offset), offset);
    },
    async committed(places) {
      while (places.some(place => (held.get(keyOf(place)) ?? 0) > 0)) {
        await broker.sleep(UNSTABLE_WAIT_MS);
      }
      return places.flatMap(place => offsets.get(keyOf(place)) ?? []);
    },
  };
  return group;
}

export function groupAt(broker: SimulatedBroker, groupId: string): SimulatedGroup {
  const found = broker.groups.get(groupId) ?? simulatedGroup(groupId, broker);
  broker.groups.set(groupId, found);
  return found;
}

/** Every member lets go of everything, then the first one's assigner shares it out anew. */
export async function rebalance(broker: SimulatedBroker, group: SimulatedGroup): Promise<void> {
  group.hasChanged = true;
  if (group.isRebalancing) return;
  group.isRebalancing = true;
  while (group.hasChanged) {
    group.hasChanged = false;
    await Promise.all(
      [...group.members].map(async ([id, member]) => {
        const late = broker.sleep(REBALANCE_TIMEOUT_MS).then(() => 'late');
        if ((await Promise.race([member.letGo(), late])) === 'late') group.members.delete(id);
      }),
    );
    group.generation += 1;
    const [leader] = group.members.values();
    if (leader === undefined) break;
    const members = [...group.members].map(([memberId, { options }]) => ({
      memberId,
      data: options.memberData?.() ?? new Uint8Array(),
    }));
    const counts = leader.options.topics.flatMap((topic): [string, number][] =>
      broker.topics.has(topic) ? [[topic, broker.topics.get(topic)!.length]] : [],
    );
    const shared = leader.options.assigner.assign({ members, partitionCounts: new Map(counts) });
    for (const [id, member] of group.members) {
      const nothing = { partitions: [], data: new Uint8Array() };
      member.take(group.generation, shared.get(id) ?? nothing);
    }
  }
  group.isRebalancing = false;
}
