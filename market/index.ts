/** Market data: instruments, ticks and the readers that stream them. */

export { type BookChanges, bookChangesSchema } from './book-changes.ts';
export { type BookLevels, bookLevelsSchema } from './book-levels.ts';
export { messageLine, noteLine } from './captures/feed-recording.ts';
export { formatSteps, type Increment, incrementOf, parseSteps } from './decimal.ts';
export { type FeatureState, featureStateSchema } from './feature-state.ts';
export {
  createMarketFeatures,
  FEATURE_NAMES,
  type FeatureName,
  hasKeptBook,
  type KeptFeatures,
  type MarketFeatures,
} from './features.ts';
export {
  INSTRUMENTS_TEXT_BYTES_MAX,
  instrumentsDifference,
  instrumentsText,
  readInstruments,
} from './feed/instruments-text.ts';
export type { FeedHello } from './feed/protocol.ts';
export { type FeedPublisher, type PublishFeedOptions, publishFeed } from './feed/publish.ts';
export { type ConnectFeedOptions, connectFeed, type FeedSubscription } from './feed/subscribe.ts';
export type { Instrument } from './instrument.ts';
export {
  decodeInstrument,
  encodeInstrument,
  type InstrumentRecord,
  instrumentSchema,
} from './instrument-record.ts';
export { createKeptBook, type KeptBook } from './kept-book.ts';
export { mergeTicks } from './merge.ts';
export { type OpenedTicks, type OpenTicksOptions, openTicks } from './open-ticks.ts';
export { tinyZip } from './readers/tiny-zip.ts';
export {
  type InstrumentQuery,
  loadReferenceData,
  type ReferenceRow,
  referenceInstrument,
} from './reference-data.ts';
export { REJECT_REASONS, type ReadStats, type RejectReason } from './reject.ts';
export { type Sessions, sessionNumber, sessionsOf } from './session.ts';
export { type Bar, createBars, type SlowFeatures } from './slow/bars.ts';
export { createSlowPool, type SlowVersion } from './slow/slow-features.ts';
export { midHalfIncrements, type Quote, type Tick, type Trade } from './tick.ts';
export { readTick, writeTick } from './tick-record.ts';
export {
  createTickReader,
  createTickWriter,
  openTickRing,
  type TickReader,
  type TickWriter,
} from './tick-ring.ts';
export { createTickSlots, type TickSlots } from './tick-slots.ts';
export { type TopicTick, tickSchema } from './topic-tick.ts';
export { createExchangeClock } from './venues/exchange-clock.ts';
export { createFeedBooks, type FeedBooks } from './venues/feed-books.ts';
export {
  type FeedRecord,
  type FeedUrls,
  type LiveFeed,
  type LiveFeedOptions,
  openLiveFeed,
  urlsAt,
} from './venues/live-feed.ts';
export { fetchInstruments, parseFeedInstrument } from './venues/reference.ts';
export { VENUE_NAMES, type Venue } from './venues/venue.ts';
export { type ExchangeFeed, namesExchange, parseExchangeFeed } from './venues/venues.ts';
