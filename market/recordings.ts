/** Groups streams into instruments: a name, reference data and a layout for each. */
import { basename } from 'node:path';
import { OutriderError } from '#engine';
import { inferInstrument } from './infer-instrument.ts';
import type { Instrument } from './instrument.ts';
import type { LeanLayout } from './readers/lean-layout.ts';
import { type LeanStream, streamLayout } from './readers/lean-stream.ts';
import {
  contractNames,
  type InstrumentQuery,
  type ReferenceRow,
  referenceInstrument,
} from './reference-data.ts';

/** One instrument as one folder holds it. */
export type Recording = {
  instrument: Instrument;
  folder: string;
  streams: { stream: LeanStream; layout: LeanLayout }[];
};

export type RecordingOptions = {
  reference: readonly ReferenceRow[];
  timeZone?: string | undefined;
  symbols?: readonly string[] | undefined;
};

/** A stream that cannot be read at all, and why. */
export type Unreadable = { folder: string; message: string };

type Group = { name: string; root: string; streams: LeanStream[] };

/**
 * Streams in no known layout are left out and named in `unreadable`.
 * @throws OutriderError `bad-usage` when a wanted symbol is in none of them.
 */
export async function recordingsOf(
  streams: readonly LeanStream[],
  options: RecordingOptions,
): Promise<{ recordings: Recording[]; unreadable: Unreadable[] }> {
  const recordings: Recording[] = [];
  const unreadable: Unreadable[] = [];
  for (const group of selectGroups(groupStreams(streams), options.symbols)) {
    const known: Recording['streams'] = [];
    for (const stream of group.streams) {
      try {
        known.push({ stream, layout: await streamLayout(stream) });
      } catch (error) {
        if (!(error instanceof OutriderError)) throw error;
        unreadable.push({ folder: stream.folder, message: error.message });
      }
    }
    if (known.length > 0) recordings.push(newRecording(group.name, known, options));
  }
  return { recordings, unreadable };
}

/**
 * One group for each symbol and contract of a folder. The second folder that has a name makes
 * `EURUSD.2` of it, the third `EURUSD.3`, in the order of the paths.
 */
function groupStreams(streams: readonly LeanStream[]): Group[] {
  const groups = new Map<string, Group>();
  const venues = new Map<string, number>();
  for (const stream of streams) {
    const { symbol: plain } = contractNames(stream.symbol, stream.symbol, stream.expiry);
    const key = `${stream.folder}/${plain}`;
    const group = groups.get(key);
    if (group) {
      group.streams.push(stream);
      continue;
    }
    const venue = (venues.get(plain) ?? 0) + 1;
    venues.set(plain, venue);
    const name = venue === 1 ? plain : `${plain}.${venue}`;
    groups.set(key, { name, root: stream.symbol, streams: [stream] });
  }
  return [...groups.values()];
}

/** The groups wanted by name, or by the root of a future for all its contracts. */
function selectGroups(groups: readonly Group[], symbols: readonly string[] | undefined): Group[] {
  if (symbols === undefined) return [...groups];
  const wanted = symbols.map(symbol => symbol.toUpperCase());
  const fits = ({ name, root }: Group, symbol: string) =>
    name === symbol || (root === symbol && name.startsWith(`${root}-`));
  for (const symbol of wanted) {
    if (groups.some(group => fits(group, symbol))) continue;
    const names = groups.slice(0, 20).map(group => group.name);
    throw new OutriderError(
      'bad-usage',
      `symbol '${symbol}' is in none of the files: they hold ${names.join(', ')}.`,
    );
  }
  return groups.filter(group => wanted.some(symbol => fits(group, symbol)));
}

function newRecording(
  name: string,
  streams: Recording['streams'],
  options: RecordingOptions,
): Recording {
  const { stream, layout } = streams[0]!;
  const query: InstrumentQuery = {
    symbol: stream.symbol,
    date: stream.days[0]!.date,
    folder: basename(stream.folder),
    ...(stream.expiry === undefined ? {} : { expiry: stream.expiry }),
  };
  const found = referenceInstrument(options.reference, query) ?? inferInstrument(query, layout);
  const timeZone = options.timeZone ?? found.timeZone;
  return { instrument: { ...found, symbol: name, timeZone }, folder: stream.folder, streams };
}
