/** Without this, a run could grow with its length until it dies in the middle of a day. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from './command.ts';
import { DATA } from './recordings.ts';

const DAYS = ['20140501', '20140502', '20140505', '20140506', '20140507', '20140508', '20140509'];
const paths = DAYS.map(day => join(DATA, 'fx', 'xauusd-oanda', `${day}_quote.zip`));

describe.skipIf(!paths.every(existsSync))('memory (needs OUTRIDER_DATA)', () => {
  it('grows by less than a byte a tick over a million ticks of the whole product', async () => {
    const { status, stdout, stderr } = await runProgram('scenarios/memory-run.ts', paths);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { ticks, bytesPerTick } = JSON.parse(stdout) as { ticks: number; bytesPerTick: number };
    expect(ticks).toBeGreaterThanOrEqual(1_000_000);
    expect(bytesPerTick).toBeLessThan(1);
  }, 900_000);
});
