/** A million recorded ticks through the product on the virtual clock; prints how the heap grew. */
import { createEvidence } from '#bench';
import { loadConfig, runVirtual } from '#cli';
import { openTicks, type Tick } from '#market';
import { loadNgramPair } from '#models';

/** What is compiled and cached at first is no growth. */
const WARM_TICKS = 100_000;
const MEASURED_TICKS = 1_000_000;

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
let before = 0;
let seen = 0;
let bytesPerTick = Number.NaN;

async function* watched(ticks: AsyncIterable<Tick[]>): AsyncGenerator<Tick[]> {
  for await (const batch of ticks) {
    yield batch;
    const then = seen;
    seen += batch.length;
    if (then < WARM_TICKS && seen >= WARM_TICKS) before = heapBytes();
    if (seen < WARM_TICKS + MEASURED_TICKS) continue;
    bytesPerTick = (heapBytes() - before) / MEASURED_TICKS;
    return;
  }
}

function heapBytes(): number {
  collect!();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

await runVirtual({ config, originNs, instruments, target, draft }, watched(opened.ticks), {
  journalEdge() {},
  flushEdge() {},
  journalGateway() {},
  onSent: bytes => evidence.onSent(bytes),
  onVenueReceived() {},
  observer: evidence,
});
console.log(JSON.stringify({ ticks: seen - WARM_TICKS, bytesPerTick }));
