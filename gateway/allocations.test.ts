/** An order leaves nothing to the collector, whose pauses stop the tick path. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const COUNTER = join(import.meta.dirname, 'fixtures', 'count-allocations.ts');

it.each(['0', '1'])(
  'allocates nothing from risk to encode, new, replaced and cancelled (OUTRIDER_TWINS=%s)',
  async twins => {
    const semiSpace = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', ...semiSpace, COUNTER],
      { env: { ...process.env, OUTRIDER_TWINS: twins } },
    );
    const counted = JSON.parse(stdout) as Record<string, number>;
    expect(counted.messagesPerOrder).toBe(1);
    expect(counted.sentBytes).toBeGreaterThan(150);
    expect(counted.collections).toBe(0);
    expect(counted.bytesPerOrder).toBeLessThan(1);
  },
);
