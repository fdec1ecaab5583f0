/** A live feed on its socket: hosts the machine of `stepFeed`, which knows neither. */
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import {
  type Clock,
  type Nanoseconds,
  OutriderError,
  type Random,
  type TimerHandle,
  type Timers,
} from '#engine';
import type { Instrument } from '../instrument.ts';
import type { Tick } from '../tick.ts';
import { createFeedBooks } from './feed-books.ts';
import type { FeedAction, FeedEffects, FeedEvent, FeedPhase } from './feed-event.ts';
import { CONNECT_NS, createFeedState, type FeedState, isOpen, stepFeed } from './feed-step.ts';
import { httpGet, retryAfter } from './http-get.ts';
import type { Venue } from './venue.ts';

export type LiveFeedOptions = {
  venue: Venue;
  /** `venueSymbol` names each at the venue; ticks name it by its index here. */
  instruments: readonly Instrument[];
  originNs: bigint;
  /** Nanoseconds since the origin: stamps receive times. */
  clock: Clock;
  timers: Timers;
  /** Of back-offs. */
  random: Random;
  /** In place of the venue's own addresses. */
  urls?: FeedUrls | undefined;
  /** What one message made; the list is the receiver's. */
  onTicks(ticks: Tick[], receiveTimeNs: Nanoseconds): void;
  /** Each time something was lost; a tick says so too. */
  onGap(gap: { instrument: number; reason: string }): void;
  onPhase?(phase: FeedPhase): void;
  /** Worth a line of a log: lost, stale, live. */
  onProblem(text: string): void;
  /** Once, where the venue refuses for good (`protocol`). */
  onEnd(error: OutriderError): void;
  /** Everything that a replay needs, in order. */
  onRecord?(record: FeedRecord, receiveTimeNs: Nanoseconds): void;
};

/** What the exchange said, and where a connection began and ended. */
export type FeedRecord =
  | { kind: 'message'; text: string }
  | { kind: 'opened' }
  | { kind: 'closed'; reason: string }
  /** Over HTTP, to the snapshot of an instrument. */
  | { kind: 'answer'; instrument: number; text: string };

export type FeedUrls = { socket: string; rest: string };

export type LiveFeed = {
  readonly phase: FeedPhase;
  readonly isLive: boolean;
  /** By how much the exchange's clock has left ours since the feed began; + is ahead. */
  clockLeftNs(): Nanoseconds;
  /**
   * How far the exchange's clock is ahead of ours, less the way of its quickest message; undefined
   * before its first.
   */
  clockAheadNs(): Nanoseconds | undefined;
  /** Nothing is called afterwards. */
  close(): void;
};

type Host = {
  options: LiveFeedOptions;
  urls: FeedUrls;
  state: FeedState;
  effects: FeedEffects;
  socket: WebSocket | undefined;
  timer: { handle: TimerHandle; atNs: Nanoseconds } | undefined;
  phase: FeedPhase;
  isClosed: boolean;
};

export function openLiveFeed(options: LiveFeedOptions): LiveFeed {
  const { venue, instruments, originNs, clock, random } = options;
  const books = createFeedBooks({ venue, instruments, originNs });
  const host: Host = {
    options,
    urls: options.urls ?? { socket: venue.terms.url, rest: venue.terms.restUrl },
    state: createFeedState({ terms: venue.terms, books, random }, clock.nowNs()),
    effects: { actions: [], wakeNs: Number.POSITIVE_INFINITY },
    ...{ socket: undefined, timer: undefined, phase: 'back-off', isClosed: false },
  };
  step(host, { kind: 'wake' });
  return {
    get phase() {
      return host.state.phase;
    },
    get isLive() {
      return books.isLive;
    },
    clockLeftNs: () => books.clock.leftNs(),
    clockAheadNs() {
      const { quickestNs } = books.clock;
      return quickestNs === undefined ? undefined : -quickestNs;
    },
    close() {
      host.isClosed = true;
      host.timer?.handle.cancel();
      drop(host);
    },
  };
}

/** Of `--feed-url`: the socket there, with the venue's path where it has none, HTTP beside it. */
export function urlsAt(given: string, { terms }: Venue): FeedUrls {
  const url = new URL(given);
  if (url.pathname === '/') url.pathname = new URL(terms.url).pathname;
  const protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
  return { socket: url.href, rest: `${protocol}//${url.host}` };
}

function step(host: Host, event: FeedEvent): void {
  if (host.isClosed) return;
  const { options, state, effects } = host;
  const nowNs = options.clock.nowNs();
  const wasOpen = isOpen(state);
  const record = options.onRecord && recordOf(state, event);
  if (record !== undefined) options.onRecord?.(record, nowNs);
  stepFeed(state, { ...event, nowNs }, effects);
  if (wasOpen && !isOpen(state)) options.onRecord?.({ kind: 'closed', reason: state.lost }, nowNs);
  handOn(host, nowNs);
  if (state.phase !== host.phase) {
    host.phase = state.phase;
    options.onPhase?.(state.phase);
  }
  for (const action of effects.actions.splice(0)) act(host, action);
  keepTimer(host);
}

function recordOf(state: FeedState, event: FeedEvent): FeedRecord | undefined {
  switch (event.kind) {
    case 'opened':
      return { kind: 'opened' };
    case 'message':
      return isOpen(state) ? event : undefined;
    case 'answer': {
      const instrument = state.asked.findIndex(asked => asked?.request === event.id);
      return instrument < 0 ? undefined : { kind: 'answer', instrument, text: event.text };
    }
    case 'wake':
    case 'alive':
    case 'closed':
    case 'unanswered':
      return undefined;
  }
}

function handOn({ options, state }: Host, nowNs: Nanoseconds): void {
  const { output } = state.books;
  const { ticks } = output;
  if (output.gaps.length > 0) for (const gap of output.gaps.splice(0)) options.onGap(gap);
  if (ticks.length === 0) return;
  output.ticks = [];
  options.onTicks(ticks, nowNs);
}

/** A wake too early does no harm, so a timer is only ever brought forward. */
function keepTimer(host: Host): void {
  const { options, effects, timer, isClosed } = host;
  if (isClosed || (timer !== undefined && timer.atNs <= effects.wakeNs)) return;
  timer?.handle.cancel();
  host.timer = undefined;
  if (effects.wakeNs === Number.POSITIVE_INFINITY) return;
  const atNs = effects.wakeNs;
  const handle = options.timers.at(atNs, () => {
    host.timer = undefined;
    step(host, { kind: 'wake' });
  });
  host.timer = { handle, atNs };
}

function act(host: Host, action: FeedAction): void {
  const { options, socket } = host;
  switch (action.kind) {
    case 'connect':
      connect(host);
      return;
    case 'disconnect':
      drop(host);
      return;
    case 'send':
      if (socket?.readyState === WebSocket.OPEN) socket.send(action.text);
      return;
    case 'ping':
      if (socket?.readyState === WebSocket.OPEN) socket.ping();
      return;
    case 'request':
      void request(host, action.id, `${host.urls.rest}${action.path}`);
      return;
    case 'tell':
      options.onProblem(`${options.venue.title}: ${action.text}`);
      return;
    case 'end':
      options.onEnd(new OutriderError('protocol', `feed ${options.venue.name}: ${action.reason}`));
      return;
  }
}

/** At once: whatever it still says is not heard. */
function drop(host: Host): void {
  const { socket } = host;
  if (socket === undefined) return;
  host.socket = undefined;
  socket.removeAllListeners();
  // A socket that is ended while it connects says so by an error.
  socket.on('error', () => {});
  socket.terminate();
}

async function request(host: Host, id: number, url: string): Promise<void> {
  const answer = await httpGet(url);
  if (answer.kind === 'text') step(host, { kind: 'answer', id, text: answer.text });
  else step(host, { ...answer, kind: 'unanswered', id });
}

function connect(host: Host): void {
  drop(host);
  const { messageBytesMax } = host.options.venue.terms;
  const socket = new WebSocket(host.urls.socket, {
    maxPayload: messageBytesMax,
    handshakeTimeout: CONNECT_NS / 1e6,
    perMessageDeflate: false,
  });
  host.socket = socket;
  let failure: string | undefined;
  const over = (reason: string, retryAfterNs?: Nanoseconds) => {
    drop(host);
    step(host, { kind: 'closed', reason, retryAfterNs });
  };
  socket.on('open', () => step(host, { kind: 'opened' }));
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) over(`a binary message of ${data.length} bytes`);
    else step(host, { kind: 'message', text: data.toString() });
  });
  socket.on('ping', () => step(host, { kind: 'alive' }));
  socket.on('pong', () => step(host, { kind: 'alive' }));
  socket.on('unexpected-response', (_, { statusCode, headers }: IncomingMessage) =>
    over(`HTTP ${statusCode} in place of a WebSocket`, retryAfter(headers['retry-after'])),
  );
  socket.on('error', (error: Error & { code?: string }) => {
    failure = failureText(error, messageBytesMax);
  });
  socket.on('close', (code: number, reason: Buffer) =>
    over(failure ?? `closed by the venue: ${code} ${reason.toString().slice(0, 120)}`.trim()),
  );
}

function failureText({ code, message }: Error & { code?: string }, bytesMax: number): string {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
    return `a message of more than ${bytesMax} bytes`;
  return message === '' ? String(code) : message;
}
