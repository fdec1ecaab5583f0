/** The built-in exchange alone with its background, as fast as it goes: ticks to train on. */
import { SECOND_NS } from '#engine';
import type { VenueEvent } from '#gateway';
import type { Tick } from '#market';
import type { MoveSource } from '#models';
import { openSimulatedExchange } from './source.ts';

/** Advanced at once: bounds a batch. */
const STEP_NS = SECOND_NS;

/** Time 0 is the first of January 2026: equal seeds give equal ticks. */
export function simulatedTicks(seed: number, durationNs: number): MoveSource {
  const originNs = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n;
  const { exchange, instruments } = openSimulatedExchange({ seed, originNs, startNs: 0 });
  async function* ticks(): AsyncGenerator<Tick[]> {
    const events: VenueEvent[] = [];
    for (let timeNs = STEP_NS; timeNs <= durationNs; timeNs += STEP_NS) {
      const batch: Tick[] = [];
      exchange.advanceTo(timeNs, tick => batch.push(tick), events);
      yield batch;
    }
  }
  return { originNs, instruments, ticks: ticks() };
}
