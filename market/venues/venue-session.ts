/** A connection's talk with a venue: what is sent, what is understood, what is wrong with it. */
import type { Nanoseconds } from '#engine';
import type { MarketBook } from './market-book.ts';

export type SessionOptions = {
  /** By the venue's symbols. */
  books: ReadonlyMap<string, MarketBook>;
  originNs: bigint;
  /** Notes a message's exchange time, for the clock. */
  noteTime(exchangeTimeNs: Nanoseconds): void;
};

export type VenueSession = {
  /** Sent first, in this order. */
  readonly subscribe: readonly string[];
  /** Subscriptions that the venue has not confirmed yet. */
  readonly unacknowledged: number;
  /** Takes what was parsed of a message; undefined where nothing is wrong with it. */
  take(message: unknown): Trouble | undefined;
  /** How a book that waits gets its snapshot. */
  resync(book: MarketBook): Resync;
  /** The answer to a request of `resync`. */
  takeAnswer?(book: MarketBook, answer: unknown): Trouble | undefined;
};

export type Resync = { send: readonly string[] } | { request: string } | 'nothing';

export type Trouble = {
  /**
   * `refused`: the venue will not send what was asked for; `malformed`: a message that is none;
   * `restart`: the venue says that it will close.
   */
  kind: 'refused' | 'malformed' | 'restart';
  reason: string;
};

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined;

export const malformed = (reason: string): Trouble => ({ kind: 'malformed', reason });
