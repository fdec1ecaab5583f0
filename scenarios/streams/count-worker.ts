/** A process of the torture: counts records by key until it is killed or told to leave. */

import { midnightBefore, OutriderError } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { startProcessor, wallPorts } from '#engine/runtime';
import { json, keyless, text, topic, topologyBuilder } from '#engine/streams';

export type CountWorkerSettings = {
  readonly addresses: readonly string[];
  /** Stays where the application becomes another one. */
  readonly topology: string;
  readonly applicationId: string;
  readonly processorId: string;
  readonly input: string;
  readonly output: string;
  /** Empty: state is in memory and the changelog alone. */
  readonly stateDirectory: string;
  readonly store: 'memory' | 'lmdb';
  readonly standbys: number;
  readonly sessionTimeoutMs: number;
};

/** As text, so that a checker needs no codec of ours. */
const decimal = json<number>(parsed => {
  if (typeof parsed === 'number') return parsed;
  throw new OutriderError('bad-data', 'a count is a number');
});

/** The running count of each value, under that value. */
export function countTopology(settings: CountedTopics) {
  const { topology: name, input, output } = settings;
  const builder = topologyBuilder({ name });
  builder
    .stream(topic({ name: input, key: keyless, value: text }))
    .groupBy(value => value, text)
    .count({ name: 'counts' })
    .to(topic({ name: output, key: text, value: decimal }));
  return builder.build();
}

export type CountedTopics = Pick<CountWorkerSettings, 'topology' | 'input' | 'output'>;

async function main(settings: CountWorkerSettings): Promise<void> {
  const { addresses, applicationId, processorId, stateDirectory, store } = settings;
  const broker = await connectPlatformatic({ addresses });
  const { standbys, sessionTimeoutMs } = settings;
  const processor = await startProcessor({
    ...{ broker, applicationId, processorId, topology: countTopology(settings) },
    ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
    observer: {
      onFailure: ({ error, inARow }) => say({ failure: String(error), inARow }),
      onAssigned: assigned => say({ ...assigned, assigned: Date.now() }),
      onRestored: restored => say({ ...restored, restored: Date.now() }),
    },
    settings: {
      ...{ commitIntervalMs: 25, standbys, sessionTimeoutMs, stateDirectory, store },
      // Standbys of tests are caught up when they lack less than a transaction or two.
      acceptableLag: 1_000,
    },
  });
  process.once('SIGTERM', () => void processor.close());
  await processor.done;
  await broker.close();
  say({ left: Date.now() });
}

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const [script, given] = process.argv.slice(1);
if (script === import.meta.filename && given !== undefined) {
  await main(JSON.parse(given) as CountWorkerSettings);
}
