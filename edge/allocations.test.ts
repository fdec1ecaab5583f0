/** The tick path is free of allocations, or the collector would stop it when the market is busy. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { loadedKernels } from '#native';

const folder = mkdtempSync(join(tmpdir(), 'outrider-allocations-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNTER = join(import.meta.dirname, 'fixtures', 'count-allocations.ts');
/** What the heap may grow by a tick; the twin of the features hands some numbers on as objects. */
const BYTES_MAX = loadedKernels.kind === 'native' ? 1 : 32;

it('allocates nothing from ring over journal, book and features to the token', async () => {
  const semiSpace = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--expose-gc', ...semiSpace, COUNTER, folder]);
  const { bytesPerTick, moves, collections } = JSON.parse(stdout) as Record<string, number>;
  expect(moves).toBeGreaterThan(50_000);
  expect(collections).toBe(0);
  expect(bytesPerTick).toBeLessThan(BYTES_MAX);
});
