/** `outrider torture`: kernels run every way, hostile FIX bytes, failures at every point. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { runTorture, type SubjectName, tortureReport, tortureStreams } from '#scenarios';
import { type Command, parseOptions } from './command.ts';

const MANIFEST = join(import.meta.dirname, '../../native/Cargo.toml');

export const tortureCommand: Command = {
  name: 'torture',
  summary: 'compares all ways to run neural kernels; `gateway`, `pair`, `streams`: failures; `fix`',
  help: () =>
    [
      'usage: npm run torture -- [options]',
      '       npm run torture -- gateway | desk | pair | silent-pair [options]',
      '       npm run torture -- fix [--rounds N] [--seed N]',
      '       npm run torture -- streams [--failures N] [--rescales N] [--seed N]',
      '                                  [--store memory | lmdb]',
      '',
      '  --tokens N    tokens to compare, over random models and streams [10000000]',
      '  --seed N      of the models and streams, or of the failures [1]',
      '  --plant       flips a bit in one way, which must be found',
      '',
      'Instruction sets, batches, threads, caches that lived on and were rebuilt, branches and',
      'fresh passes. Exits 1 on a differing byte. Needs cargo.',
      '',
      '  --rounds N    of hostile FIX bytes, each with a seed of its own [5000000]',
      '',
      'Streams of made-up messages, mutated, are cut and taken apart, and any values encoded as',
      'orders. Exits 1 where a property does not hold, and names the seed. Needs cargo.',
      '',
      '  --failures N  to inject, every kind before any comes again [1000]',
      '  --series N    this series of twenty alone: where something was found',
      '  --lanes N     gateways with their venues at once [2]',
      '',
      'A gateway process is killed, stopped and refused at each write, send, receive and sync; its',
      'network, venue, edge and log are lost. A checker that shares no code with it judges wire,',
      'log and wishes after each failure: docs/torture.md. With `desk` it trades at two venues by',
      'an execution policy, with `pair` it is two nodes and their witness, with `silent-pair`',
      'these with links that go half-open alone. Exits 1 on a finding, and keeps the folder.',
      'Linux; needs cargo.',
      '',
      '  --store NAME  where workers of `streams` keep state [memory]',
      '  --rescales N  of `streams` to another number of partitions, between failures [2]',
      '',
      'With `streams`, three workers count records of a real Kafka exactly once while they are',
      'killed, stopped past their session, sent away, and rescaled by a savepoint to more or fewer',
      'partitions; kafkajs alone reads what came of it.',
      'Exits 1 where a record is lost or doubled. Needs java and mvn.',
    ].join('\n'),
  async run(given) {
    const [subject] = given;
    switch (subject) {
      case 'gateway':
      case 'desk':
      case 'pair':
      case 'silent-pair':
        return await injectFailures(subject, given.slice(1));
      case 'streams':
        return await killWorkers(given.slice(1));
      case 'fix':
        return await tortureFix(given.slice(1));
    }
    const kinds = { tokens: 'text', seed: 'text', plant: 'flag' } as const;
    const { values } = parseOptions(given, kinds, 0);
    const { tokens = '10000000', seed = '1', plant } = values;
    requireWhole({ tokens, seed });
    const parameters = ['--tokens', String(tokens), '--seed', String(seed)];
    return await cargoRun('torture', [...parameters, ...(plant === true ? ['--plant'] : [])]);
  },
};

async function tortureFix(given: string[]): Promise<number> {
  const kinds = { rounds: 'text', seed: 'text' } as const;
  const { rounds = '5000000', seed = '1' } = parseOptions(given, kinds).values;
  requireWhole({ rounds, seed });
  return await cargoRun('fix_torture', [String(rounds), String(seed)]);
}

async function killWorkers(given: string[]): Promise<number> {
  const kinds = { failures: 'text', rescales: 'text', seed: 'text', store: 'text' } as const;
  const { values } = parseOptions(given, kinds);
  const { failures = '100', rescales = '2', seed = '1', store = 'memory' } = values;
  requireWhole({ failures, rescales, seed });
  if (store !== 'memory' && store !== 'lmdb') {
    throw new OutriderError('bad-usage', `store: ${String(store)}; give memory or lmdb`);
  }
  let count = 0;
  const tortured = await tortureStreams({
    ...{ failures: Number(failures), rescales: Number(rescales), seed: Number(seed), store },
    onFailure: what => console.error(`${++count} ${what}`),
  });
  const { failures: made, partitions, records, problems, ended, takeoverMs, tookMs } = tortured;
  const struck = Object.entries(made).map(([kind, times]) => `${times} ${kind}`);
  console.log(`${struck.join(', ')} in ${Math.round(tookMs / 1000)} s; ${records} records.`);
  console.log(`Partitions: ${partitions.join(', then ')}.`);
  const sorted = takeoverMs.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle !== undefined) {
    console.log(`Tasks of killed workers ran again after ${middle} ms at the median,`);
    console.log(`${sorted.at(-1)} ms at most (${sorted.length} takeovers; session 1500 ms).`);
  }
  for (const line of [...problems, ...ended]) console.log(line);
  if (problems.length === 0) console.log('No record was lost or counted twice.');
  return problems.length === 0 && ended.length === 0 ? 0 : 1;
}

async function injectFailures(subject: SubjectName, given: string[]): Promise<number> {
  const kinds = { failures: 'text', seed: 'text', series: 'text', lanes: 'text' } as const;
  const { failures = '1000', seed = '1', lanes = '2', series } = parseOptions(given, kinds).values;
  requireWhole({ failures, seed, lanes, series: series ?? '1' });
  let count = 0;
  const tortured = await runTorture({
    ...{ subject, failures: Number(failures), seed: Number(seed), lanes: Number(lanes) },
    series: series === undefined ? undefined : Number(series),
    onPlayed({ failure, tookMs, problems, isMissed }, ofSeries) {
      const what = problems.length > 0 ? problems.join('; ') : isMissed ? 'not reached' : 'sound';
      const seconds = (tookMs / 1000).toFixed(1);
      console.error(`${++count} (series ${ofSeries}) ${failure}: ${what}, ${seconds} s`);
    },
  });
  for (const line of tortureReport(tortured)) console.log(line);
  return tortured.kept.length === 0 ? 0 : 1;
}

function requireWhole(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (/^\d{1,9}$/.test(String(value))) continue;
    throw new OutriderError('bad-usage', `${name}: ${value}; give a whole number`);
  }
}

async function cargoRun(program: string, parameters: string[]): Promise<number> {
  const cargo = ['run', '--quiet', '--release', '--locked', '--manifest-path', MANIFEST];
  const example = ['--package', 'outrider-core', '--example', program, '--', ...parameters];
  const child = spawn('cargo', [...cargo, ...example], { stdio: 'inherit' });
  try {
    const [status] = (await once(child, 'exit')) as [number | null];
    return status ?? 1;
  } catch (cause) {
    const message = 'cargo could not be started: install Rust, or put cargo on PATH';
    throw new OutriderError('bad-usage', message, { cause });
  }
}
