/** Opens recordings as one stream of ticks in exchange-time order, with their instruments. */
import { dirname } from 'node:path';
import { DAY_NS, invariant, MILLISECOND_NS, midnightBefore, OutriderError } from '#engine';
import {
  captureInstrument,
  captureTicks,
  dateOf,
  joinCaptures,
  openCapture,
} from './captures/capture-stream.ts';
import { type FeedRecording, openFeedRecording, replayFeed } from './captures/feed-replay.ts';
import { sortPaths } from './captures/find-captures.ts';
import { incrementOf, stepsParser } from './decimal.ts';
import { findStreams } from './find-streams.ts';
import type { Instrument } from './instrument.ts';
import { mergeTicks } from './merge.ts';
import { streamTicks } from './readers/lean-stream.ts';
import { type Recording, recordingsOf, type Unreadable } from './recordings.ts';
import { loadReferenceData, type ReferenceRow } from './reference-data.ts';
import { newReadStats, noteError, REJECT_REASONS, type ReadStats, sumReadStats } from './reject.ts';
import type { Tick } from './tick.ts';

export type OpenTicksOptions = {
  /**
   * Zips, or folders of *_quote.zip and *_trade.zip; raw captures (gzip), or folders of them. Each
   * folder is a venue of its own.
   */
  paths: readonly string[];
  /** Zone of all recorded times, IANA name or fixed offset; default: each instrument's own. */
  timeZone?: string | undefined;
  /** Unix nanoseconds of time 0; default: the UTC midnight at or before the first tick. */
  originNs?: bigint | undefined;
  /** Instruments to read: `EURUSD`, `GC-201312`, or `GC` for all contracts; default: all. */
  symbols?: readonly string[] | undefined;
  /** Rows of the reference file; default: the shipped one. */
  reference?: readonly ReferenceRow[] | undefined;
};

export type OpenedTicks = {
  originNs: bigint;
  /** Ticks name an instrument by its index here. */
  instruments: Instrument[];
  /** The folder each instrument is recorded in: tells `EURUSD` from `EURUSD.2`. */
  folders: string[];
  /** Counts so far, over all instruments, with all damage met. */
  readonly stats: ReadStats;
  /** Counts so far of each instrument. */
  statsByInstrument: readonly ReadStats[];
  /** To be read once, in batches of at most 512. Damage ends a file, not the run: see `stats`. */
  ticks: AsyncIterable<Tick[]>;
};

/** One stream of ticks in time order, of one instrument. */
type Source = {
  instrument: number;
  folder: string;
  /** ISO dates of its files, and how an error names the first of them. */
  dates: string[];
  place: string;
  open(originNs: bigint, stats: ReadStats): AsyncIterable<Tick[]>;
};

type Found = {
  instruments: Instrument[];
  folders: string[];
  sources: Source[];
  unreadable: Unreadable[];
  /** Damage met on the way. */
  errors: string[];
};

/** Days a run can hold: times are exact to 2^53 ns. */
const RUN_DAYS_MAX = 104;

/**
 * Finds, names and looks into the recordings; only the first rows are read before it returns.
 * @throws OutriderError `bad-usage` for paths, symbols or zones that cannot be, `bad-data` when a
 * path or a folder holds nothing that can be read.
 */
export async function openTicks(options: OpenTicksOptions): Promise<OpenedTicks> {
  const reference = options.reference ?? loadReferenceData();
  const { captures, others } = await sortPaths(options.paths);
  const isCaptured = captures.length > 0 && others.length === 0;
  const given = { ...options, reference };
  const lean = isCaptured ? NOTHING : await findLean(others, given);
  const found = await addCaptures(lean, captures, given);
  const { instruments, folders, sources, unreadable, errors } = found;
  const originNs = await findOrigin(sources, unreadable, options.originNs);

  const statsByInstrument = instruments.map(newReadStats);
  const opening = newReadStats();
  for (const message of errors) noteError(opening, message);
  for (const { message } of unreadable) noteError(opening, message);
  const merged = mergeTicks(
    sources.map(source => source.open(originNs, statsByInstrument[source.instrument]!)),
  );
  return {
    ...{ originNs, instruments, folders },
    get stats() {
      return sumReadStats([opening, ...statsByInstrument]);
    },
    statsByInstrument,
    ticks: merged,
  };
}

const NOTHING: Found = { instruments: [], folders: [], sources: [], unreadable: [], errors: [] };

type FindOptions = OpenTicksOptions & { reference: readonly ReferenceRow[] };

async function findLean(paths: readonly string[], options: FindOptions): Promise<Found> {
  const { streams, errors } = await findStreams(paths);
  const { recordings, unreadable } = await recordingsOf(streams, options);
  return {
    instruments: recordings.map(recording => recording.instrument),
    folders: recordings.map(recording => recording.folder),
    sources: recordings.flatMap(sourcesOf),
    ...{ unreadable, errors },
  };
}

/** Behind the others, numbered on where an instrument of that name is there already. */
async function addCaptures(
  found: Found,
  paths: readonly string[],
  { reference, symbols }: FindOptions,
): Promise<Found> {
  const feeds = await Promise.all(paths.map(openFeedRecording));
  const others = paths.filter((_, at) => feeds[at] === undefined);
  const captures = joinCaptures(await Promise.all(others.map(openCapture)));
  const adding: Adding = {
    ...{ instruments: [...found.instruments], folders: [...found.folders] },
    ...{ sources: [...found.sources], symbols, names: [] },
  };
  for (const capture of captures) {
    add(adding, capture.symbol, (name, index) => {
      const instrument = captureInstrument(capture, name, reference);
      const { folder } = capture;
      return {
        ...{ instrument, folder, date: dateOf(capture), place: capture.files[0]!.path },
        open: (originNs, stats) => captureTicks(capture, { instrument, index, originNs, stats }),
      };
    });
  }
  for (const feed of feeds) if (feed !== undefined) addFeed(adding, feed);
  const { instruments, folders, sources, names } = adding;
  if (sources.length === 0 && paths.length > 0) {
    throw usage(`no symbol wanted is in the files: they hold ${names.join(', ')}.`);
  }
  return { ...found, instruments, folders, sources };
}

type Adding = Pick<Found, 'instruments' | 'folders' | 'sources'> & {
  symbols: readonly string[] | undefined;
  /** Of all that was found. */
  names: string[];
};

type Added = Omit<Source, 'instrument' | 'dates'> & { instrument: Instrument; date: string };

/** The second instrument of a name is `NAME.2`; one that is not wanted is left out. */
function add(
  { instruments, folders, sources, symbols, names }: Adding,
  symbol: string,
  found: (name: string, index: number) => Added,
): void {
  const isNamed = (one: Instrument) => one.symbol.split('.')[0] === symbol;
  const venue = 1 + instruments.filter(isNamed).length;
  const name = venue === 1 ? symbol : `${symbol}.${venue}`;
  names.push(name);
  if (symbols !== undefined && !symbols.some(wanted => wanted.toUpperCase() === name)) return;
  const index = instruments.length;
  const { instrument, date, ...source } = found(name, index);
  instruments.push(instrument);
  folders.push(source.folder);
  sources.push({ ...source, instrument: index, dates: [date] });
}

/** Every instrument of a recorded feed is a source of its own. */
function addFeed(adding: Adding, feed: FeedRecording): void {
  const { path, date } = feed;
  for (const [recorded, instrument] of feed.instruments.entries()) {
    add(adding, instrument.symbol, (name, index) => ({
      ...{ instrument: { ...instrument, symbol: name }, date, place: path },
      folder: dirname(path),
      open: (originNs, stats) => replayFeed(feed, { recorded, index, originNs, stats }),
    }));
  }
}

function sourcesOf({ instrument, streams }: Recording, index: number): Source[] {
  const { priceIncrement, lotSize, timeZone } = instrument;
  return streams.map(({ stream, layout }) => {
    const settings = {
      ...{ layout, instrument: index, timeZone },
      price: stepsParser(incrementOf(priceIncrement), layout.priceShift),
      size: stepsParser(incrementOf(lotSize)),
    };
    const { entry } = stream.days[0]!;
    return {
      ...{ instrument: index, folder: stream.folder, dates: stream.days.map(({ date }) => date) },
      place: `${entry.zipPath}, entry ${entry.name}`,
      open: (originNs, stats) => streamTicks(stream, { ...settings, originNs, stats }),
    };
  });
}

function checkSpan(sources: readonly Source[]): void {
  const dates = sources.flatMap(source => source.dates).sort();
  const [first = '', last = ''] = [dates.at(0), dates.at(-1)];
  const days = (Date.parse(last) - Date.parse(first)) * (MILLISECOND_NS / DAY_NS);
  if (days < RUN_DAYS_MAX - 1) return;
  throw usage(`the files span ${first} to ${last}: a run holds at most ${RUN_DAYS_MAX - 1} days.`);
}

/** The origin given, or that of the first tick; throws where a folder has no tick at all. */
async function findOrigin(
  sources: readonly Source[],
  unreadable: readonly Unreadable[],
  givenNs: bigint | undefined,
): Promise<bigint> {
  const lost = [...unreadable];
  const readable = new Set<string>();
  let firstNs: bigint | undefined;
  for (const source of sources) {
    const first = await firstTick(source);
    if (typeof first === 'string') {
      lost.push({ folder: source.folder, message: first });
    } else {
      readable.add(source.folder);
      if (firstNs === undefined || first < firstNs) firstNs = first;
    }
  }
  const nothing = lost.find(({ folder }) => !readable.has(folder));
  if (nothing) throw new OutriderError('bad-data', nothing.message);
  checkSpan(sources);
  invariant(firstNs !== undefined, 'a folder that is not unreadable has a first tick');
  if (givenNs === undefined) return midnightBefore(firstNs);
  const maxNs = BigInt(RUN_DAYS_MAX * DAY_NS);
  if (givenNs <= firstNs && firstNs - givenNs < maxNs) return givenNs;
  throw usage(
    `the first tick is at ${firstNs} ns, which is no time of a run from ${givenNs} ns on.`,
  );
}

/** Unix time of the first tick in nanoseconds, or in words why there is none. */
async function firstTick({ dates, place, open }: Source): Promise<bigint | string> {
  const originNs = BigInt(Date.parse(dates[0]!) - DAY_NS / MILLISECOND_NS) * BigInt(MILLISECOND_NS);
  const stats = newReadStats();
  for await (const [tick] of open(originNs, stats)) {
    return originNs + BigInt(tick!.exchangeTimeNs);
  }
  const reasons = REJECT_REASONS.filter(reason => stats.rejected[reason] > 0);
  const counts = reasons.map(reason => `${stats.rejected[reason]} ${reason}`).join(', ');
  return stats.errors[0] ?? `${place}: none of ${stats.read} rows can be used (${counts}).`;
}

function usage(message: string): OutriderError {
  return new OutriderError('bad-usage', message);
}
