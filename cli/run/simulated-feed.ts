/** The built-in exchange as a feed: it acts when its next event is due, and prints what changed. */
import type { Clock, Timers } from '#engine';
import type { SimulatedExchange, VenueEvent } from '#gateway';
import type { Tick } from '#market';
import type { FeedPorts } from './recorded-feed.ts';

export type SimulatedFeedPorts = FeedPorts & {
  /** Fills of our resting orders. */
  onMarket(events: readonly VenueEvent[]): void;
};

export async function feedSimulated(
  exchange: SimulatedExchange,
  { clock, timers, ...ports }: SimulatedFeedPorts & { clock: Clock; timers: Timers },
): Promise<void> {
  while (!ports.isStopped()) {
    const nextNs = exchange.nextEventNs();
    if (nextNs > ports.endNs) return;
    if (nextNs > clock.nowNs()) await new Promise<void>(due => timers.at(nextNs, due));
    const events: VenueEvent[] = [];
    const batch: Tick[] = [];
    exchange.advanceTo(clock.nowNs(), tick => batch.push(tick), events);
    if (events.length > 0) ports.onMarket(events);
    const last = batch.at(-1);
    if (last !== undefined) ports.onBatch(batch, last.exchangeTimeNs);
  }
}
