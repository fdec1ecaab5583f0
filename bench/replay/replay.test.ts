/** A replay end to end: a generator, a run with its verifier, and the figures of both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureReplay } from './measure.ts';
import { hasRecordedDays, RECORDED_DAYS } from './offer.ts';
import { replayText } from './replay-text.ts';
import { ROOT } from './results.ts';

it.skipIf(!hasRecordedDays)(
  'measures every segment of a tick’s way under a load that waits for nobody (needs recorded data)',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'outrider-bench-'));
    try {
      const replay = await measureReplay({
        offer: { ticks: [...RECORDED_DAYS], from: '14:00', speed: 10, seconds: 3 },
        ...{ root: ROOT, options: [], folder: join(directory, 'run') },
      });
      const { offered, achieved, latencyNs, gc, host, idleJitterNs } = replay;
      expect(offered.ticks).toBeGreaterThan(100);
      expect(achieved.ticks).toBe(offered.ticks);
      for (const segment of ['ingest', 'features', 'draft', 'verify', 'tick-to-provisional']) {
        expect(latencyNs[segment]?.count).toBeGreaterThan(10);
      }
      expect(gc!.totalNs).toBeGreaterThanOrEqual(gc!.maxNs);
      expect(idleJitterNs.during.count).toBeGreaterThan(100);
      expect(host.cores).toBeGreaterThan(0);
      expect(replayText(replay)).toContain('tick-to-provisional');
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
