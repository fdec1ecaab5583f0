/** What an edge and a gateway of another process say to each other, frame by frame. */
import {
  type ByteReader,
  type ByteWriter,
  badFrame,
  createFrameEncoder,
  type FrameEncoder,
  type Nanoseconds,
  OutriderError,
} from '#engine';
import {
  INSTRUMENTS_TEXT_BYTES_MAX,
  type Instrument,
  instrumentsText,
  readInstruments,
} from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';
import { readQuote, writeQuote } from '../quote-record.ts';
import type { Signal } from '../signal.ts';
import { readSignal, writeSignal } from '../signal-record.ts';

/*
   edge                              gateway
   hello: version, strategy,
          group, instruments   ───▶
                               ◀─── welcome; then the strategy's position of each instrument
                               ◀─── quotes wanted, to the one edge that is to give them
   signal, quotes as wanted ─────▶
                               ◀─── position, whenever one changes
   bye ──────────────────────────▶  others of its group have its instruments by now
   ping ─────────────────────────▶  every PING_NS: without a word for EDGE_LOST_NS it is gone
                               ◀─── pong

   hello     1  version u16 | strategy text: its name, or empty | group text, member text: of edges
                that share the instruments, or empty | instruments text (JSON)
   welcome   2  (nothing)
   signal    3  as in the gateway's log (../record.ts), times counted from the moment of sending;
                its strategy is 0: that of hello | ticks varint: of its instrument that the group
                had taken, 0 without a group
   position  4  instrument varint | lots zig-zag
   ping      5  (nothing)
   pong      6  (nothing)
   quote     7  as in the gateway's log (../quote-record.ts), likewise
   quotes    8  count varint | of each instrument: least ns between two quotes varint, 0: none
    -wanted
   bye       9  (nothing)

   Two processes have two clocks, so a signal's times travel as ages: the edge counts decision, tick
   and forecast from its now, the gateway from its own when the frame is read, and the difference of
   the clocks drops out. What the way took is not in the age. It is bounded: a connection that hands
   nothing on for EDGE_LOST_NS is dropped with what is in it.
*/
const VERSION = 5;
/** As long as a name of the desk file may be, and more. */
const STRATEGY_BYTES_MAX = 64;
/** As a broker's names of groups may be for our edges. */
const GROUP_BYTES_MAX = 100;
/** Beyond any market: more is damage. */
const QUOTE_LOTS_MAX = 1_000_000_000;
const KINDS = {
  ...{ hello: 1, welcome: 2, signal: 3, position: 4, ping: 5, pong: 6, quote: 7 },
  ...{ 'quotes-wanted': 8, bye: 9 },
} as const;

/** An edge of a group: its name is no other's that lives. */
export type EdgeMember = { readonly group: string; readonly member: string };

export type FromEdge =
  /**
   * `strategy`: its name, or '' for the only one that the gateway has. `group`: of the edges that
   * decide for it together, each for some instruments; none for one that is alone.
   */
  | { kind: 'hello'; strategy: string; instruments: Instrument[]; group?: EdgeMember | undefined }
  /** `ticks`: how many of its instrument the group had taken; of one that is alone none. */
  | { kind: 'signal'; signal: Signal; ticks?: number | undefined }
  | { kind: 'bye' }
  | { kind: 'quote'; quote: MarketQuote }
  | { kind: 'ping' };

export type FromGateway =
  | { kind: 'welcome' }
  /** By instrument; see `quoteIntervals`. */
  | { kind: 'quotes-wanted'; intervalsNs: readonly Nanoseconds[] }
  | { kind: 'position'; instrument: number; positionLots: number }
  | { kind: 'pong' };

/** `nowNs`: the sender's clock as the frame is made; only signals need it. */
export type LinkEncoder = (message: FromEdge | FromGateway, nowNs?: Nanoseconds) => Uint8Array;

export function createLinkEncoder(): LinkEncoder {
  const encode: FrameEncoder = createFrameEncoder();
  return (message, nowNs = 0) =>
    encode(KINDS[message.kind], fields => writeFields(fields, message, nowNs));
}

function writeFields(
  fields: ByteWriter,
  message: FromEdge | FromGateway,
  nowNs: Nanoseconds,
): void {
  switch (message.kind) {
    case 'hello':
      fields.u16('version', VERSION);
      fields.text('strategy', message.strategy, STRATEGY_BYTES_MAX);
      fields.text('group', message.group?.group ?? '', GROUP_BYTES_MAX);
      fields.text('member', message.group?.member ?? '', GROUP_BYTES_MAX);
      fields.text('instruments', instrumentsText(message.instruments), INSTRUMENTS_TEXT_BYTES_MAX);
      return;
    case 'signal':
      writeSignal(fields, message.signal, nowNs);
      fields.varint('ticks', message.ticks ?? 0);
      return;
    case 'quote':
      writeQuote(fields, message.quote, nowNs);
      return;
    case 'quotes-wanted':
      fields.varint('quotes', message.intervalsNs.length);
      for (const intervalNs of message.intervalsNs) fields.varint('interval', intervalNs);
      return;
    case 'position':
      fields.varint('instrument', message.instrument);
      fields.zigZag('positionLots', message.positionLots);
      return;
    case 'welcome':
    case 'ping':
    case 'pong':
    case 'bye':
      return;
  }
}

/** What the reader knows: how many instruments hello named (0 before it), and its own clock. */
export type LinkReading = { instruments: number; nowNs: Nanoseconds };

/** What an edge may say; anything else is `bad-frame`, another version `protocol`. */
export function readFromEdge(kind: number, fields: ByteReader, reading: LinkReading): FromEdge {
  switch (kind) {
    case KINDS.hello:
      return readHello(fields);
    case KINDS.signal: {
      const signal = agedSignal(readSignal(fields, reading.nowNs), reading);
      const ticks = fields.varint('ticks');
      return ticks === 0 ? { kind: 'signal', signal } : { kind: 'signal', signal, ticks };
    }
    case KINDS.quote:
      return { kind: 'quote', quote: agedQuote(readQuote(fields, reading.nowNs), reading) };
    case KINDS.ping:
      return { kind: 'ping' };
    case KINDS.bye:
      return { kind: 'bye' };
    default:
      throw badFrame(`kind is ${kind}`, 'an edge sends hello, signals, quotes, pings and bye');
  }
}

function readHello(fields: ByteReader): FromEdge {
  checkVersion(fields.u16('version'));
  const strategy = fields.text('strategy', STRATEGY_BYTES_MAX);
  const group = fields.text('group', GROUP_BYTES_MAX);
  const member = fields.text('member', GROUP_BYTES_MAX);
  const instruments = readInstruments(fields.text('instruments', INSTRUMENTS_TEXT_BYTES_MAX));
  const hello = { kind: 'hello', strategy, instruments } as const;
  return group === '' ? hello : { ...hello, group: { group, member } };
}

export function readFromGateway(
  kind: number,
  fields: ByteReader,
  { instruments }: Pick<LinkReading, 'instruments'>,
): FromGateway {
  switch (kind) {
    case KINDS.welcome:
      return { kind: 'welcome' };
    case KINDS['quotes-wanted']:
      return { kind: 'quotes-wanted', intervalsNs: readIntervals(fields, instruments) };
    case KINDS.position: {
      const instrument = checkInstrument(fields.varint('instrument'), instruments);
      return { kind: 'position', instrument, positionLots: fields.zigZag('positionLots') };
    }
    case KINDS.pong:
      return { kind: 'pong' };
    default:
      throw badFrame(
        `kind is ${kind}`,
        'a gateway sends welcome, positions, quotes wanted and pongs',
      );
  }
}

/** A time that is still to come would never be too old: nothing has an age below zero. */
function agedSignal(signal: Signal, { instruments, nowNs }: LinkReading): Signal {
  checkInstrument(signal.instrument, instruments);
  if (signal.strategy !== 0) throw badFrame(`strategy is ${signal.strategy}`, 'give 0');
  if (signal.forecastId.length !== 32) {
    throw badFrame(`forecastId has ${signal.forecastId.length} hex digits`, 'give 32');
  }
  const aged = {
    ...signal,
    timeNs: Math.min(signal.timeNs, nowNs),
    tickTimeNs: Math.min(signal.tickTimeNs, nowNs),
    forecastTimeNs: Math.min(signal.forecastTimeNs, nowNs),
  };
  const oldestNs = Math.min(aged.timeNs, aged.tickTimeNs, aged.forecastTimeNs);
  if (Number.isSafeInteger(oldestNs)) return aged;
  throw badFrame('an age is beyond 2^53 ns', 'count ages from the moment of sending');
}

/** As of a signal; an edge knows no venues. */
function agedQuote(quote: MarketQuote, { instruments, nowNs }: LinkReading): MarketQuote {
  checkInstrument(quote.instrument, instruments);
  if (quote.venue !== undefined) throw badFrame(`quote of venue ${quote.venue}`, 'give 0: none');
  const lots = Math.max(quote.bidLots, quote.askLots, quote.tradedLots);
  if (lots > QUOTE_LOTS_MAX) throw badFrame(`a quote of ${lots} lots`, `give ${QUOTE_LOTS_MAX}`);
  if (!Number.isSafeInteger(quote.tickTimeNs)) {
    throw badFrame('an age is beyond 2^53 ns', 'count ages from the moment of sending');
  }
  return { ...quote, tickTimeNs: Math.min(quote.tickTimeNs, nowNs) };
}

function readIntervals(fields: ByteReader, instruments: number): Nanoseconds[] {
  const count = fields.varint('quotes');
  if (count !== instruments) {
    throw badFrame(
      `quotes wanted has ${count} intervals`,
      `hello names ${instruments} instruments`,
    );
  }
  return Array.from({ length: count }, () => fields.varint('interval'));
}

function checkInstrument(instrument: number, instruments: number): number {
  if (instrument < instruments) return instrument;
  throw badFrame(`instrument is ${instrument}`, `hello names ${instruments}, from 0 on`);
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  const message = `the other side's link version is ${version}, this side's ${VERSION}`;
  throw new OutriderError('protocol', `${message}; bring both sides to the same release`);
}
