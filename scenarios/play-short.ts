/** A shipped scenario in a tenth of its time: for tests, which ask that no invariant is broken. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { newRunFolder, runCommand } from './command.ts';

/** A tenth of the times; what a process needs to start and to come back is not scaled. */
const SCALE = ['--scale', '0.1'];
const PASSED = 0;
const THRESHOLD_MISSED = 99;

type Result = { invariants: { holds: boolean; checked: number }[] };

export async function playShort(name: string, invariants: number): Promise<void> {
  const out = newRunFolder();
  const run = ['scenario', `scenarios/${name}.yaml`, ...SCALE, '--out', out];
  const { status, stdout } = await runCommand(run);
  // Whether latency keeps to its thresholds is no matter of a machine that others use as well.
  expect([PASSED, THRESHOLD_MISSED], stdout).toContain(status);
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as Result;
  expect(result.invariants).toHaveLength(invariants);
  for (const { holds, checked } of result.invariants) {
    expect(holds).toBe(true);
    expect(checked).toBeGreaterThan(0);
  }
  for (const file of ['junit.xml', 'result.html']) {
    expect(readFileSync(join(out, file), 'utf8')).toContain(name);
  }
}
