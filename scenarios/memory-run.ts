/** A million recorded ticks through the product on the virtual clock; prints how memory grew. */
import { setTimeout } from 'node:timers/promises';
import { createEvidence } from '#bench';
import { loadConfig, runVirtual } from '#cli';
import { openTicks, type Tick } from '#market';
import { loadNgramPair } from '#models';

/** What is compiled and cached at first is no growth. */
const WARM_TICKS = 100_000;
const MEASURED_TICKS = 1_000_000;
/** Between two samples: what is held for a while differs from one to the next. */
const SAMPLE_TICKS = 50_000;
/** Memory freed by the collector is given back in the background. */
const SETTLING_MS = 50;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('start it with --expose-gc');

const config = loadConfig({ speed: 'max', branches: 1, trajectories: 1, moves: 1 });
const { target, draft } = loadNgramPair();
const opened = await openTicks({ paths: process.argv.slice(2) });
const { originNs, instruments } = opened;
const evidence = createEvidence({
  instruments,
  moves: config.moves,
  parentDurationNs: 60e9,
});
const samples: { ticks: number; bytes: number }[] = [];
let seen = 0;

async function* watched(ticks: AsyncIterable<Tick[]>): AsyncGenerator<Tick[]> {
  for await (const batch of ticks) {
    yield batch;
    seen += batch.length;
    if (seen < WARM_TICKS + samples.length * SAMPLE_TICKS) continue;
    samples.push({ ticks: seen, bytes: await heldBytes() });
    if (seen >= samples[0]!.ticks + MEASURED_TICKS) return;
  }
}

/** Objects and buffers alive once nothing waits any more; `external` has array buffers in it. */
async function heldBytes(): Promise<number> {
  evidence.drain();
  for (let time = 0; time < 2; time++) {
    collect!();
    await setTimeout(SETTLING_MS);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The line through the samples, by least squares. */
function bytesPerTick(): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ticksMean = mean(samples.map(({ ticks }) => ticks));
  const bytesMean = mean(samples.map(({ bytes }) => bytes));
  const products = samples.map(one => (one.ticks - ticksMean) * (one.bytes - bytesMean));
  return mean(products) / mean(samples.map(({ ticks }) => (ticks - ticksMean) ** 2));
}

await runVirtual({ config, originNs, instruments, target, draft }, watched(opened.ticks), {
  journalEdge() {},
  flushEdge() {},
  journalGateway() {},
  onSent: bytes => evidence.onSent(bytes),
  onVenueReceived() {},
  observer: evidence,
});
const ticks = seen - samples[0]!.ticks;
console.log(JSON.stringify({ ticks, bytesPerTick: bytesPerTick(), samples }));
