/** The paper venues of a live run: one before the market of the source, others beside it. */
import { join } from 'node:path';
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { VenueEvent } from '#gateway';
import type { Quote, Tick } from '#market';
import type { Evidence } from './evidence.ts';
import { paperVenuesTerms } from './gateway-settings.ts';
import type { liveTime } from './live.ts';
import { recordedMarketOf, showBatch, startVenue } from './live-venue.ts';
import type { RunSetting } from './settings.ts';
import type { Source } from './source.ts';

export type PaperVenue = {
  readonly port: number;
  /** Shows it the market; gives the quotes it makes of that, where they are its own. */
  onBatch(batch: Tick[]): Tick[] | undefined;
  onMarket(events: readonly VenueEvent[]): void;
  close(): Promise<void>;
};

type PaperJob = { setting: RunSetting; source: Source; evidence: Evidence };

/**
 * As many as the gateway has. The first trades at the quotes of the source; each further one at
 * those quotes a little off, so that now this venue is the better one and now that.
 */
export async function startPaperVenues(
  { setting, source, evidence }: PaperJob,
  { clock, timers }: Pick<ReturnType<typeof liveTime>, 'clock' | 'timers'>,
): Promise<PaperVenue[]> {
  const { config, originNs, instruments } = setting;
  const papers: PaperVenue[] = [];
  for (const [at, { name, ...terms }] of paperVenuesTerms(setting).entries()) {
    const isFirst = at === 0;
    const market =
      isFirst && source.kind === 'simulated'
        ? source.exchange
        : recordedMarketOf(config, instruments);
    const venue = await startVenue({
      ...{ ...terms, port: 0, originNs, market, clock, timers },
      storeDirectory: join(evidence.folder.path, isFirst ? 'venue-store' : `venue-store-${name}`),
      receiving: () => bytes => evidence.onVenueReceived(bytes, at),
    });
    papers.push({
      ...venue,
      onBatch(batch) {
        const shown = isFirst ? batch : quotesOff(batch, at);
        venue.onMarket(showBatch(market, shown));
        return isFirst ? undefined : shown;
      },
    });
  }
  return papers;
}

/** Shows all of them the market, and tells of the quotes of those that make their own. */
export function showVenues(
  papers: readonly PaperVenue[],
  { batch, injectedNs, onQuotes }: Showing,
): void {
  for (const [venue, paper] of papers.entries()) {
    const own = paper.onBatch(batch);
    if (own !== undefined) onQuotes(venue, own, injectedNs);
  }
}

type Showing = {
  batch: Tick[];
  injectedNs: Nanoseconds;
  onQuotes(venue: number, quotes: Tick[], injectedNs: Nanoseconds): void;
};

/** How long a venue is off by as much. */
const STRETCH_NS = 5 * SECOND_NS;
const OFF_INCREMENTS = [-2, 0, 2] as const;

/** Both sides of each quote moved alike, by an amount that changes with the market's time. */
export function quotesOff(batch: readonly Tick[], venue: number): Quote[] {
  return batch.flatMap(tick => {
    if (tick.kind !== 'quote') return [];
    const stretch = Math.floor(tick.exchangeTimeNs / STRETCH_NS);
    const off = OFF_INCREMENTS[(stretch + venue) % OFF_INCREMENTS.length]!;
    const bidIncrements = tick.bidIncrements + off;
    return [{ ...tick, bidIncrements, askIncrements: tick.askIncrements + off }];
  });
}
