/** Injects failures into gateways, world by world, and says what came of it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeededRandom, seededRandom } from '#engine';
import { FAILURES_AROUND } from './failures/around-it.ts';
import { FAILURES_AT_CALLS } from './failures/at-a-call.ts';
import { FAILURES_OF_THE_LOG } from './failures/at-the-log.ts';
import type { Failure } from './failures/failure.ts';
import { FAILURES_OF_A_PAIR, SILENCES } from './failures/of-a-pair.ts';
import { buildFaultShim } from './fault-shim.ts';
import { type Judge, openJudge } from './judge.ts';
import { openPairWorld } from './pair-world.ts';
import { type Arena, type Played, playFailure } from './play-failure.ts';
import { openDeskWorld, openWorld, type WorldOptions } from './world.ts';

/** What is tortured, and how it can fail. */
type Subject<W> = {
  failures: readonly Failure<W>[];
  open(options: WorldOptions): Promise<W>;
};

type Closable = Arena & { close(): Promise<void> };

const GATEWAY: Subject<Awaited<ReturnType<typeof openWorld>>> = {
  failures: [...FAILURES_AT_CALLS, ...FAILURES_AROUND, ...FAILURES_OF_THE_LOG],
  open: openWorld,
};

/** What is done to a log is done to that of one venue alone. */
const DESK: Subject<Awaited<ReturnType<typeof openDeskWorld>>> = {
  failures: [...FAILURES_AT_CALLS, ...FAILURES_AROUND],
  open: openDeskWorld,
};

const PAIR: Subject<Awaited<ReturnType<typeof openPairWorld>>> = {
  failures: FAILURES_OF_A_PAIR,
  open: openPairWorld,
};

/** A pair whose links go silent without closing. */
const SILENT_PAIR: typeof PAIR = { ...PAIR, failures: SILENCES };

/** One gateway, one with a desk of two venues, a pair, or a pair with half-open links alone. */
export type SubjectName = 'gateway' | 'desk' | 'pair' | 'silent-pair';

/** How many kinds of failure there are. */
export const KINDS: Readonly<Record<SubjectName, number>> = {
  gateway: GATEWAY.failures.length,
  desk: DESK.failures.length,
  pair: PAIR.failures.length,
  'silent-pair': SILENT_PAIR.failures.length,
};

/** Failures of one world, one after the other. */
const SERIES_FAILURES = 20;

export type TortureOptions = {
  subject: SubjectName;
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
export function runTorture(options: TortureOptions): Promise<Tortured> {
  switch (options.subject) {
    case 'gateway':
      return torture(GATEWAY, options);
    case 'desk':
      return torture(DESK, options);
    case 'pair':
      return torture(PAIR, options);
    case 'silent-pair':
      return torture(SILENT_PAIR, options);
  }
}

async function torture<W extends Closable>(
  subject: Subject<W>,
  options: TortureOptions,
): Promise<Tortured> {
  const { failures, seed, lanes } = options;
  const shim = buildFaultShim();
  if (shim.kind === 'none') throw new Error(shim.reason);
  const startMs = performance.now();
  const directory = mkdtempSync(join(tmpdir(), 'outrider-torture-'));
  const judge = openJudge();
  const compileCache = join(directory, 'compiled');
  mkdirSync(compileCache);
  const tortured: Tortured = {
    ...{ played: [], intents: 0, orders: 0, notSent: 0, refused: 0, kept: [], tookMs: 0 },
  };
  const plan = drawFailures(subject.failures, failures, seededRandom(seed).split('failures'));
  const count = Math.ceil(failures / SERIES_FAILURES);
  const wanted = options.series === undefined ? [...Array(count).keys()] : [options.series - 1];
  const lane = async () => {
    for (let series = wanted.shift(); series !== undefined; series = wanted.shift()) {
      const from = series * SERIES_FAILURES;
      const name = join(directory, `series-${series + 1}`);
      const random = seededRandom(seed).split(series);
      const played = await playSeries(
        { ...subject, failures: plan.slice(from, from + SERIES_FAILURES) },
        { directory: name, random, library: shim.library, compileCache },
        { judge, onPlayed: one => options.onPlayed(one, series! + 1) },
      );
      addSeries(tortured, played);
      if (played.every(({ problems }) => problems.length === 0)) rmSync(name, { recursive: true });
      else tortured.kept.push({ directory: name, command: commandOf(options, series + 1) });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await judge.close();
  if (tortured.kept.length === 0) rmSync(directory, { recursive: true });
  tortured.tookMs = performance.now() - startMs;
  return tortured;
}

function commandOf({ subject, failures, seed }: TortureOptions, series: number): string {
  const command = `npm run torture -- ${subject} --failures ${failures} --seed ${seed}`;
  return `${command} --series ${series}`;
}

/** Every kind before any comes again, in an order of the seed. */
function drawFailures<T>(kinds: readonly T[], count: number, random: SeededRandom): T[] {
  const drawn: T[] = [];
  while (drawn.length < count) drawn.push(...shuffled(kinds, random));
  return drawn.slice(0, count);
}

function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random.nextFloat() * left.length), 1)[0]!);
}

/** Ends with the first that finds something. */
async function playSeries<W extends Closable>(
  { failures, open }: Subject<W>,
  options: WorldOptions,
  { judge, onPlayed }: { judge: Judge; onPlayed(played: Played): void },
): Promise<Played[]> {
  const all: Played[] = [];
  const world = await open(options);
  try {
    for (const [at, failure] of failures.entries()) {
      const random = options.random.split(`failure ${at}`);
      const played = await playFailure(world, failure, { random, judge });
      all.push(played);
      onPlayed(played);
      if (played.problems.length > 0) break;
    }
    return all;
  } finally {
    await world.close();
  }
}

/** A verdict is on all that its world has done: the last one has the sums. */
function addSeries(tortured: Tortured, series: readonly Played[]): void {
  tortured.played.push(...series);
  const verdict = series.findLast(played => played.verdict !== undefined)?.verdict;
  if (verdict === undefined) return;
  tortured.intents += verdict.intents;
  tortured.orders += verdict.ends.orders;
  tortured.notSent += verdict.ends.notSent;
  tortured.refused += verdict.refused;
}
