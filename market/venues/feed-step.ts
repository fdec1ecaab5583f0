/** A feed's connection as a state machine: one event and a time in, actions and ticks out. */
import { type Nanoseconds, type Random, SECOND_NS } from '#engine';
import { backOffNs } from './back-off.ts';
import type { FeedBooks } from './feed-books.ts';
import type { FeedEffects, FeedEvent, FeedPhase } from './feed-event.ts';
import type { MarketBook } from './market-book.ts';
import type { VenueTerms } from './venue.ts';
import type { Trouble } from './venue-session.ts';

export type FeedState = {
  readonly terms: VenueTerms;
  readonly books: FeedBooks;
  readonly random: Random;
  phase: FeedPhase;
  phaseSinceNs: Nanoseconds;
  /** Connections in a row that did not last. */
  failures: number;
  refusals: number;
  /** Why the last connection ended. */
  lost: string;
  connectAtNs: Nanoseconds;
  heardNs: Nanoseconds;
  pingedNs: Nanoseconds;
  /** Messages that wait for their turn. */
  outbox: string[];
  sendAtNs: Nanoseconds;
  requestAtNs: Nanoseconds;
  /** Snapshots under way, by the book's index. */
  asked: (Asked | undefined)[];
  /** Snapshots asked for since `resyncsSinceNs`, by the book's index. */
  resyncs: number[];
  resyncsSinceNs: Nanoseconds;
  nextRequest: number;
  /** Nothing but a message needs a step before. */
  dueNs: Nanoseconds;
};

type Asked = { atNs: Nanoseconds; request: number | undefined };

/** For the handshakes of TCP, TLS and WebSocket. */
export const CONNECT_NS = 10 * SECOND_NS;
/** For all channels to be confirmed. */
const SUBSCRIBE_NS = 15 * SECOND_NS;
/** For a snapshot that was asked for. */
const SNAPSHOT_NS = 10 * SECOND_NS;
/** A connection that was live this long was none that failed. */
const STABLE_NS = 60 * SECOND_NS;
/** Subscriptions refused in a row before the feed is given up. */
const REFUSALS_MAX = 3;
/** Snapshots of a book in a minute before the connection is given up. */
const RESYNCS_MAX = 5;
const RESYNCS_NS = 60 * SECOND_NS;

export type FeedStateOptions = Pick<FeedState, 'terms' | 'books' | 'random'>;

export function createFeedState(options: FeedStateOptions, nowNs: Nanoseconds): FeedState {
  return {
    ...options,
    ...{ phase: 'back-off', phaseSinceNs: nowNs, failures: 0, refusals: 0, connectAtNs: nowNs },
    lost: '',
    ...{ heardNs: nowNs, pingedNs: nowNs, outbox: [], sendAtNs: nowNs, requestAtNs: nowNs },
    ...{ asked: [], resyncs: [], resyncsSinceNs: nowNs, nextRequest: 1, dueNs: nowNs },
  };
}

/** Ticks and gaps are appended to the books' output; `effects.wakeNs` is set anew. */
export function stepFeed(
  state: FeedState,
  { nowNs, ...event }: FeedEvent & { nowNs: Nanoseconds },
  effects: FeedEffects,
): void {
  if (state.phase === 'ended') return;
  const context = { nowNs, effects };
  takeEvent(state, event, context);
  const isQuiet = event.kind === 'message' && nowNs < state.dueNs && state.phase === 'live';
  if (!(isQuiet && state.books.isLive)) drive(state, context);
  effects.wakeNs = state.dueNs;
}

type Context = { nowNs: Nanoseconds; effects: FeedEffects };

function takeEvent(state: FeedState, event: FeedEvent, context: Context): void {
  const { nowNs } = context;
  switch (event.kind) {
    case 'wake':
      return;
    case 'opened':
      if (state.phase !== 'connecting') return;
      enter(state, 'subscribing', context);
      state.heardNs = state.pingedNs = nowNs;
      state.outbox = [...state.books.open()];
      state.asked = state.books.books.map(() =>
        state.terms.snapshots === 'sent' ? { atNs: nowNs, request: undefined } : undefined,
      );
      return;
    case 'alive':
      state.heardNs = nowNs;
      return;
    case 'message':
      if (!isOpen(state)) return;
      state.heardNs = nowNs;
      takeTrouble(state, state.books.take(event.text, nowNs), context);
      return;
    case 'closed':
      if (state.phase === 'back-off') return;
      lose(state, event.reason, { ...context, retryAfterNs: event.retryAfterNs });
      return;
    case 'answer':
    case 'unanswered':
      takeAnswer(state, event, context);
      return;
  }
}

/** Whether there is a connection on which messages may come. */
export const isOpen = ({ phase }: Pick<FeedState, 'phase'>): boolean =>
  phase !== 'back-off' && phase !== 'connecting' && phase !== 'ended';

function takeTrouble(state: FeedState, trouble: Trouble | undefined, context: Context): void {
  if (trouble === undefined) return;
  const { kind, reason } = trouble;
  if (kind === 'refused') state.refusals++;
  if (state.refusals >= REFUSALS_MAX) {
    finish(state, `the venue refuses the subscription: ${reason}`, context);
    return;
  }
  const told = { refused: 'subscription refused', malformed: 'message', restart: 'venue' }[kind];
  lose(state, `${told}: ${reason}`, { ...context, hangsUp: true });
}

function finish(state: FeedState, reason: string, context: Context): void {
  lose(state, reason, { ...context, hangsUp: true });
  state.phase = 'ended';
  state.dueNs = Number.POSITIVE_INFINITY;
  context.effects.actions.push({ kind: 'end', reason });
}

type Losing = Context & { retryAfterNs?: Nanoseconds | undefined; hangsUp?: boolean };

/** The connection is over: a gap everywhere, and another one after a while. */
function lose(state: FeedState, reason: string, losing: Losing): void {
  const { nowNs, effects, retryAfterNs = 0, hangsUp = false } = losing;
  if (hangsUp) effects.actions.push({ kind: 'disconnect', reason });
  state.lost = reason;
  state.books.close(reason, nowNs);
  noteStable(state, nowNs);
  state.failures++;
  const waitNs = Math.max(backOffNs(state.failures, state.random), retryAfterNs);
  // The last connection was asked for at `connectAtNs`.
  state.connectAtNs = Math.max(nowNs + waitNs, state.connectAtNs + state.terms.spacingNs.connect);
  state.outbox = [];
  state.asked = [];
  const seconds = ((state.connectAtNs - nowNs) / SECOND_NS).toFixed(1);
  effects.actions.push({ kind: 'tell', text: `${reason}; connecting again in ${seconds} s` });
  enter(state, 'back-off', losing);
}

/** A connection that fell silent, or lost a book, after it was live for long was a good one. */
function noteStable(state: FeedState, nowNs: Nanoseconds): void {
  if (state.phase === 'live' && nowNs - state.phaseSinceNs >= STABLE_NS) state.failures = 0;
}

function enter(state: FeedState, phase: FeedPhase, { nowNs }: Context): void {
  if (phase !== 'back-off') noteStable(state, nowNs);
  state.phase = phase;
  state.phaseSinceNs = nowNs;
}

type AnswerEvent = FeedEvent & { kind: 'answer' | 'unanswered' };

/** An answer to a request of an earlier connection is none. */
function takeAnswer(state: FeedState, event: AnswerEvent, context: Context): void {
  const { nowNs, effects } = context;
  const index = state.asked.findIndex(asked => asked?.request === event.id);
  const book = state.books.books[index];
  if (book === undefined) return;
  state.asked[index] = undefined;
  if (event.kind === 'answer') {
    const trouble = state.books.takeAnswer(book, event.text, nowNs);
    if (trouble === undefined) return;
    effects.actions.push({
      kind: 'tell',
      text: `snapshot of ${symbolOf(book)}: ${trouble.reason}`,
    });
    return;
  }
  const waitNs = backOffNs(Math.max(1, state.resyncs[index] ?? 1), state.random);
  state.requestAtNs = nowNs + Math.max(waitNs, event.retryAfterNs ?? 0);
  effects.actions.push({ kind: 'tell', text: `snapshot of ${symbolOf(book)}: ${event.reason}` });
}

const symbolOf = ({ instrument }: MarketBook) => instrument.symbol;

/** What time alone brings about, and when it next may. */
function drive(state: FeedState, context: Context): void {
  const { nowNs, effects } = context;
  switch (state.phase) {
    case 'ended':
      return;
    case 'back-off':
      state.dueNs = state.connectAtNs;
      if (nowNs < state.connectAtNs) return;
      enter(state, 'connecting', context);
      effects.actions.push({ kind: 'connect' });
      state.connectAtNs = nowNs;
      state.dueNs = nowNs + CONNECT_NS;
      return;
    case 'connecting':
      state.dueNs = state.phaseSinceNs + CONNECT_NS;
      if (nowNs >= state.dueNs)
        hangUp(state, `no connection within ${CONNECT_NS / SECOND_NS} s`, context);
      return;
    case 'subscribing':
    case 'snapshot':
    case 'live':
    case 'stale':
      state.dueNs = Number.POSITIVE_INFINITY;
      keepAlive(state, context);
      if (isOpen(state)) followSubscription(state, context);
      if (isOpen(state)) askForBooks(state, context);
      if (isOpen(state)) sendNext(state, context);
      return;
  }
}

function hangUp(state: FeedState, reason: string, context: Context): void {
  lose(state, reason, { ...context, hangsUp: true });
  state.dueNs = state.connectAtNs;
}

const wakeAt = (state: FeedState, timeNs: Nanoseconds) => {
  state.dueNs = Math.min(state.dueNs, timeNs);
};

/** Pings, and a silence that pings do not end. */
function keepAlive(state: FeedState, context: Context): void {
  const { nowNs, effects } = context;
  const { ping, silenceNs } = state.terms;
  const silentNs = nowNs - state.heardNs;
  if (silentNs >= 2 * silenceNs) {
    hangUp(state, `silent for ${(silentNs / SECOND_NS).toFixed(1)} s`, context);
    return;
  }
  const isStale = silentNs >= silenceNs;
  if (isStale && state.phase !== 'stale') {
    effects.actions.push({ kind: 'tell', text: `silent for ${silenceNs / SECOND_NS} s: stale` });
    enter(state, 'stale', context);
    pingNow(state, context);
  }
  if (!isStale && state.phase === 'stale') {
    enter(state, state.books.unacknowledged === 0 ? 'snapshot' : 'subscribing', context);
  }
  if (nowNs >= state.pingedNs + ping.everyNs) pingNow(state, context);
  wakeAt(state, state.pingedNs + ping.everyNs);
  wakeAt(state, state.heardNs + (isStale ? 2 : 1) * silenceNs);
}

function pingNow(state: FeedState, { nowNs, effects }: Context): void {
  const { text } = state.terms.ping;
  state.pingedNs = nowNs;
  effects.actions.push(text === 'frame' ? { kind: 'ping' } : { kind: 'send', text });
}

function followSubscription(state: FeedState, context: Context): void {
  const { nowNs, effects } = context;
  const { books } = state;
  switch (state.phase) {
    case 'subscribing':
      if (books.unacknowledged === 0) {
        state.refusals = 0;
        enter(state, 'snapshot', context);
        followSubscription(state, context);
        return;
      }
      if (nowNs < state.phaseSinceNs + SUBSCRIBE_NS) {
        wakeAt(state, state.phaseSinceNs + SUBSCRIBE_NS);
        return;
      }
      hangUp(state, `${books.unacknowledged} subscriptions without an answer`, context);
      return;
    case 'snapshot':
      if (!books.isLive) return;
      effects.actions.push({ kind: 'tell', text: 'live' });
      enter(state, 'live', context);
      return;
    case 'live':
      if (!books.isLive) enter(state, 'snapshot', context);
      return;
    default:
      return;
  }
}

/** Every book that waits has a snapshot under way, or will have one when it may be asked for. */
function askForBooks(state: FeedState, context: Context): void {
  const { nowNs } = context;
  if (nowNs >= state.resyncsSinceNs + RESYNCS_NS) {
    state.resyncs = [];
    state.resyncsSinceNs = nowNs;
  }
  for (const book of state.books.books) {
    const asked = state.asked[book.index];
    if (book.state === 'live') {
      state.asked[book.index] = undefined;
    } else if (asked !== undefined && nowNs < asked.atNs + SNAPSHOT_NS) {
      wakeAt(state, asked.atNs + SNAPSHOT_NS);
    } else if (!askFor(state, book, context)) {
      return;
    }
  }
}

/** False where that ended the connection. */
function askFor(state: FeedState, book: MarketBook, { nowNs, effects }: Context): boolean {
  const { index } = book;
  const resync = state.books.resync(book);
  if (resync === 'nothing') return true;
  const isRequest = 'request' in resync;
  if (isRequest && nowNs < state.requestAtNs) {
    wakeAt(state, state.requestAtNs);
    return true;
  }
  const tries = (state.resyncs[index] ?? 0) + 1;
  state.resyncs[index] = tries;
  if (tries > RESYNCS_MAX) {
    hangUp(state, `${symbolOf(book)}: ${RESYNCS_MAX} snapshots in a minute did not help`, {
      ...{ nowNs, effects },
    });
    state.resyncs = [];
    return false;
  }
  const request = isRequest ? state.nextRequest++ : undefined;
  state.asked[index] = { atNs: nowNs, request };
  wakeAt(state, nowNs + SNAPSHOT_NS);
  if (isRequest) {
    state.requestAtNs = nowNs + state.terms.spacingNs.request;
    effects.actions.push({ kind: 'request', id: request!, path: resync.request });
  } else {
    state.outbox.push(...resync.send);
  }
  return true;
}

function sendNext(state: FeedState, { nowNs, effects }: Context): void {
  const [text] = state.outbox;
  if (text === undefined) return;
  if (nowNs >= state.sendAtNs) {
    state.outbox.shift();
    effects.actions.push({ kind: 'send', text });
    state.sendAtNs = nowNs + state.terms.spacingNs.send;
  }
  if (state.outbox.length > 0) wakeAt(state, state.sendAtNs);
}
