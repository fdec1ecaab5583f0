/** Sends the records of a stream scenario at their rate, spoilt as its faults say. */
import { type Clock, MILLISECOND_NS, type Nanoseconds, SECOND_NS, seededRandom } from '#engine';
import { type Broker, type OutgoingRecord, type Producer, partitionOfKey } from '#engine/broker';
import { TOPICS } from '../../streams/bars-member.ts';
import type { StreamScenario } from '../file/stream-scenario.ts';
import { waitUntil } from '../play/wait.ts';

export type Spoiling = 'disorder' | 'late' | 'ahead';

export type LoadSource = {
  /** By key, how many records were sent. */
  readonly sent: ReadonlyMap<string, number>;
  spoil(kind: Spoiling, how: { share: number; byMs: number }): void;
  unspoil(kind: Spoiling): void;
  /** Sends until the load ends; resolves once the brokers have all of it. */
  run(abort: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

type SourceOptions = {
  readonly scenario: StreamScenario;
  readonly broker: Broker;
  readonly clock: Clock;
};

const TURN_NS = 10 * MILLISECOND_NS;
/** Records that the brokers have not confirmed: the source waits there. */
const UNDER_WAY_MAX = 50_000;

const keyName = (index: number) => `KEY-${index}`;
export const HOT_KEY = keyName(0);

export async function openLoadSource(options: SourceOptions): Promise<LoadSource> {
  const { scenario, broker, clock } = options;
  const random = seededRandom(`${scenario.seed} load`);
  const producer = await broker.producer({ lingerMs: 0 });
  const sent = new Map<string, number>();
  const spoilings = new Map<Spoiling, { share: number; byMs: number }>();
  const { keys, partitions } = scenario.streams;
  const partitionOf = partitionsOfKeys(keys, partitions);
  const happens = (kind: Spoiling) => random.nextFloat() < (spoilings.get(kind)?.share ?? 0);
  const timeOf = (sentMs: number) => {
    if (happens('ahead')) return sentMs + spoilings.get('ahead')!.byMs;
    if (happens('late')) return sentMs - spoilings.get('late')!.byMs;
    if (!happens('disorder')) return sentMs;
    return sentMs - Math.floor(random.nextFloat() * spoilings.get('disorder')!.byMs);
  };
  const record = (hotShare: number): OutgoingRecord => {
    const isHot = random.nextFloat() < hotShare;
    const key = keyName(isHot ? 0 : random.nextU32() % keys);
    const number = (sent.get(key) ?? 0) + 1;
    sent.set(key, number);
    const sentMs = Date.now();
    return {
      ...{ topic: TOPICS.trades, partition: partitionOf.get(key)!, headers: [] },
      ...{ key: Buffer.from(key), value: Buffer.from(JSON.stringify({ number, sentMs })) },
      timestampMs: timeOf(sentMs),
    };
  };
  return {
    sent,
    spoil: (kind, how) => void spoilings.set(kind, how),
    unspoil: kind => void spoilings.delete(kind),
    run: abort => sendAll({ producer, scenario, clock, abort, record }),
    close: () => producer.close(),
  };
}

function partitionsOfKeys(keys: number, partitions: number): ReadonlyMap<string, number> {
  const names = Array.from({ length: keys }, (_, index) => keyName(index));
  const place = (name: string) => partitionOfKey(Buffer.from(name), partitions, 'key-group');
  return new Map(names.map(name => [name, place(name)]));
}

type Sending = Omit<SourceOptions, 'broker'> & {
  readonly producer: Producer;
  readonly abort: AbortSignal;
  record(hotShare: number): OutgoingRecord;
};

async function sendAll({ producer, scenario, clock, abort, record }: Sending): Promise<void> {
  let underWay = 0;
  const sends = new Set<Promise<void>>();
  const failing = Promise.withResolvers<never>();
  failing.promise.catch(() => {});
  const send = (records: OutgoingRecord[]) => {
    underWay += records.length;
    const sending = producer.send(records).then(() => {
      underWay -= records.length;
      sends.delete(sending);
    });
    sending.catch(failing.reject);
    sends.add(sending);
  };
  let beginNs = clock.nowNs();
  for (const { name, for: lengthNs, rate } of scenario.load) {
    const hotShare = hotShareOf(scenario, name);
    let made = 0;
    const endNs = beginNs + lengthNs;
    while (clock.nowNs() < endNs && !abort.aborted) {
      await waitUntil(clock, clock.nowNs() + TURN_NS, abort);
      const due = dueBy(Math.min(clock.nowNs(), endNs) - beginNs, rate);
      if (due === made) continue;
      send(Array.from({ length: due - made }, () => record(hotShare)));
      made = due;
      if (underWay > UNDER_WAY_MAX) await Promise.race([Promise.all(sends), failing.promise]);
    }
    beginNs = endNs;
  }
  await Promise.race([Promise.all(sends), failing.promise]);
}

const dueBy = (ns: Nanoseconds, rate: number) => Math.floor((ns * rate) / SECOND_NS);

function hotShareOf({ streams: { hot } }: StreamScenario, stage: string | undefined): number {
  return hot.stage === undefined || hot.stage === stage ? hot.share : 0;
}
