/** What a feed and its subscriber say to each other, frame by frame. */
import {
  type ByteReader,
  type ByteWriter,
  badFrame,
  createFrameEncoder,
  type FrameEncoder,
  type Nanoseconds,
  OutriderError,
} from '#engine';
import type { Instrument } from '../instrument.ts';
import type { Tick } from '../tick.ts';
import { readTick, writeTick } from '../tick-record.ts';
import {
  INSTRUMENTS_TEXT_BYTES_MAX,
  instrumentsText,
  readInstruments,
} from './instruments-text.ts';

/*
   subscriber                       feed
   greet: version ───────────────▶
                  ◀─────────────── hello: version, position, origin, instruments
   subscribe: sent time ─────────▶ (the first one of all starts the feed)
                  ◀─────────────── pong: that time back, the feed's clock
                  ◀─────────────── batch ... batch ... finished
   ping: sent time ──────────────▶ every PING_NS: keeps both sides sure of each other
                  ◀─────────────── pong

   greet      1  version u16
   hello      2  version u16 | position 8 | originNs text | instruments text (JSON)
   subscribe  3  sent 8
   ping       4  sent 8
   pong       5  sent 8 | now 8
   batch      6  injected 8 | ticks varint | ticks, see tick-record.ts, counted from `injected`
   finished   7  (nothing)

   Frames: see engine/network. Times are nanoseconds since the origin, of the feed's clock; `sent`
   is the subscriber's own and comes back as it was.
*/
const VERSION = 1;
const KINDS = {
  ...{ greet: 1, hello: 2, subscribe: 3, ping: 4, pong: 5, batch: 6, finished: 7 },
} as const;

/** Ticks of one batch; a longer one is sent as several. */
export const BATCH_TICKS_MAX = 1024;
const ORIGIN_DIGITS_MAX = 20;

export type FeedHello = {
  originNs: bigint;
  instruments: Instrument[];
  /** Where the feed's clock stands: before the first subscriber, at its first tick. */
  positionNs: Nanoseconds;
};

export type FromSubscriber =
  | { kind: 'greet' }
  | { kind: 'subscribe' | 'ping'; sentNs: Nanoseconds };

export type FromFeed =
  | ({ kind: 'hello' } & FeedHello)
  | { kind: 'pong'; sentNs: Nanoseconds; nowNs: Nanoseconds }
  | { kind: 'batch'; injectedNs: Nanoseconds; ticks: Tick[] }
  | { kind: 'finished' };

type Message = FromSubscriber | FromFeed;

export function createFeedEncoder(): (message: Message) => Uint8Array {
  const encode: FrameEncoder = createFrameEncoder();
  return message => encode(KINDS[message.kind], fields => writeFields(fields, message));
}

function writeFields(fields: ByteWriter, message: Message): void {
  switch (message.kind) {
    case 'greet':
      fields.u16('version', VERSION);
      return;
    case 'hello':
      fields.u16('version', VERSION);
      fields.safeInteger('position', message.positionNs);
      fields.text('originNs', String(message.originNs), ORIGIN_DIGITS_MAX);
      fields.text('instruments', instrumentsText(message.instruments), INSTRUMENTS_TEXT_BYTES_MAX);
      return;
    case 'subscribe':
    case 'ping':
      fields.safeInteger('sent', message.sentNs);
      return;
    case 'pong':
      fields.safeInteger('sent', message.sentNs);
      fields.safeInteger('now', message.nowNs);
      return;
    case 'batch':
      fields.safeInteger('injected', message.injectedNs);
      fields.varint('ticks', message.ticks.length);
      for (const tick of message.ticks) writeTick(fields, tick, message.injectedNs);
      return;
    case 'finished':
      return;
  }
}

/** What a subscriber may say; anything else is `bad-frame`, another version `protocol`. */
export function readFromSubscriber(kind: number, fields: ByteReader): FromSubscriber {
  switch (kind) {
    case KINDS.greet:
      checkVersion(fields.u16('version'));
      return { kind: 'greet' };
    case KINDS.subscribe:
    case KINDS.ping: {
      const sentNs = fields.safeInteger('sent');
      return { kind: kind === KINDS.ping ? 'ping' : 'subscribe', sentNs };
    }
    default:
      throw badFrame(`kind is ${kind}`, 'a subscriber greets, subscribes and pings');
  }
}

/** What a feed of so many instruments may say (none known before its hello). */
export function readFromFeed(kind: number, fields: ByteReader, instruments: number): FromFeed {
  switch (kind) {
    case KINDS.hello:
      checkVersion(fields.u16('version'));
      return {
        kind: 'hello',
        positionNs: fields.safeInteger('position'),
        originNs: readOrigin(fields.text('originNs', ORIGIN_DIGITS_MAX)),
        instruments: readInstruments(fields.text('instruments', INSTRUMENTS_TEXT_BYTES_MAX)),
      };
    case KINDS.pong:
      return {
        kind: 'pong',
        sentNs: fields.safeInteger('sent'),
        nowNs: fields.safeInteger('now'),
      };
    case KINDS.batch:
      return readBatch(fields, instruments);
    case KINDS.finished:
      return { kind: 'finished' };
    default:
      throw badFrame(`kind is ${kind}`, 'a feed sends hello, pong, batches and its end');
  }
}

function readBatch(fields: ByteReader, instruments: number): FromFeed {
  const injectedNs = fields.safeInteger('injected');
  const count = fields.varint('ticks');
  if (count < 1 || count > BATCH_TICKS_MAX) {
    throw badFrame(`ticks is ${count}`, `send 1 to ${BATCH_TICKS_MAX} at once`);
  }
  const ticks: Tick[] = [];
  while (ticks.length < count) {
    const tick = readTick(fields, injectedNs);
    checkTick(tick, instruments);
    ticks.push(tick);
  }
  return { kind: 'batch', injectedNs, ticks };
}

function checkTick(tick: Tick, instruments: number): void {
  if (tick.instrument >= instruments) {
    throw badFrame(`instrument is ${tick.instrument}`, `hello names ${instruments}, from 0 on`);
  }
  if (!Number.isSafeInteger(tick.exchangeTimeNs)) {
    throw badFrame('exchangeTime is beyond 2^53 ns', 'count times from the feed’s origin');
  }
  if (tick.kind === 'quote' && tick.askIncrements < tick.bidIncrements) {
    const { bidIncrements, askIncrements } = tick;
    throw badFrame(`ask is ${askIncrements}, bid ${bidIncrements}`, 'crossed quotes are no market');
  }
}

function readOrigin(text: string): bigint {
  if (/^\d+$/.test(text)) return BigInt(text);
  throw badFrame(`originNs is ${JSON.stringify(text)}`, 'give Unix nanoseconds');
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  const message = `the other side's feed version is ${version}, this side's ${VERSION}`;
  throw new OutriderError('protocol', `${message}; bring both sides to the same release`);
}
