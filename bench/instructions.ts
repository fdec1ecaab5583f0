/** Instructions a kernel spends on an item, on the AVX2 path: the same number on a busy machine. */

import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OutriderError } from '#engine';
import { openResults, ROOT } from './replay/results.ts';
import { textTable } from './table.ts';

export type InstructionCount = {
  kernel: string;
  item: string;
  instructionsPerItem: number;
  /** Of the allocator, an item; a kernel in its steady state makes none. */
  allocationsPerItem: number;
};

/** What `native/crates/core/examples/instructions.rs` does in a round. */
const KERNELS = [
  { kernel: 'coupled-choice', item: 'row', items: 1024, rounds: 20 },
  { kernel: 'keyed-noise', item: 'row of 64', items: 16, rounds: 100 },
  { kernel: 'draft-steps', item: 'node of 16 x 8', items: 128, rounds: 2 },
  { kernel: 'target-pass', item: 'node of 16 x 8', items: 128, rounds: 1 },
  { kernel: 'order-encode', item: 'order', items: 64, rounds: 20 },
] as const;

const MANIFEST = join(ROOT, 'native', 'Cargo.toml');
const run = promisify(execFile);

/** Why instructions cannot be counted here, or undefined where they can. */
export function whyNotCounted(): string | undefined {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (versionOf('cargo') === undefined) return 'needs cargo on PATH';
  return versionOf('valgrind') === undefined ? 'needs valgrind on PATH' : undefined;
}

/** Of rustc, which the counts belong to: another compiler, other instructions. */
export const compilerVersion = () => versionOf('rustc') ?? 'unknown';

/** Builds the program and counts every kernel in it; some seconds a kernel. */
export async function countInstructions(): Promise<InstructionCount[]> {
  const program = await build();
  const counts: InstructionCount[] = [];
  for (const { kernel, item, items, rounds } of KERNELS) {
    const [once, twice] = [
      await countOf(program, kernel, rounds),
      await countOf(program, kernel, 2 * rounds),
    ];
    const each = (total: number, less: number) => (total - less) / (rounds * items);
    counts.push({
      ...{ kernel, item },
      instructionsPerItem: each(twice.instructions, once.instructions),
      allocationsPerItem: each(twice.allocations, once.allocations),
    });
  }
  return counts;
}

/** `npm run bench -- instructions`. */
export async function benchInstructions(): Promise<void> {
  const missing = whyNotCounted();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const results = openResults('instructions');
  const counts = await countInstructions();
  results.write({ compiler: compilerVersion(), path: 'avx2', counts });
  const rows = counts.map(({ kernel, item, instructionsPerItem, allocationsPerItem }) => [
    kernel,
    `${instructionsPerItem.toFixed(1)} instructions a ${item}`,
    `${allocationsPerItem.toFixed(2)} allocations`,
  ]);
  console.log(`AVX2 path, ${compilerVersion()}, valgrind's cachegrind`);
  console.log(`${textTable(rows)}\n\n${results.path}`);
}

/** The path of the program, as cargo itself says it. */
async function build(): Promise<string> {
  const parameters = ['--release', '--locked', '--manifest-path', MANIFEST];
  const { stdout } = await run(
    'cargo',
    [
      ...['build', ...parameters, '--package', 'outrider-core', '--example', 'instructions'],
      '--message-format=json',
    ],
    { maxBuffer: 1 << 26 },
  );
  for (const line of stdout.split('\n')) {
    const { executable } = line.startsWith('{') ? JSON.parse(line) : {};
    if (typeof executable === 'string') return executable;
  }
  throw new OutriderError('bad-data', 'cargo built no program; run it by hand to see why');
}

/** Valgrind's processor has AVX2 and no AVX-512, so the program takes the AVX2 path by itself. */
async function countOf(program: string, kernel: string, rounds: number) {
  const { stdout, stderr } = await run('valgrind', [
    ...['--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null'],
    ...[program, kernel, String(rounds)],
  ]);
  const counted = /I\s+refs:\s+([\d,]+)/.exec(stderr)?.[1];
  if (counted === undefined) {
    throw new OutriderError('bad-data', `valgrind counted nothing for ${kernel}: ${stderr}`);
  }
  const { allocations } = JSON.parse(stdout) as { allocations: number };
  return { instructions: Number(counted.replaceAll(',', '')), allocations };
}

function versionOf(program: string): string | undefined {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}
