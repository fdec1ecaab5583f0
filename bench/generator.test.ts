/** The generator process: what it offers, when, and that it waits for nobody. */
import { expect, it } from 'vitest';
import { clockFrom, wallTimers } from '#engine';
import { connectFeed } from '#market';
import { hasRecordedDays, type Offered, RECORDED_DAYS } from './replay/offer.ts';
import { nextJson, startProgram } from './replay/program.ts';
import { ROOT } from './replay/results.ts';

const offer = { ticks: RECORDED_DAYS.slice(1), from: '14:00', speed: 20, seconds: 2 };

it.skipIf(!hasRecordedDays)(
  'offers each tick at its intended time (needs recorded data)',
  async () => {
    const command = [process.execPath, 'bench/generator.ts', JSON.stringify(offer)] as const;
    const generator = startProgram({ name: 'generator', command, folder: ROOT });
    try {
      const { port } = (await nextJson(generator, 'generator')) as { port: number };
      const { ticks, firstNs, lastNs } = await subscribe(port);
      const offered = (await nextJson(generator, 'generator')) as Offered;
      expect(offered.ticks).toBe(ticks);
      expect(offered.ticks).toBeGreaterThan(100);
      expect(offered.lateNs.count).toBeGreaterThan(0);
      // Twenty times recorded speed: two seconds hold forty of the recording.
      expect((lastNs - firstNs) / 1e9).toBeGreaterThan(30);
      expect((lastNs - firstNs) / 1e9).toBeLessThan(41);
    } finally {
      generator.kill('SIGTERM');
    }
  },
);

function subscribe(port: number): Promise<{ ticks: number; firstNs: number; lastNs: number }> {
  const clock = clockFrom(0);
  const seen = { ticks: 0, firstNs: 0, lastNs: 0 };
  return new Promise((resolve, reject) => {
    const subscription = connectFeed({
      ...{ port, clock, timers: wallTimers(clock), onGap() {}, onProblem() {} },
      onHello: () => subscription.subscribe(),
      onBatch(batch) {
        seen.ticks += batch.length;
        seen.firstNs ||= batch[0]!.exchangeTimeNs;
        seen.lastNs = batch.at(-1)!.exchangeTimeNs;
      },
      onEnd: error => (error === undefined ? resolve(seen) : reject(error)),
    });
  });
}
