/** Runs the project's tests and static checks side by side and ends with one line of counts. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a check counted; `skips` says why for each thing skipped. */
export type Tally = { passed: number; failed: number; skips: readonly string[] };

/** A program and how to read what it printed; without `count` it passes or fails as one. */
type Check = {
  readonly name: string;
  readonly command: readonly [program: string, ...parameters: string[]];
  /** Set where the check needs this cargo subcommand. */
  readonly cargo?: string;
  readonly count?: (output: string) => Tally;
};

type Outcome = { readonly status: number; readonly output: string };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE = process.execPath;
const running = new Set<ChildProcess>();

const CARGO_WORKSPACE = [
  '--manifest-path',
  'native/Cargo.toml',
  '--workspace',
  '--locked',
] as const;
/** Libraries of tests and scenarios alone, each in a workspace of its own. */
const SHIMS = ['scenarios/torture/shim', 'scenarios/runner/brokers/clock-shim'] as const;
const SHIM_CHECKS = SHIMS.flatMap((folder): Check[] => {
  const at = ['--manifest-path', `${folder}/Cargo.toml`, '--'];
  const lint = ['clippy', '--release', '--locked'];
  return [
    { name: `cargo fmt of ${folder}`, cargo: 'fmt', command: ['cargo', 'fmt', ...at, '--check'] },
    {
      name: `cargo clippy of ${folder}`,
      cargo: 'clippy',
      command: ['cargo', ...lint, ...at, '-D', 'warnings'],
    },
  ];
});
const STATIC_CHECKS: readonly Check[] = [
  { name: 'tsc', command: [NODE, 'node_modules/typescript/bin/tsc', '-p', '.'] },
  {
    name: 'biome',
    command: [NODE, 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
  {
    name: 'cargo fmt',
    cargo: 'fmt',
    command: ['cargo', 'fmt', '--manifest-path', 'native/Cargo.toml', '--all', '--check'],
  },
  {
    name: 'cargo clippy',
    cargo: 'clippy',
    command: ['cargo', 'clippy', ...CARGO_WORKSPACE, '--all-targets', '--', '-D', 'warnings'],
  },
  ...SHIM_CHECKS,
];
const CARGO_TEST: Check = {
  name: 'cargo test',
  cargo: 'test',
  command: ['cargo', 'test', ...CARGO_WORKSPACE],
  count: countCargoTests,
};

async function main([scope, ...vitestFilters]: readonly string[]): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(1);
    });
  }
  const suites = [runInTurn(scope === 'all' ? [...STATIC_CHECKS, CARGO_TEST] : STATIC_CHECKS)];
  if (scope === 'all') suites.unshift(runVitest(vitestFilters));
  const tallies = (await Promise.all(suites)).flat();

  const skips = tallies.flatMap(tally => tally.skips);
  for (const skip of skips) console.log(`skipped: ${skip}`);
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  console.log(`${passed} passed, ${failed} failed, ${skips.length} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** One after another: vitest has the other core. */
async function runInTurn(checks: readonly Check[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const check of checks) tallies.push(await runCheck(check));
  return tallies;
}

async function runCheck(check: Check): Promise<Tally> {
  const missing = check.cargo === undefined ? undefined : await findMissing(check.cargo);
  if (missing !== undefined) {
    return { passed: 0, failed: 0, skips: [`${check.name} (${missing})`] };
  }
  const startedMs = performance.now();
  const outcome = await runProgram(check.command);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const tally = tallyOf(check, outcome);
  if (tally.failed === 0) console.log(`passed: ${check.name} (${seconds} s)`);
  else console.log(`FAILED: ${check.name} (${seconds} s)\n${outcome.output}`);
  return tally;
}

function tallyOf(check: Check, { status, output }: Outcome): Tally {
  const tally = check.count?.(output) ?? { passed: status === 0 ? 1 : 0, failed: 0, skips: [] };
  // A program that fails before it counts anything has still failed.
  return status === 0 || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}

/** Why a cargo subcommand cannot run here, or undefined where it can. */
async function findMissing(subcommand: string): Promise<string | undefined> {
  if (process.env.OUTRIDER_NO_CARGO) return process.env.OUTRIDER_NO_CARGO;
  const { status } = await runProgram(['cargo', subcommand, '--version']);
  return status === 0 || subcommand === 'test' ? undefined : `cargo ${subcommand} is not installed`;
}

/** Sums the result lines of each crate's tests. */
export function countCargoTests(output: string): Tally {
  const tally = { passed: 0, failed: 0, skips: [] as string[] };
  for (const line of output.split('\n')) {
    const result = /^test result: \w+\. (\d+) passed; (\d+) failed;/.exec(line);
    tally.passed += Number(result?.[1] ?? 0);
    tally.failed += Number(result?.[2] ?? 0);
    const ignored = /^test (.+) \.\.\. ignored(?:, (.+))?$/.exec(line);
    if (ignored) tally.skips.push(`${ignored[1]} (${ignored[2] ?? 'no reason given'})`);
  }
  return tally;
}

/** Vitest prints as it goes; its counts come through a file that `tally-reporter.ts` writes. */
async function runVitest(filters: readonly string[]): Promise<Tally[]> {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-tally-'));
  const tallyFile = join(folder, 'tally.json');
  try {
    const command = [NODE, 'node_modules/vitest/vitest.mjs', 'run', ...filters];
    const environment = { ...process.env, OUTRIDER_TALLY_FILE: tallyFile };
    const { status } = await runProgram(command, { environment, isShown: true });
    const count = () => JSON.parse(readFileSync(tallyFile, 'utf8'));
    return [tallyOf({ name: 'vitest', command: [NODE], count }, { status, output: '' })];
  } catch (error) {
    console.log(`FAILED: vitest ended without its counts: ${error}`);
    return [{ passed: 0, failed: 1, skips: [] }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The exit status and output of a program; a shown one writes to our own streams instead. */
function runProgram(
  [program, ...parameters]: readonly string[],
  { environment = process.env, isShown = false } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, parameters, {
      cwd: ROOT,
      env: environment,
      stdio: isShown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const output: Buffer[] = [];
    child.stdout?.on('data', data => output.push(data));
    child.stderr?.on('data', data => output.push(data));
    child.on('error', reject);
    child.on('close', status => {
      running.delete(child);
      resolve({ status: status ?? 1, output: Buffer.concat(output).toString() });
    });
  });
}

if (import.meta.main) await main(process.argv.slice(2));
