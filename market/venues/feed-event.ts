/** What happens to a feed and what it has done about it: the words of `stepFeed`. */
import type { Nanoseconds } from '#engine';

/**
 * `connecting` until the socket is open, `subscribing` until every channel is confirmed, `snapshot`
 * until every book has one, then `live`; `stale` after a silence, `back-off` between connections.
 */
export type FeedPhase =
  | 'back-off'
  | 'connecting'
  | 'subscribing'
  | 'snapshot'
  | 'live'
  | 'stale'
  | 'ended';

export type FeedEvent =
  /** A time that was asked for has come. */
  | { kind: 'wake' }
  | { kind: 'opened' }
  /** A whole text message. */
  | { kind: 'message'; text: string }
  /** A ping or pong of WebSocket itself. */
  | { kind: 'alive' }
  /** The connection is over, or none was to be had. */
  | { kind: 'closed'; reason: string; retryAfterNs?: Nanoseconds | undefined }
  | { kind: 'answer'; id: number; text: string }
  | { kind: 'unanswered'; id: number; reason: string; retryAfterNs?: Nanoseconds | undefined };

export type FeedAction =
  | { kind: 'connect' }
  | { kind: 'disconnect'; reason: string }
  | { kind: 'send'; text: string }
  /** A ping of WebSocket itself. */
  | { kind: 'ping' }
  /** HTTP GET below the venue's address. */
  | { kind: 'request'; id: number; path: string }
  | { kind: 'tell'; text: string }
  /** The feed cannot be had, whatever is tried. */
  | { kind: 'end'; reason: string };

export type FeedEffects = {
  actions: FeedAction[];
  /** When to step a `wake`, at the latest. */
  wakeNs: Nanoseconds;
};
