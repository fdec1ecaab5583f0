/** A member of a simulated group, with the client's half: heartbeats, events, positions. */

import type { GroupMember, GroupOptions, RebalanceEvent } from '../../broker/group.ts';
import type { GroupIdentity } from '../../broker/producer.ts';
import type { PartitionBatch, PartitionOffset, TopicPartition } from '../../broker/record.ts';
import type { SimulatedBroker } from './simulated-broker.ts';
import { type Assigned, groupAt, rebalance, type SimulatedGroup } from './simulated-group.ts';
import { createPositions } from './simulated-positions.ts';
import type { SimulatedProcess } from './simulated-process.ts';

type Handler = (event: RebalanceEvent) => Promise<void>;

export class SimulatedMember implements GroupMember {
  readonly #broker: SimulatedBroker;
  readonly #process: SimulatedProcess;
  readonly #options: GroupOptions;
  readonly #group: SimulatedGroup;
  readonly #positions = createPositions();
  #identity: GroupIdentity;
  readonly #handler = Promise.withResolvers<Handler>();
  #partitions: readonly TopicPartition[] = [];
  #isClosed = false;
  /** Events are told one after the other. */
  #told: Promise<void> = Promise.resolve();

  constructor(broker: SimulatedBroker, process: SimulatedProcess, options: GroupOptions) {
    this.#broker = broker;
    this.#process = process;
    this.#options = options;
    this.#group = groupAt(broker, options.groupId);
    this.#identity = { groupId: options.groupId, memberId: '', generation: -1 };
    void this.#beat();
    void this.#watch();
    this.#enter();
  }

  identity(): GroupIdentity {
    return this.#identity;
  }

  onRebalance(handler: Handler): void {
    this.#handler.resolve(handler);
  }

  seek(offset: PartitionOffset): void {
    this.#positions.seek(offset);
  }

  pause(places: readonly TopicPartition[]): void {
    this.#positions.pause(places);
  }

  resume(places: readonly TopicPartition[]): void {
    this.#positions.resume(places);
  }

  poll(): Promise<readonly PartitionBatch[]> {
    const { isolation, pollWaitMs = 500 } = this.#options;
    return this.#process.call(async () => {
      const found = this.#positions.fetch(this.#broker, isolation);
      if (found.length > 0) return found;
      await this.#broker.sleep(pollWaitMs);
      return this.#positions.fetch(this.#broker, isolation);
    });
  }

  commit(offsets: readonly PartitionOffset[]): Promise<void> {
    return this.#process.call(() => {
      this.#group.check(this.#identity);
      this.#group.setOffsets(offsets);
    });
  }

  rejoin(): Promise<void> {
    return this.#process.call(() => void rebalance(this.#broker, this.#group));
  }

  async close(): Promise<void> {
    try {
      await this.#process.call(() => this.#letGoAs('revoked'));
    } finally {
      this.#isClosed = true;
      this.#group.members.delete(this.#identity.memberId);
      void rebalance(this.#broker, this.#group);
    }
  }

  #tell(event: () => Promise<void>): Promise<void> {
    this.#told = this.#told.then(() => this.#process.awake()).then(event);
    return this.#told;
  }

  #letGoAs(type: 'revoked' | 'lost'): Promise<void> {
    return this.#tell(async () => {
      const partitions = this.#partitions;
      if (partitions.length > 0) await (await this.#handler.promise)({ type, partitions });
      this.#partitions = [];
      this.#positions.clear();
    });
  }

  #take(generation: number, assigned: Assigned): void {
    void this.#tell(async () => {
      this.#identity = { ...this.#identity, generation };
      this.#partitions = assigned.partitions;
      await (await this.#handler.promise)({ type: 'assigned', ...assigned });
      for (const place of await this.#group.committed(this.#partitions)) {
        if (!this.#positions.has(place)) this.#positions.seek(place);
      }
    });
  }

  #enter(): void {
    this.#broker.joins += 1;
    const memberId = `${this.#process.name}-${this.#broker.joins}`;
    this.#identity = { ...this.#identity, memberId };
    this.#group.members.set(memberId, {
      options: this.#options,
      seenMs: this.#broker.nowMs(),
      letGo: () => this.#letGoAs('revoked'),
      take: (generation, assigned) => this.#take(generation, assigned),
    });
    void rebalance(this.#broker, this.#group);
  }

  async #beat(): Promise<void> {
    while (!this.#isClosed && !this.#process.isGone) {
      await this.#broker.sleep(this.#options.heartbeatMs);
      const joined = this.#group.members.get(this.#identity.memberId);
      if (this.#process.isFrozen || this.#isClosed) continue;
      if (joined !== undefined) joined.seenMs = this.#broker.nowMs();
      else {
        await this.#letGoAs('lost');
        if (!this.#isClosed) this.#enter();
      }
    }
  }

  /** The group's half of it: a session without a sign of life ends. */
  async #watch(): Promise<void> {
    const { heartbeatMs, sessionTimeoutMs } = this.#options;
    while (!this.#isClosed) {
      await this.#broker.sleep(heartbeatMs);
      const joined = this.#group.members.get(this.#identity.memberId);
      if (joined === undefined && this.#process.isGone) return;
      if (joined === undefined || this.#broker.nowMs() < joined.seenMs + sessionTimeoutMs) continue;
      this.#group.members.delete(this.#identity.memberId);
      void rebalance(this.#broker, this.#group);
    }
  }
}
