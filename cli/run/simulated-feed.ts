/** The built-in exchange as a feed: it acts when its next event is due, and prints what changed. */
import type { Clock, Timers } from '#engine';
import type { SimulatedExchange, VenueEvent } from '#gateway';
import type { Tick } from '#market';
import { createPace, type PaceOptions } from './pace.ts';
import type { FeedPorts } from './recorded-feed.ts';

export type SimulatedFeedPorts = FeedPorts & {
  /** Fills of our resting orders. */
  onMarket(events: readonly VenueEvent[]): void;
  /** The exchange's own time goes faster or slower than the clock, and so do its orders. */
  stages?: PaceOptions['stages'];
};

export async function feedSimulated(
  exchange: SimulatedExchange,
  { clock, timers, stages, ...ports }: SimulatedFeedPorts & { clock: Clock; timers: Timers },
): Promise<void> {
  const startNs = clock.nowNs();
  const pace = createPace({ firstNs: startNs, startNs, speed: 1, stages });
  while (!ports.isStopped()) {
    const eventNs = exchange.nextEventNs();
    const nextNs = pace.dueNs(eventNs);
    if (nextNs > ports.endNs) return;
    if (nextNs > clock.nowNs()) await new Promise<void>(due => timers.at(nextNs, due));
    const events: VenueEvent[] = [];
    const batch: Tick[] = [];
    const marketNs = Math.max(eventNs, pace.marketNs(clock.nowNs()));
    exchange.advanceTo(marketNs, tick => batch.push(tick), events);
    if (events.length > 0) ports.onMarket(events);
    const last = batch.at(-1);
    if (last !== undefined) ports.onBatch(batch, pace.dueNs(last.exchangeTimeNs));
  }
}
