/** A process that hangs while it starts must not outlive the torture that started it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { namedPorts, restartable } from './restartable.ts';
import { venueParameters } from './world.ts';

/** Runs before the program itself: it says who it is and never comes to an end. */
const HANG = `
  console.error('pid ' + process.pid);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
const HANGING = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HANG)}` };
const WAIT = { timeout: 50_000, interval: 20 };

it('ends a process that has not come to be ready, and starts the next one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-restartable-'));
  const environment: Record<string, string> = { ...HANGING };
  const ports = await namedPorts('port', 'feedPort');
  const venue = restartable({ name: 'venue', directory, ports, environment });
  const start = () => venue.start(venueParameters(venue, directory));
  try {
    const started = expect(start()).rejects.toThrow('was ended before it was ready');
    const pid = await vi.waitFor(() => {
      const [, digits] = /pid (\d+)/.exec(readFileSync(join(directory, 'venue.txt'), 'utf8'))!;
      return Number(digits);
    }, WAIT);
    await expect(start()).rejects.toThrow('venue is starting already');
    await venue.kill();
    await started;
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(venue.isAlive).toBe(false);
    environment.NODE_OPTIONS = '';
    await start();
    expect(venue.isAlive).toBe(true);
  } finally {
    await venue.kill();
    rmSync(directory, { recursive: true });
  }
});
