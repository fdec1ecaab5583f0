/** What an order leaves to the collector may shrink and not grow: its pauses stop the tick path. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const COUNTER = join(import.meta.dirname, 'fixtures', 'count-allocations.ts');
/** 3,170 were counted when this was written; docs/threads.md says what they are. */
const BYTES_MAX = 3500;

it('allocates at most so much from risk to encode', async () => {
  const semiSpace = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--expose-gc', ...semiSpace, COUNTER],
  ]);
  const { bytesPerOrder, sentBytes } = JSON.parse(stdout) as Record<string, number>;
  expect(sentBytes).toBeGreaterThan(150);
  expect(bytesPerOrder).toBeLessThan(BYTES_MAX);
}, 60_000);
