/** One seed of the simulated world: processors fail at calls of their choice, join and leave. */

import { type SeededRandom, seededRandom } from '../../random.ts';
import type { ProcessorSettings } from '../processor-options.ts';
import type { Fault } from './simulated-process.ts';
import { problemsOf, SimulatedWorld } from './simulated-world.ts';

export type PlayedSeed = {
  readonly problems: readonly string[];
  /** Records that were never counted, however often others were. */
  readonly missing: number;
  readonly faults: Readonly<Record<Fault['kind'], number>>;
  readonly records: number;
  readonly rebalances: number;
};

export type PlayOptions = {
  /** Faults of each processor's life at most; later ones run undisturbed. */
  readonly faultsMax: number;
  readonly settings?: Partial<ProcessorSettings>;
  /** Each processor has its own in `stateDirectory`; crashed ones come back to theirs. */
  readonly ownDirectories?: boolean;
  /** The broker refuses offsets of an older generation; without it the seed chooses. */
  readonly fencesByGeneration?: boolean;
  /** Called with the world before it is judged, so that a test can plant what must be found. */
  tamper?(world: SimulatedWorld): void;
};

const CHANGELOG = 'app-1-changelog';
const ROUNDS = 30;
const ROUND_MS = 60;
/** Stores on disk take time that does not pass here: others go on meanwhile. */
const REST_MS = 600_000;
const CALLS_BETWEEN = 60;
const KINDS: readonly Fault['kind'][] = ['crash', 'crash', 'stall', 'error', 'error'];

export async function playSeed(seed: number, options: PlayOptions): Promise<PlayedSeed> {
  const random = seededRandom(`runtime ${seed}`);
  const partitions = 1 + (random.nextU32() % 4);
  const drawn = random.nextU32() % 3 > 0;
  const fencesByGeneration = options.fencesByGeneration ?? drawn;
  const standbys = random.nextU32() % 2;
  // Each output ahead of its commit, some of them, or none.
  const sendAheadBytes = [1, 400, 1 << 20][seed % 3]!;
  const settings: Partial<ProcessorSettings> = { standbys, sendAheadBytes, ...options.settings };
  const world = new SimulatedWorld({ random, fencesByGeneration, partitions, settings });
  const faults = { crash: 0, stall: 0, error: 0 };
  let faultsLeft = options.faultsMax;
  const plan = planFaults(random.split('faults'), fault => {
    if (faultsLeft === 0) return false;
    faultsLeft -= 1;
    faults[fault.kind] += 1;
    return true;
  });
  const directoryOf = (slot: number) =>
    options.ownDirectories ? `${settings.stateDirectory}/${seed}-${slot}` : '';
  let slots = 0;
  const begin = (slot: number): Started => {
    // A crashed one comes back after a while, as another process.
    const again = () => void world.sleep(300 + (random.nextU32() % 1_500)).then(() => begin(slot));
    return world.start({ faultAt: plan(), onCrash: again, stateDirectory: directoryOf(slot) });
  };
  const first = Array.from({ length: 1 + (random.nextU32() % 3) }, () => begin(slots++));
  const leaveAt = random.nextU32() % (2 * ROUNDS);
  const joinAt = random.nextU32() % (2 * ROUNDS);
  for (let round = 0; round < ROUNDS; round++) {
    world.write(random.nextU32() % 12);
    if (round === joinAt) void begin(slots++);
    if (round === leaveAt) void leave(first[0]!, () => begin(0));
    if (random.nextU32() % 4 === 0) {
      for (const partition of world.broker.topics.get(CHANGELOG) ?? []) partition.compact();
    }
    await world.until(() => false, ROUND_MS);
  }
  faultsLeft = 0;
  const isExact = settings.guarantee !== 'at-least-once';
  const isOver = () => (isExact ? problemsOf(world).length : missingOf(world)) === 0;
  await world.until(isOver, REST_MS);
  options.tamper?.(world);
  const failures = world.failures.map(error => `a processor ended: ${String(error)}`);
  return {
    problems: [...problemsOf(world), ...failures],
    missing: missingOf(world),
    faults,
    records: [...world.written.values()].reduce((sum, count) => sum + count, 0),
    rebalances: world.broker.groups.get('app')?.generation ?? 0,
  };
}

/** A count that some records entered twice is too high, one that lacks a record too low. */
function missingOf(world: SimulatedWorld): number {
  const found = world.outputs();
  const short = [...world.written].map(
    ([key, count]) => count - Math.max(0, ...(found.get(key) ?? [])),
  );
  return short.reduce((sum, lacking) => sum + Math.max(0, lacking), 0);
}

type Started = ReturnType<SimulatedWorld['start']>;

async function leave(started: Started, begin: () => Started): Promise<void> {
  const { processor } = await started;
  await processor.close().catch(() => {});
  void begin();
}

/** For each processor: at which of its calls something happens. */
function planFaults(random: SeededRandom, take: (fault: Fault) => boolean) {
  return () => {
    let next = random.nextU32() % CALLS_BETWEEN;
    return (call: number): Fault | undefined => {
      if (call < next) return undefined;
      next = call + 1 + (random.nextU32() % (2 * CALLS_BETWEEN));
      const fault: Fault = {
        at: random.nextU32() % 2 === 0 ? 'before' : 'after',
        kind: KINDS[random.nextU32() % KINDS.length]!,
      };
      return take(fault) ? fault : undefined;
    };
  };
}
