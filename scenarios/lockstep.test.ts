/** In lockstep nothing but market, seed and target decides a byte: the law's promise. */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '#bench';
import { newRunFolder, runCommand } from './command.ts';
import { EURUSD, GOLD, hasData } from './recordings.ts';

/** What a run or the reference digests: settled forecasts, decisions, FIX bytes. */
type Outcome = {
  ticks: number;
  forecasts: number;
  kernel: string;
  law: { forecasts: string; decisions: string; fixOutbound: string };
};

/** As many as the machine has cores, so that they do not slow each other down. */
const PROCESSES_MAX = 2;
const TIME_MS = 600_000;

/** 20,000 ticks of one day, the first 6,500 of them, and 4,000 of two instruments together. */
const DAY = ['--ticks', EURUSD, '--duration', '755m'];
const MORNING = ['--ticks', EURUSD, '--duration', '480m'];
const PAIR = ['--ticks', EURUSD, '--ticks', GOLD, '--duration', '53m'];

const words = (text: string) => text.split(' ');
const GOLD_TICKS = ['--ticks', GOLD, '--duration', '12m'];
/** Far from the defaults: small fills and many orders, each limit at work, the longest paths. */
const VARIANTS: Record<string, string[]> = {
  'small fills, replaced at once': [
    ...GOLD_TICKS,
    ...words('--moves 1 --trajectories 1 --parent-seconds 60 --slices 4 --hold-ms 0'),
    ...words('--quote-size-lots 1 --orders-per-second 9 --heartbeat-seconds 1'),
  ],
  'tight limits': [
    ...['--ticks', EURUSD, '--duration', '120m'],
    ...words('--moves 2 --trajectories 2 --parent-lots 400 --parent-seconds 30 --slices 3'),
    ...words('--order-value 400000 --collar-basis-points 1 --orders-per-second 2 --hold-ms 0'),
    ...words('--forecast-age-ms 2000 --daily-loss 1 --trailing-drawdown 2 --position-lots 390'),
  ],
  'long paths': [...GOLD_TICKS, ...words('--moves 32 --trajectories 3 --cross-after-percent 10')],
};

/** The slowest first; none starts where the recordings are missing. */
const JOBS = {
  reference: () => referenceOn(DAY),
  run: () => lockstep(DAY),
  twins: () => lockstep([...MORNING, '--branches', '4'], { OUTRIDER_TWINS: '1' }),
  morning: () => lockstep(MORNING),
  again: () => lockstep(MORNING),
  batches: () => lockstep([...MORNING, '--batch', '1', '--branches', '5']),
  branches: () => lockstep([...MORNING, '--branches', '4']),
  undrafted: () => lockstep([...MORNING, '--draft', 'none']),
  pairReference: () => referenceOn(PAIR),
  pair: () => lockstep(PAIR),
  pairUndrafted: () => lockstep([...PAIR, '--draft', 'none', '--branches', '1']),
  reseeded: () => lockstep([...PAIR, '--seed', '2']),
};

describe.skipIf(!hasData)(
  'in lockstep (needs OUTRIDER_DATA)',
  () => {
    const started = new Map<string, Promise<Outcome>>();
    const outcome = (name: string) => started.get(name)!;

    beforeAll(() => {
      const start = pool(PROCESSES_MAX);
      for (const [name, job] of Object.entries(JOBS)) started.set(name, start(job));
      for (const [name, options] of Object.entries(VARIANTS)) {
        const run = start(() => lockstep(options));
        const reference = start(() => referenceOn(options));
        started.set(name, run);
        started.set(`reference of ${name}`, reference);
      }
    });

    it('two runs of one seed leave the same bytes, or no figure could be checked', async () => {
      const morning = await outcome('morning');
      expect(morning.ticks).toBeGreaterThanOrEqual(6_500);
      expect(await outcome('again')).toEqual(morning);
    });

    it('a run gives what the reference gives, or the product has left the law', async () => {
      const reference = await outcome('reference');
      expect(reference.forecasts).toBeGreaterThan(10_000);
      const run = await outcome('run');
      expect(run.ticks).toBeGreaterThanOrEqual(20_000);
      expect(run.law).toEqual(reference.law);
    });

    it.each([
      ['without a draft', 'undrafted'],
      ['with other branches', 'branches'],
      ['in other batches', 'batches'],
      ['on the twins', 'twins'],
    ])('%s only the speed changes', async (_, name) => {
      expect((await outcome(name)).law).toEqual((await outcome('morning')).law);
    });

    it('the twins are what ran on the twins', async () => {
      expect((await outcome('twins')).kernel).toBe('twin');
    });

    it('two instruments together give what the reference gives', async () => {
      const pair = await outcome('pair');
      expect(pair.ticks).toBeGreaterThanOrEqual(4000);
      expect(pair.law).toEqual((await outcome('pairReference')).law);
      expect((await outcome('pairUndrafted')).law).toEqual(pair.law);
    });

    it.each(Object.keys(VARIANTS))('%s give what the reference gives', async name => {
      const { forecasts, law } = await outcome(`reference of ${name}`);
      expect(forecasts).toBeGreaterThan(100);
      expect((await outcome(name)).law).toEqual(law);
    });

    it('another seed gives other forecasts, or the noise would be no noise', async () => {
      const { law } = await outcome('pair');
      const other = (await outcome('reseeded')).law;
      for (const name of ['forecasts', 'decisions'] as const) {
        expect(other[name]).not.toBe(law[name]);
      }
    });
  },
  TIME_MS,
);

async function lockstep(
  options: string[],
  environment: Record<string, string> = { OUTRIDER_TWINS: '' },
): Promise<Outcome> {
  const out = newRunFolder();
  const given = ['run', '--lockstep', '--json', '--out', out, ...options];
  const { status, stdout, stderr } = await runCommand(given, { environment });
  if (status !== 0) throw new Error(`${given.join(' ')}: ${stderr}`);
  rmSync(dirname(out), { recursive: true });
  const { digests, ticks, forecasts, kernel } = reportSchema.parse(JSON.parse(stdout));
  const { forecasts: settled, decisions, fixOutbound } = digests;
  const law = { forecasts: settled, decisions, fixOutbound: fixOutbound! };
  return { ticks: ticks.taken, forecasts: forecasts.verified, kernel, law };
}

async function referenceOn(options: string[]): Promise<Outcome> {
  const { status, stdout, stderr } = await runCommand(['reference', ...options]);
  if (status !== 0) throw new Error(`reference ${options.join(' ')}: ${stderr}`);
  const { ticks, forecasts, digests } = JSON.parse(stdout);
  return { ticks, forecasts, kernel: 'reference', law: digests };
}

/** Starts jobs in the order given, so many at a time; a failure is whoever awaits it's to hear. */
function pool(jobsMax: number): <T>(job: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const run = async <T>(job: () => Promise<T>) => {
    if (running === jobsMax) await new Promise<void>(free => waiting.push(free));
    else running++;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
  return job => {
    const result = run(job);
    result.catch(() => undefined);
    return result;
  };
}
