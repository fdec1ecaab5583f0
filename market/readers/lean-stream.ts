/** Reads one stream of ticks over all its files, one file open at a time. */
import { OutriderError } from '#engine';
import { type DayClock, dayClock } from '../day-clock.ts';
import type { StepsParser } from '../decimal.ts';
import { BATCH_TICKS_MAX } from '../merge.ts';
import { noteError, type ReadStats } from '../reject.ts';
import type { Tick } from '../tick.ts';
import { entryBytes } from './entry-bytes.ts';
import { detectLayout, FORM_COLUMNS, LAYOUT_ROWS_MAX, type LeanLayout } from './lean-layout.ts';
import { leanRowReader, type RowReader } from './lean-rows.ts';
import { rowCutter } from './row-cutter.ts';
import type { ZipEntry } from './zip-entries.ts';

/** One stream: the same rows, day after day. */
export type LeanStream = {
  /** Folder the files lie in: one folder is one venue's recording. */
  folder: string;
  symbol: string;
  expiry?: string;
  /** In order of their days. */
  days: { date: string; entry: ZipEntry }[];
};

export type StreamSettings = {
  layout: LeanLayout;
  instrument: number;
  price: StepsParser;
  size: StepsParser;
  timeZone: string;
  originNs: bigint;
  stats: ReadStats;
};

/** @yields batches of ticks in time order; damage is noted in the stats and the next file read. */
export async function* streamTicks(
  stream: LeanStream,
  settings: StreamSettings,
): AsyncGenerator<Tick[]> {
  const { layout, timeZone, originNs, stats } = settings;
  const out: Tick[] = [];
  const reader = leanRowReader({ ...settings, form: layout.form, out });
  for (const { date, entry } of stream.days) {
    const clock = dayClock(date, timeZone, originNs);
    const before = { read: stats.read, malformed: stats.rejected.malformed };
    try {
      for await (const _ of readEntry(entry, reader, clock)) {
        while (out.length >= BATCH_TICKS_MAX) yield out.splice(0, BATCH_TICKS_MAX);
      }
    } catch (error) {
      if (!(error instanceof OutriderError)) throw error;
      noteError(stats, damageAfter(entry, stats.read - before.read, error.message));
    }
    const rows = stats.read - before.read;
    if (rows > 0 && stats.rejected.malformed - before.malformed === rows) {
      noteError(stats, wrongColumns(entry, rows, layout));
    }
  }
  while (out.length > 0) yield out.splice(0, BATCH_TICKS_MAX);
}

/**
 * The layout of a stream, from the first rows of its first file that has any that fit one.
 * @throws OutriderError `bad-data` when no file has.
 */
export async function streamLayout(stream: LeanStream): Promise<LeanLayout> {
  const reasons: string[] = [];
  for (const { entry } of stream.days) {
    const { rows, damage } = await firstRows(entry, LAYOUT_ROWS_MAX);
    const layout = detectLayout(rows, { future: stream.expiry !== undefined });
    if (layout) return layout;
    reasons.push(damage ? damageAfter(entry, rows.length, damage) : noLayout(entry, rows));
  }
  throw new OutriderError('bad-data', reasons[0] ?? `${stream.folder} holds no files.`);
}

/** @yields after each chunk, when its ticks have been appended. */
async function* readEntry(
  entry: ZipEntry,
  reader: RowReader,
  clock: DayClock,
): AsyncGenerator<undefined> {
  const cutter = rowCutter(reader);
  reader.begin(clock);
  try {
    for await (const chunk of entryBytes(entry)) {
      cutter.push(chunk);
      yield;
    }
    cutter.end();
  } catch (error) {
    cutter.abandon();
    throw error;
  } finally {
    reader.finish();
  }
}

async function firstRows(entry: ZipEntry, max: number) {
  const rows: string[] = [];
  const cutter = rowCutter({
    row: (bytes, start, end) => rows.push(Buffer.from(bytes.subarray(start, end)).toString()),
    unreadable: () => rows.push(''),
  });
  try {
    for await (const chunk of entryBytes(entry)) {
      cutter.push(chunk);
      if (rows.length >= max) return { rows: rows.slice(0, max) };
    }
    cutter.end();
    return { rows };
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    return { rows, damage: error.message };
  }
}

function damageAfter(entry: ZipEntry, rows: number, damage: string): string {
  return (
    `${entry.zipPath}, entry ${entry.name}, after row ${rows}: ${damage}. ` +
    'The rows before are used; fetch the file again.'
  );
}

function wrongColumns(entry: ZipEntry, rows: number, layout: LeanLayout): string {
  return (
    `${entry.zipPath}, entry ${entry.name}: none of its ${rows} rows has the ` +
    `${FORM_COLUMNS[layout.form]} columns of the stream's first file. ` +
    'Keep files of another kind in a folder of their own.'
  );
}

function noLayout(entry: ZipEntry, rows: string[]): string {
  const place = `${entry.zipPath}, entry ${entry.name}`;
  if (rows.length === 0) return `${place}: it holds no rows. Leave the file out.`;
  return (
    `${place}, row 1 ${JSON.stringify(rows[0]!.slice(0, 80))}: no row has the 3 columns of an FX ` +
    'quote, the 8 of a one-sided quote or the 6 of a trade. Give files in one of these forms.'
  );
}
