/** Plays a scenario of a group: brokers and members up, load and faults, everything down again. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { type Clock, type Nanoseconds, OutriderError, SECOND_NS } from '#engine';
import { connectPlatformatic, partitionOfKey } from '#engine/broker';
import { TOPICS } from '../../streams/bars-member.ts';
import { type Brokers, startBrokers } from '../brokers/brokers.ts';
import type { StreamFault, StreamScenario } from '../file/stream-scenario.ts';
import { waitUntil } from '../play/wait.ts';
import { HOT_KEY, type LoadSource, openLoadSource } from './load-source.ts';
import { type Members, type SeenLags, startMembers } from './members.ts';
import { readStreams, type StreamRecords } from './read-streams.ts';
import { storm } from './storm.ts';

export type PlayedStreamFault = {
  readonly fault: StreamFault;
  injectedNs: Nanoseconds | undefined;
  undoneNs: Nanoseconds | undefined;
};

/** What there is to judge; times on the clock of the harness. */
export type PlayedStreams = {
  readonly beginNs: Nanoseconds;
  /** When the load ended. */
  readonly endNs: Nanoseconds;
  /** The clock's origin, milliseconds since 1970. */
  readonly originMs: number;
  readonly faults: readonly PlayedStreamFault[];
  /** Members that failed because they were to, milliseconds since 1970. */
  readonly failuresMs: readonly number[];
  readonly crashes: readonly string[];
  readonly sent: ReadonlyMap<string, number>;
  readonly records: StreamRecords;
  readonly lags: readonly SeenLags[];
  readonly generations: ReadonlyMap<number, number>;
};

export type PlayStreamsOptions = {
  readonly directory: string;
  readonly clock: Clock;
  /** Unix ns at which that clock begins. */
  readonly originNs: bigint;
  readonly abort: AbortSignal;
  event(text: string): void;
};

/** The group is there, and its tasks shared out. */
const READY_NS = 60 * SECOND_NS;

type World = {
  readonly scenario: StreamScenario;
  readonly options: PlayStreamsOptions;
  readonly brokers: Brokers;
  readonly members: Members;
  readonly source: LoadSource;
  readonly failuresMs: number[];
};

/** Rejects where processes cannot be started, or with the reason of the abort. */
export async function playStreams(
  scenario: StreamScenario,
  options: PlayStreamsOptions,
): Promise<PlayedStreams> {
  const { directory, clock, originNs, abort, event } = options;
  mkdirSync(join(directory, 'processes'), { recursive: true });
  const crashes: string[] = [];
  const onCrash = (text: string) => {
    crashes.push(text);
    event(text);
  };
  const prepare = (addresses: readonly string[]) => makeTopics(scenario, addresses);
  const brokers = await startBrokers({ nodes: scenario.brokers, prepare });
  const { addresses } = brokers;
  let members: Members | undefined;
  const broker = await connectPlatformatic({ addresses });
  try {
    members = await startMembers({ scenario, addresses, directory, onCrash });
    await inTime(members.ready, options);
    const source = await openLoadSource({ scenario, broker, clock });
    const beginNs = clock.nowNs();
    event('the load begins');
    const world = { scenario, options, brokers, members, source, failuresMs: [] };
    const playing = scenario.faults.map(fault => playFault(fault, beginNs, world));
    const [, ...faults] = await Promise.all([source.run(abort), ...playing]);
    const endNs = clock.nowNs();
    abort.throwIfAborted();
    event('the load is over');
    const records = await readStreams(addresses, scenario);
    const { sent } = source;
    const { lags, generations } = members;
    const originMs = Number(originNs / 1_000_000n);
    const seen = { sent, records, lags, generations, failuresMs: world.failuresMs };
    return { beginNs, endNs, originMs, faults, crashes, ...seen };
  } finally {
    await members?.stop();
    await broker.close();
    await brokers.stop();
  }
}

async function inTime(ready: Promise<void>, { clock, abort }: PlayStreamsOptions): Promise<void> {
  const late = new AbortController();
  const waiting = AbortSignal.any([abort, late.signal]);
  const failed = waitUntil(clock, clock.nowNs() + READY_NS, waiting).then(() => 'late');
  const outcome = await Promise.race([ready.then(() => 'ready'), failed]);
  late.abort();
  abort.throwIfAborted();
  if (outcome === 'ready') return;
  throw new OutriderError('network', 'members: the tasks were not shared out; see processes/');
}

/** Results are stamped as the broker takes them: that says when they were there. */
async function makeTopics(
  { streams, brokers }: StreamScenario,
  addresses: readonly string[],
): Promise<void> {
  const admin = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const cut = { numPartitions: streams.partitions, replicationFactor: brokers };
  const stamped = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      { topic: TOPICS.trades, ...cut },
      { topic: TOPICS.bars, ...cut, configEntries: stamped },
      { topic: TOPICS.late, ...cut, configEntries: stamped },
    ],
  });
  await admin.disconnect();
}

async function playFault(
  fault: StreamFault,
  beginNs: Nanoseconds,
  world: World,
): Promise<PlayedStreamFault> {
  const { clock, abort, event } = world.options;
  const played: PlayedStreamFault = { fault, injectedNs: undefined, undoneNs: undefined };
  await waitUntil(clock, beginNs + fault.at, abort);
  if (abort.aborted) return played;
  const name = `${fault.target} ${fault.kind}`;
  try {
    event(name);
    await inject(fault, world);
    played.injectedNs = clock.nowNs();
    const untilNs = played.injectedNs + fault.for;
    if (fault.kind === 'storm') await storm({ ...world, ...world.options, untilNs });
    else await waitUntil(clock, untilNs, abort);
  } finally {
    await undo(fault, world);
    played.undoneNs = clock.nowNs();
    event(`${name}: undone`);
  }
  return played;
}

async function inject(fault: StreamFault, { brokers, source, scenario }: World): Promise<void> {
  switch (fault.target) {
    case 'members':
      return;
    case 'broker': {
      const key = Buffer.from(HOT_KEY);
      const partition = partitionOfKey(key, scenario.streams.partitions, 'key-group');
      await brokers.fail(fault.kind, { topic: TOPICS.trades, partition });
      return;
    }
    case 'source':
      source.spoil(fault.kind, { share: fault.share, byMs: fault.by / 1e6 });
      return;
  }
}

/** A storm brings its members back itself. */
async function undo(fault: StreamFault, { brokers, source }: World): Promise<void> {
  switch (fault.target) {
    case 'members':
      return;
    case 'broker':
      await brokers.recover();
      return;
    case 'source':
      source.unspoil(fault.kind);
      return;
  }
}
