/** Which kernels a process gets, and that it is told why. */

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import { BINDING_VERSION, KERNEL_ID } from './kernels.ts';
import { loadedKernels, loadKernels } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'outrider-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { kind, kernels } = loadedKernels;

it('takes the twins where OUTRIDER_TWINS=1, or the fallback could not be tried out', () => {
  expect(loadKernels({ OUTRIDER_TWINS: '1' })).toMatchObject({
    kind: 'twin',
    reason: 'OUTRIDER_TWINS=1',
  });
});

it('takes the twins where no addon was built, or nothing would run without cargo', () => {
  const absent = loadKernels({}, join(folder, 'absent.node'));
  expect(absent).toMatchObject({ kind: 'twin', reason: expect.stringContaining('not built') });
});

it('takes the twins over a broken addon and keeps its error', () => {
  const broken = join(folder, 'broken.node');
  writeFileSync(broken, 'not a library');
  expect(loadKernels({}, broken).reason).toMatch(/does not load: .*broken\.node/);
});

it('takes the twins over an addon of another interface, or calls would go astray', () => {
  const other = join(folder, 'other.cjs');
  writeFileSync(other, 'module.exports = { BINDING_VERSION: 0 };');
  expect(loadKernels({}, other).reason).toContain(`interface 0, not ${BINDING_VERSION}`);
});

it('has the interface number of the sources, or twins would run everywhere unnoticed', () => {
  const source = readFileSync(join(import.meta.dirname, 'crates/binding/src/lib.rs'), 'utf8');
  const [, number] = /BINDING_VERSION: u32 = (\d+);/.exec(source) ?? [];
  expect(Number(number)).toBe(BINDING_VERSION);
});

it('names one law of choice, whichever kernels run', () => {
  expect(kernels.KERNEL_ID).toBe(KERNEL_ID);
});

it.skipIf(kind === 'twin')(
  'frees bound memory with its chooser, on each thread (needs the Rust addon)',
  async () => {
    const worker = new Worker(new URL('fixtures/bind-and-drop.ts', import.meta.url));
    const exited = once(worker, 'exit');
    const [[bytesBefore, bytesAfter]] = await once(worker, 'message');
    await exited;
    expect(bytesAfter - bytesBefore).toBeLessThan(2 ** 26);
  },
);
