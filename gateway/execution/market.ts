/** What the market shows: the latest quote of each instrument and venue, and volume so far. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '../signal.ts';
import type { MarketQuote } from './market-quote.ts';

/** 0 lots: the feed does not say. */
export type Touch = {
  bidIncrements: number;
  askIncrements: number;
  bidLots: number;
  askLots: number;
  tickTimeNs: Nanoseconds;
};

/** Sums since the log began, of quotes of every venue. */
export type Volume = { tradedLots: number; bidLots: number; askLots: number };

export type InstrumentMarket = {
  /** Of the edge's feed, or of the latest signal. */
  edge: Touch | undefined;
  /** By venue, where the venue's own quotes are recorded. */
  venues: Map<number, Touch>;
  volume: Volume;
};

/** Sums stay whole numbers, whatever quotes say. */
const VOLUME_MAX = 2 ** 52;

export const createInstrumentMarket = (): InstrumentMarket => ({
  ...{ edge: undefined, venues: new Map() },
  volume: { tradedLots: 0, bidLots: 0, askLots: 0 },
});

export function takeQuote(market: InstrumentMarket, quote: MarketQuote): void {
  const { bidIncrements, askIncrements, bidLots, askLots, tickTimeNs } = quote;
  const touch: Touch = { bidIncrements, askIncrements, bidLots, askLots, tickTimeNs };
  if (quote.venue === undefined) market.edge = touch;
  else market.venues.set(quote.venue, touch);
  const { volume } = market;
  volume.tradedLots = Math.min(VOLUME_MAX, volume.tradedLots + quote.tradedLots);
  volume.bidLots = Math.min(VOLUME_MAX, volume.bidLots + bidLots);
  volume.askLots = Math.min(VOLUME_MAX, volume.askLots + askLots);
}

/** A signal's quote is the edge's, unless a younger one came before; it shows no sizes. */
export function takeSignalQuote(market: InstrumentMarket, signal: Signal): void {
  const { edge } = market;
  const { bidIncrements, askIncrements, tickTimeNs } = signal;
  if (edge !== undefined && tickTimeNs < edge.tickTimeNs) return;
  const isSame = edge?.bidIncrements === bidIncrements && edge.askIncrements === askIncrements;
  const { bidLots, askLots } = isSame ? edge : { bidLots: 0, askLots: 0 };
  market.edge = { bidIncrements, askIncrements, bidLots, askLots, tickTimeNs };
}

/** The venue's own latest quote; the edge's stands for a venue that has none of its own. */
export const touchAt = (
  { venues, edge }: InstrumentMarket,
  venue: number,
  hasFeed = false,
): Touch | undefined => venues.get(venue) ?? (hasFeed ? undefined : edge);
