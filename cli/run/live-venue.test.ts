/** The paper venue: one that failed to start must not stand in the way of the next. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wallClock, wallTimers } from '#engine';
import { recordedMarket } from '#gateway';
import { startVenue } from './live-venue.ts';

it('gives its store back where it cannot listen, so that another port will do', async () => {
  const storeDirectory = mkdtempSync(join(tmpdir(), 'outrider-venue-'));
  const taken = createServer();
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const clock = wallClock(0n);
  const options = {
    ...{ host: '127.0.0.1', originNs: 0n, instruments: [], market: recordedMarket([]) },
    ...{
      heartbeatNs: 0,
      storeDirectory,
      clock,
      timers: wallTimers(clock),
      receiving: () => () => {},
    },
  };
  await expect(startVenue({ ...options, port })).rejects.toThrow('EADDRINUSE');
  const venue = await startVenue({ ...options, port: 0 });
  expect(venue.port).toBeGreaterThan(0);
  await venue.close();
  taken.close();
  rmSync(storeDirectory, { recursive: true });
});
