/** Three nodes of which one dies: without this test its records could be lost or come twice. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type KafkaCluster,
  kafkaNeeds,
  partitionLeader,
  startKafka,
} from '../../testing/kafka/start-kafka.ts';
import { coPartitioned } from '../contract/co-partitioned.ts';
import { readAll } from '../contract/polling.ts';
import { record, textOf } from '../contract/setting.ts';
import type { GroupOptions } from '../group.ts';
import { BROKERS_DEFAULT, type Broker } from '../port.ts';
import { waitMs } from '../wait.ts';
import { connectPlatformatic } from './connect.ts';

const { needs, isMissing } = kafkaNeeds();
const PARTITIONS = 3;
const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

describe.skipIf(isMissing)(`a cluster of three nodes (needs ${needs})`, () => {
  let kafka: KafkaCluster;
  let broker: Broker;
  let topic: string;
  beforeAll(async () => {
    kafka = await startKafka({ nodes: 3 });
    broker = await connectPlatformatic({ addresses: kafka.addresses });
    topic = `topic-${randomUUID()}`;
    const config = { 'retention.ms': '-1' };
    // Three, as the brokers are set: with fewer copies a node that dies would stop it.
    const replicas = BROKERS_DEFAULT;
    await broker.admin.createTopics([{ topic, partitions: PARTITIONS, replicas, config }]);
  });
  afterAll(async () => {
    await broker.close();
    await kafka.stop();
  });

  it('loses nothing and doubles nothing while each node in turn is killed', async () => {
    const plain = await broker.producer({});
    const producer = await broker.producer({ transactionalId: topic });
    let isOver = false;
    let sent = 0;
    let committed = 0;
    const send = async () => {
      for (; !isOver; sent++) {
        const value = `plain ${sent}`;
        await plain.send(partitions.map(partition => record(topic, { partition, value })));
      }
    };
    const commit = async () => {
      for (; !isOver; committed++) {
        const transaction = await producer.begin();
        const value = `transaction ${committed}`;
        for (const partition of partitions) {
          await transaction.send([record(topic, { partition, value })]);
        }
        await transaction.commit();
      }
    };
    const work = Promise.all([send(), commit()]);
    // It sends nothing, so nobody but itself tells it of new leaders.
    const other = await connectPlatformatic({ addresses: kafka.addresses });
    const all = partitions.map(partition => ({ topic, partition }));
    for (const node of kafka.nodes) {
      await progress(() => sent + committed);
      await other.admin.bounds(all, 'read-committed');
      await node.kill();
      await soonerThan(LEADERLESS_MS, other.admin.bounds(all, 'read-committed'));
      await progress(() => Math.min(sent, committed));
      await node.start();
    }
    // It closes nothing: who has it is known by the others alone.
    await progress(() => sent + committed);
    kafka.nodes[0]!.freeze();
    await progress(() => Math.min(sent, committed));
    kafka.nodes[0]!.thaw();
    isOver = true;
    await work;
    const read = await readAll(broker, topic, PARTITIONS);
    for (const partition of partitions) {
      const values = read
        .filter(each => each.partition === partition)
        .map(each => textOf(each.value));
      for (const [kind, count] of [
        ['plain', sent],
        ['transaction', committed],
      ] as const) {
        const expected = Array.from({ length: count }, (_, index) => `${kind} ${index}`);
        expect(values.filter(value => value!.startsWith(kind))).toEqual(expected);
      }
    }
    await Promise.all([plain.close(), producer.close(), other.close()]);
  });

  it('finds within a round whom a lost coordinator took along, not after a session', async () => {
    const { addresses, nodes } = kafka;
    const gone = await connectPlatformatic({ addresses });
    const group: Omit<GroupOptions, 'heartbeatMs'> = {
      ...{ isolation: 'read-committed', pollWaitMs: 20, assigner: coPartitioned },
      ...{ groupId: `group-${randomUUID()}`, topics: [topic], startAt: 'end' },
      ...{ sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 2_000 },
    };
    const stays = await broker.join({ ...group, heartbeatMs: 200 });
    const goes = await gone.join({ ...group, heartbeatMs: SESSION_MS });
    let [held, its] = [0, 0];
    stays.onRebalance(async ({ type, partitions }) => {
      held = type === 'assigned' ? partitions.length : 0;
    });
    goes.onRebalance(async ({ type, partitions }) => {
      its = type === 'assigned' ? partitions.length : 0;
    });
    // First, so that it leads the group: the coordinator takes a follower's word for less.
    while (its === 0) await goes.poll();
    while (held === 0 || its === 0 || held + its < PARTITIONS) {
      await Promise.all([stays.poll(), goes.poll()]);
    }
    const offsets = { nodes, topic: '__consumer_offsets', partition: 0 };
    const coordinator = await partitionLeader(offsets);
    // Neither polls nor beats from here on, and says nothing when it goes.
    await coordinator.kill();
    const takesAll = async () => {
      while (held < PARTITIONS) await stays.poll();
    };
    await soonerThan(SESSION_MS / 2, takesAll());
    await coordinator.start();
    await Promise.all([stays.close(), gone.close()]);
  });
});

/** Far longer than brokers take to give one up, far shorter than requests are tried for. */
const LEADERLESS_MS = 30_000;
const SESSION_MS = 60_000;

async function soonerThan(limitMs: number, work: Promise<unknown>): Promise<void> {
  const late = waitMs(limitMs).then(() => Promise.reject(new Error(`not in ${limitMs} ms`)));
  late.catch(() => {});
  await Promise.race([work, late]);
}

/** Until it has grown by a few. */
async function progress(count: () => number): Promise<void> {
  for (const enough = count() + 20; count() < enough; ) await waitMs(20);
}
