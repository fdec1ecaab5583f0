/** How long a processor takes to have the state of a million keys back from its changelog. */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { MICROSECOND_NS, OutriderError, SECOND_NS } from '#engine';
import { bytes, text, topic, topologyBuilder } from '#engine/streams';
import { durationText } from '../report-html/number-text.ts';
import { median } from '../statistics.ts';
import { type BenchKafka, makeTopics } from './bench-kafka.ts';
import { startBenchProcessor } from './bench-processor.ts';
import { openLoad } from './load.ts';
import { nowNs } from './now.ts';
import type { StreamsBench } from './streams-bench.ts';

const KEYS = 1_000_000;
const PARTITIONS = 4;
const APPLICATION = 'restore';
const INPUT = 'keys';
const MAX_SECONDS = 5;
const FILL_MS = 300_000;
const LOOK_MS = 100;

/** Time that passed, and what of it all processors spent on this process. */
type Restored = { readonly ns: number; readonly cpuNs: number; readonly offsets: number };

export const benchRestore: StreamsBench = async ({ kafka, rounds }) => {
  await makeTopics(kafka, PARTITIONS, [INPUT]);
  const { broker } = kafka;
  const load = await openLoad({ broker, topic: INPUT, partitions: PARTITIONS, keys: KEYS });
  await load.burst(KEYS);
  await load.close();
  await fill(kafka);
  const restored: Restored[] = [];
  for (let round = 1; round <= rounds; round++) {
    restored.push(await restore(kafka));
    console.error(`round ${round} of ${rounds}: ${durationText(restored.at(-1)!.ns)}`);
  }
  const took = median(restored.map(({ ns }) => ns));
  const cpu = median(restored.map(({ cpuNs }) => cpuNs));
  const perSecond = (KEYS * SECOND_NS) / took;
  return {
    text:
      `restore of ${KEYS} keys, from the start of the processor until its tasks run: ` +
      `${durationText(took)} (${perSecond.toFixed(0)} keys a second), ${durationText(cpu)} of ` +
      `processor time; asked is at most ${MAX_SECONDS} s`,
    figures: { restored },
  };
};

function start(kafka: BenchKafka, onRestored: (offsets: number) => void) {
  const builder = topologyBuilder({ name: APPLICATION });
  builder
    .stream(topic({ name: INPUT, key: text, value: bytes }))
    .groupByKey()
    .count();
  return startBenchProcessor({
    ...{ addresses: [kafka.address], applicationId: APPLICATION, topology: builder.build() },
    processorId: randomUUID(),
    settings: { guarantee: 'at-least-once' },
    observer: { onRestored: ({ offsets }) => onRestored(offsets) },
  });
}

/** Counts every key once, and closes: what it has is in its changelog alone. */
async function fill(kafka: BenchKafka): Promise<void> {
  const processor = await start(kafka, () => {});
  const deadlineNs = nowNs() + FILL_MS * 1e6;
  for (;;) {
    const { tasks } = processor.status();
    const left = tasks.reduce((sum, { lagRecords }) => sum + lagRecords, 0);
    const isIdle = tasks.length > 0 && tasks.every(({ bufferedRecords }) => bufferedRecords === 0);
    if (left === 0 && isIdle) break;
    if (nowNs() > deadlineNs) {
      throw new OutriderError('network', `${left} keys were not counted in ${FILL_MS / 1_000} s`);
    }
    await wait(LOOK_MS);
  }
  await processor.close();
}

async function restore(kafka: BenchKafka): Promise<Restored> {
  const [startedNs, before] = [nowNs(), process.cpuUsage()];
  let offsets = 0;
  const processor = await start(kafka, each => {
    offsets += each;
  });
  const ns = nowNs() - startedNs;
  const { user, system } = process.cpuUsage(before);
  const cpuNs = (user + system) * MICROSECOND_NS;
  await processor.close();
  if (offsets >= KEYS) return { ns, cpuNs, offsets };
  const message = `${offsets} changelog records were restored; ${KEYS} keys have one each`;
  throw new OutriderError('bad-data', message);
}
