/** One replay measured: a generator offers recorded ticks to a run, each a process of its own. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { GcPauses } from '../gc-pauses.ts';
import { type Host, watchHost } from '../host.ts';
import { startIdleJitter } from '../idle-jitter.ts';
import type { LatencySummary } from '../latency/segment.ts';
import type { Offer, Offered } from './offer.ts';
import { endOf, nextJson, startProgram } from './program.ts';
import { ROOT } from './results.ts';

export type Replay = {
  /** Options of the run beside its feed, as they were given. */
  options: string[];
  /** Of the run itself: journals, report, histograms. */
  folder: string;
  host: Host;
  /** Overshoot of a sleeping thread: before the run, and while it ran. */
  idleJitterNs: { before: LatencySummary; during: LatencySummary };
  offered: Offered & { ticksPerSecond: number };
  achieved: { ticks: number; ticksPerSecond: number };
  latencyNs: Record<string, LatencySummary>;
  /** Hits, what arrival allows and what the verifier spent; of versions that did not say, null. */
  speculation: {
    moves: number;
    hitRate: number | null;
    arrivalBound: number | null;
    late: number;
    overtaken: number;
    verifiedTokensPerUsed: number | null;
  };
  /** Of the run's process; null where its version did not say. */
  gc: GcPauses | null;
};

export type ReplayOptions = {
  offer: Offer;
  /** The tree whose `outrider run` is measured, and its generator; of one without, our own. */
  root: string;
  options: string[];
  folder: string;
};

const GENERATOR = join('bench', 'generator.ts');
/** For the rehearsal, the start of the verifier and the orderly stop. */
const SECONDS_BESIDE = 90;
const QUIET_MS = 1000;

/** What every version of the report has had, and `gc` and `arrivalBound`, which came later. */
const ratio = z.number().nullable();
const reportSchema = z.looseObject({
  ticks: z.looseObject({ taken: z.int(), moves: z.int() }),
  forecasts: z.looseObject({
    ...{ hitRate: ratio, late: z.int(), overtaken: z.int() },
    arrivalBound: ratio.default(null),
  }),
  speculation: z.looseObject({ verifiedTokensPerUsed: ratio }),
  latencyNs: z.record(z.string(), z.custom<LatencySummary>()),
  gc: z.custom<GcPauses>().nullish(),
});

/** Throws `bad-usage` with the program's own words where one of them failed. */
export async function measureReplay(options: ReplayOptions): Promise<Replay> {
  const jitter = startIdleJitter();
  try {
    await new Promise(resolve => setTimeout(resolve, QUIET_MS));
    const before = await jitter.read();
    const seen = watchHost();
    const offered = await replay(options);
    const during = await jitter.read();
    return resultOf(options, { offered, host: seen(), idleJitterNs: { before, during } });
  } finally {
    await jitter.close();
  }
}

async function replay({ offer, root, options, folder }: ReplayOptions): Promise<Offered> {
  const home = existsSync(join(root, GENERATOR)) ? root : ROOT;
  const generator = startProgram({
    name: 'generator',
    command: [process.execPath, join(home, GENERATOR), JSON.stringify(offer)],
    folder: home,
  });
  try {
    const { port } = (await nextJson(generator, 'generator')) as { port: number };
    const run = startProgram({
      name: 'run',
      command: [
        join(root, 'node_modules/node/bin/node'),
        join(root, 'cli/main.ts'),
        ...['run', '--feed', `127.0.0.1:${port}`, '--json', '--out', folder],
        ...options,
      ],
      folder: root,
    });
    await endOf(run, 'outrider run', offer.seconds + SECONDS_BESIDE);
    return (await nextJson(generator, 'generator')) as Offered;
  } finally {
    generator.kill('SIGTERM');
  }
}

function resultOf(
  { options, folder }: ReplayOptions,
  seen: Pick<Replay, 'host' | 'idleJitterNs'> & { offered: Offered },
): Replay {
  const { offered } = seen;
  const path = join(folder, 'report.json');
  const parsed = reportSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) {
    throw new OutriderError('bad-data', `${path}: ${parsed.error.issues[0]?.message}`);
  }
  const { ticks, forecasts, speculation, latencyNs, gc } = parsed.data;
  const { hitRate, arrivalBound, late, overtaken } = forecasts;
  const { verifiedTokensPerUsed } = speculation;
  const rate = (count: number) => count / offered.seconds;
  return {
    ...{ ...seen, options, folder, latencyNs, gc: gc ?? null },
    speculation: {
      ...{ moves: ticks.moves, hitRate, arrivalBound, late, overtaken },
      verifiedTokensPerUsed,
    },
    offered: { ...offered, ticksPerSecond: rate(offered.ticks) },
    achieved: { ticks: ticks.taken, ticksPerSecond: rate(ticks.taken) },
  };
}
