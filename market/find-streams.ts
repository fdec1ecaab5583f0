/** Finds the streams in the files and folders a user names; reads directories, no rows. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutriderError } from '#engine';
import { parseEntryName } from './readers/entry-name.ts';
import type { LeanStream } from './readers/lean-stream.ts';
import { listZip } from './readers/zip-entries.ts';

export type FoundStreams = {
  /** In the order of the paths, then of the names of the files and their entries. */
  streams: LeanStream[];
  /** Damage met in files that are not all of a path. */
  errors: string[];
};

type Streams = Map<string, LeanStream>;

/** Streams a run can merge: more is taken for a mistake. */
const STREAMS_MAX = 256;
const FILES_MAX = 4096;

/**
 * Files of one folder are one venue's: streams and instruments go on over them, however they were
 * named. Other folders are other venues.
 * @throws OutriderError `bad-usage` for a path that does not exist, is given twice or holds no
 * files; `bad-data` for one none of whose files can be read.
 */
export async function findStreams(paths: readonly string[]): Promise<FoundStreams> {
  if (paths.length === 0) throw usage('no path is given: name a recorded zip or a folder of them.');
  const streams: Streams = new Map();
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const damage: string[] = [];
    let found = 0;
    for (const zipPath of await zipsOf(path)) {
      const real = await realpath(zipPath);
      if (seen.has(real)) throw usage(`${zipPath} is given twice: name it once.`);
      seen.add(real);
      found += await addZip(streams, zipPath, damage);
    }
    if (found === 0) throw new OutriderError('bad-data', damage[0] ?? `${path} is empty.`);
    errors.push(...damage);
  }
  if (streams.size > STREAMS_MAX) {
    throw new OutriderError('limit', `${streams.size} streams are more than ${STREAMS_MAX}.`);
  }
  const sorted = [...streams.values()];
  for (const stream of sorted) stream.days.sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
  return { streams: sorted, errors };
}

/** The zip itself, or all quote and trade zips of a folder in the order of their names. */
async function zipsOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => {
    throw usage(`${path} does not exist: give a recorded zip or a folder of them.`);
  });
  if (found.isFile()) return [path];
  if (!found.isDirectory()) throw usage(`${path} is neither a file nor a folder.`);
  const names = await readdir(path);
  const zips = names.filter(name => /_(quote|trade)\.zip$/i.test(name)).sort();
  if (zips.length === 0) {
    throw usage(`${path} holds no *_quote.zip or *_trade.zip: name the folder of one instrument.`);
  }
  if (zips.length > FILES_MAX) throw usage(`${path} holds more than ${FILES_MAX} zips.`);
  return zips.map(name => join(path, name));
}

/** Adds what a zip holds to its streams; answers how many entries that was. */
async function addZip(streams: Streams, zipPath: string, damage: string[]): Promise<number> {
  const folder = dirname(await realpath(zipPath));
  const listing = await listZip(zipPath);
  if (listing.damage) damage.push(listing.damage);
  else if (listing.entries.length === 0) damage.push(`${zipPath} holds no entries: leave it out.`);
  let found = 0;
  for (const entry of listing.entries) {
    const name = parseEntryName(entry.name);
    if (name === undefined) {
      damage.push(nameless(zipPath, entry.name));
      continue;
    }
    const { symbol, expiry, date } = name;
    const key = `${folder}/${name.stream}`;
    const stream = streams.get(key) ?? { folder, symbol, ...(expiry && { expiry }), days: [] };
    stream.days.push({ date, entry });
    streams.set(key, stream);
    found++;
  }
  return found;
}

function nameless(zipPath: string, name: string): string {
  return (
    `${zipPath}, entry ${JSON.stringify(name.slice(0, 80))}: the name tells no date and symbol. ` +
    "Name it like '20140502_eurusd_tick_quote.csv'."
  );
}

function usage(message: string): OutriderError {
  return new OutriderError('bad-usage', message);
}
