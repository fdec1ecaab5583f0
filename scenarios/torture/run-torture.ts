/** Injects failures into gateways, world by world, and says what came of it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeededRandom, seededRandom } from '#engine';
import { FAILURES_AROUND } from './failures/around-it.ts';
import { FAILURES_AT_CALLS } from './failures/at-a-call.ts';
import { FAILURES_OF_THE_LOG } from './failures/at-the-log.ts';
import type { Failure } from './failures/failure.ts';
import { buildFaultShim } from './fault-shim.ts';
import { type Played, playFailure } from './play-failure.ts';
import { openWorld } from './world.ts';

export const FAILURES: readonly Failure[] = [
  ...FAILURES_AT_CALLS,
  ...FAILURES_AROUND,
  ...FAILURES_OF_THE_LOG,
];

/** Failures of one world, one after the other. */
export const SERIES_FAILURES = 20;

export type TortureOptions = {
  failures: number;
  seed: number;
  /** This series alone: where a finding was. */
  series?: number | undefined;
  /** Worlds at once. */
  lanes: number;
  onPlayed(played: Played, series: number): void;
};

export type Tortured = {
  played: Played[];
  /** Of the worlds of all series. */
  intents: number;
  orders: number;
  notSent: number;
  refused: number;
  /** Folders of series with a problem, which are kept, and the command that plays them again. */
  kept: { directory: string; command: string }[];
  tookMs: number;
};

/** Throws an Error with the reason where this machine cannot do it. */
export async function runTorture(options: TortureOptions): Promise<Tortured> {
  const { failures, seed, lanes } = options;
  const shim = buildFaultShim();
  if (shim.kind === 'none') throw new Error(shim.reason);
  const startMs = performance.now();
  const directory = mkdtempSync(join(tmpdir(), 'outrider-torture-'));
  const compileCache = join(directory, 'compiled');
  mkdirSync(compileCache);
  const tortured: Tortured = {
    ...{ played: [], intents: 0, orders: 0, notSent: 0, refused: 0, kept: [], tookMs: 0 },
  };
  const plan = drawFailures(failures, seed);
  const count = Math.ceil(failures / SERIES_FAILURES);
  const wanted = options.series === undefined ? [...Array(count).keys()] : [options.series - 1];
  const lane = async () => {
    for (let series = wanted.shift(); series !== undefined; series = wanted.shift()) {
      const from = series * SERIES_FAILURES;
      const name = join(directory, `series-${series + 1}`);
      const random = seededRandom(seed).split(series);
      const world = { directory: name, random, library: shim.library, compileCache };
      const isKept = await playSeries(plan.slice(from, from + SERIES_FAILURES), world, {
        tortured,
        onPlayed: played => options.onPlayed(played, series + 1),
      });
      if (!isKept) rmSync(name, { recursive: true });
      else {
        const command = `npm run torture -- gateway --failures ${failures} --seed ${seed}`;
        tortured.kept.push({ directory: name, command: `${command} --series ${series + 1}` });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (tortured.kept.length === 0) rmSync(directory, { recursive: true });
  tortured.tookMs = performance.now() - startMs;
  return tortured;
}

/** Every kind before any comes again, in an order of the seed. */
function drawFailures(count: number, seed: number): Failure[] {
  const random = seededRandom(seed).split('failures');
  const drawn: Failure[] = [];
  while (drawn.length < count) drawn.push(...shuffled(FAILURES, random));
  return drawn.slice(0, count);
}

function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random.nextFloat() * left.length), 1)[0]!);
}

/** True where something was found: its world is left, and its folder to be kept. */
async function playSeries(
  failures: readonly Failure[],
  options: Parameters<typeof openWorld>[0],
  { tortured, onPlayed }: { tortured: Tortured; onPlayed(played: Played): void },
): Promise<boolean> {
  const world = await openWorld(options);
  let last: Played | undefined;
  try {
    for (const [at, failure] of failures.entries()) {
      last = await playFailure(world, failure, options.random.split(`failure ${at}`));
      tortured.played.push(last);
      onPlayed(last);
      if (last.problems.length > 0) return true;
    }
    return false;
  } finally {
    await world.close();
    const { verdict } = last ?? {};
    tortured.intents += verdict?.intents ?? 0;
    tortured.orders += verdict?.ends.orders ?? 0;
    tortured.notSent += verdict?.ends.notSent ?? 0;
    tortured.refused += verdict?.refused ?? 0;
  }
}
