/** Recorded feeds as streams of ticks: what the messages made when they were live, made again. */
import { basename } from 'node:path';
import { type Nanoseconds, OutriderError } from '#engine';
import type { Instrument } from '../instrument.ts';
import { BATCH_TICKS_MAX } from '../merge.ts';
import { gzipBytes } from '../readers/entry-bytes.ts';
import { type RowTaker, rowCutter } from '../readers/row-cutter.ts';
import { noteError, type ReadStats } from '../reject.ts';
import type { Tick } from '../tick.ts';
import { createFeedBooks, type FeedBooks } from '../venues/feed-books.ts';
import type { VenueName } from '../venues/venue.ts';
import { venueOf } from '../venues/venues.ts';
import { type FeedNote, type RecordedLine, readRecordedLine } from './feed-recording.ts';

export type FeedRecording = {
  path: string;
  venue: VenueName;
  instruments: Instrument[];
  /** ISO date of its first line. */
  date: string;
};

export type FeedReplaySettings = {
  /** Of the recording's own. */
  recorded: number;
  /** What the ticks name it by. */
  index: number;
  originNs: bigint;
  stats: ReadStats;
};

/** Longer than any message that a venue's terms let in. */
const LINE_BYTES_MAX = 64 << 20;
const FIRST_BYTES_MAX = 1 << 20;

/**
 * Undefined for a file that does not begin as a recorded feed.
 * @throws OutriderError `bad-data` for one that begins so and cannot be understood.
 */
export async function openFeedRecording(path: string): Promise<FeedRecording | undefined> {
  const first = await firstLine(path);
  const line = first === undefined ? undefined : readRecordedLine(first);
  if (line?.kind !== 'note' || line.note.kind !== 'feed') return undefined;
  const { venue, instruments } = line.note;
  const date = new Date(Number(line.unixNs / 1_000_000n)).toISOString().slice(0, 10);
  return { path, venue, instruments, date };
}

async function firstLine(path: string): Promise<string | undefined> {
  let text = '';
  try {
    for await (const chunk of gzipBytes(path)) {
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (end >= 0) return text.slice(0, end);
      if (text.length > FIRST_BYTES_MAX) return undefined;
    }
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
  }
  return undefined;
}

/**
 * @yields batches of one instrument's ticks; damage ends the file and is noted in the stats. All
 * books are kept, as they were live: one message says to another's tick how late the clock was.
 */
export async function* replayFeed(
  { path, venue, instruments }: FeedRecording,
  { recorded, index, originNs, stats }: FeedReplaySettings,
): AsyncGenerator<Tick[]> {
  const feed = createFeedBooks({ venue: venueOf(venue), instruments, originNs });
  const cutter = rowCutter(linesOf(feed, { originNs, stats }), LINE_BYTES_MAX);
  let own: Tick[] = [];
  const collect = () => {
    for (const tick of feed.output.ticks) if (tick.instrument === recorded) own.push(tick);
    feed.output.ticks.length = 0;
  };
  const take = () => {
    const batch = own.slice(0, BATCH_TICKS_MAX);
    own = own.slice(BATCH_TICKS_MAX);
    for (const tick of batch) tick.instrument = index;
    return batch;
  };
  try {
    for await (const chunk of gzipBytes(path)) {
      cutter.push(chunk);
      collect();
      while (own.length >= BATCH_TICKS_MAX) yield take();
    }
    cutter.end();
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    cutter.abandon();
    const place = `${basename(path)}, after line ${stats.read}`;
    noteError(stats, `${place}: ${error.message}. The lines before are used.`);
  }
  collect();
  while (own.length > 0) yield take();
}

type Lines = Pick<FeedReplaySettings, 'originNs' | 'stats'>;

function linesOf(feed: FeedBooks, { originNs, stats }: Lines): RowTaker {
  return {
    row(bytes, start, end) {
      stats.read++;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
      const line = readRecordedLine(text);
      const isUsed = line !== undefined && takeLine(feed, line, originNs);
      if (isUsed) stats.used++;
      else stats.rejected.malformed++;
    },
    unreadable() {
      stats.read++;
      stats.rejected.malformed++;
    },
  };
}

/** False where the message was none: the connection ended with it. */
function takeLine(feed: FeedBooks, line: RecordedLine, originNs: bigint): boolean {
  const receiveTimeNs = Number(line.unixNs - originNs);
  if (line.kind === 'message') return feed.take(line.text, receiveTimeNs) === undefined;
  return takeNote(feed, line.note, receiveTimeNs);
}

function takeNote(feed: FeedBooks, note: FeedNote, receiveTimeNs: Nanoseconds): boolean {
  switch (note.kind) {
    case 'opened':
      feed.open();
      return true;
    case 'closed':
      feed.close(note.reason, receiveTimeNs);
      return true;
    case 'answer': {
      const book = feed.books[note.instrument];
      return book !== undefined && feed.takeAnswer(book, note.text, receiveTimeNs) === undefined;
    }
    case 'feed':
    case 'text':
      return true;
  }
}
