/** `npm run bench -- streams`: the stream engine on a real Kafka, beside what others do on it. */

import { OutriderError } from '#engine';
import { watchHost } from '../host.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults, type Results } from '../replay/results.ts';
import { type BenchKafka, startBenchKafka } from './bench-kafka.ts';
import { benchChoice, benchRaw } from './clients-bench.ts';
import { benchKafkaStreams } from './kafka-streams-bench.ts';
import { benchOneToOne } from './one-to-one-bench.ts';
import { benchRestore } from './restore-bench.ts';
import { benchScaling } from './scaling/scaling-bench.ts';
import { benchStall } from './stall-bench.ts';

/** What one kind of them is given, and what it prints and keeps. */
export type StreamsBench = (given: {
  readonly kafka: BenchKafka;
  readonly rounds: number;
  readonly results: Results;
}) => Promise<{ readonly text: string; readonly figures: Readonly<Record<string, unknown>> }>;

const KINDS: Readonly<Record<string, StreamsBench>> = {
  raw: benchRaw,
  clients: benchChoice,
  map: benchOneToOne,
  'kafka-streams': benchKafkaStreams,
  restore: benchRestore,
  stall: benchStall,
  scaling: benchScaling,
};

/** All kinds, or the one that is named. Throws `bad-usage` for one that is none. */
export async function benchStreams(name: string | undefined, rounds: number): Promise<void> {
  const wanted = name === undefined ? Object.keys(KINDS) : [name];
  for (const each of wanted) {
    if (KINDS[each] !== undefined) continue;
    const known = Object.keys(KINDS).join(', ');
    throw new OutriderError('bad-usage', `streams: ${each} is unknown; give one of ${known}`);
  }
  // What it started ends with it: an interrupt alone would leave brokers behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  for (const each of wanted) await benchKind(each, rounds);
}

/** Each on a broker of its own. */
async function benchKind(name: string, rounds: number): Promise<void> {
  const results = openResults(`streams ${name}`);
  const seen = watchHost();
  const kafka = await startBenchKafka();
  try {
    const { text, figures } = await KINDS[name]!({ kafka, rounds, results });
    const host = seen();
    results.write({ host, ...figures });
    const [before, after] = [host.loadBefore, host.loadAfter].map(load => load[0]?.toFixed(2));
    console.log(`${text}\n${machineText(host)}; load ${before} before, ${after} after`);
    console.log(`${results.path}\n`);
  } finally {
    await kafka.stop();
  }
}
