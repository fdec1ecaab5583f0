/** Keeps what an exchange's feed sends in a file, from which it can be replayed as ticks. */
import { createWriteStream, existsSync } from 'node:fs';
import { constants, createGzip } from 'node:zlib';
import { MILLISECOND_NS, type Nanoseconds, OutriderError } from '#engine';
import { type FeedRecord, messageLine, noteLine, openLiveFeed } from '#market';
import { type ExchangeSource, liveFeedOptions } from './exchange-feed.ts';

export type RecordOptions = {
  source: ExchangeSource;
  /** Must not be there. */
  file: string;
  onProblem(text: string): void;
};

export type FeedRecorder = {
  readonly messages: number;
  /** Rejects where the exchange refuses for good, or the disk. */
  readonly failed: Promise<never>;
  /** Resolves once all is in the file. */
  close(): Promise<void>;
};

/** So often what came is in the file, whatever becomes of this process. */
const FLUSH_NS = 1000 * MILLISECOND_NS;
/** Bytes that may wait for the disk. */
const UNWRITTEN_BYTES_MAX = 64 << 20;

/** @throws OutriderError `bad-usage` where the file is there. */
export function recordFeed({ source, file, onProblem }: RecordOptions): FeedRecorder {
  if (existsSync(file)) throw new OutriderError('bad-usage', `out: ${file} is there already`);
  const { originNs, venue, instruments, clock } = source;
  const failing = Promise.withResolvers<never>();
  // Nobody may be waiting yet.
  failing.promise.catch(() => {});
  const packed = createGzip();
  const written = createWriteStream(file, { flags: 'wx' });
  const fail = ({ message }: Error) =>
    failing.reject(new OutriderError('disk', `out: ${file}: ${message}`));
  packed.on('error', fail);
  written.on('error', fail);
  packed.pipe(written);
  let messages = 0;
  const unixNs = (timeNs: Nanoseconds) => originNs + BigInt(Math.round(timeNs));
  const write = (line: string) => {
    packed.write(line);
    if (packed.writableLength + written.writableLength <= UNWRITTEN_BYTES_MAX) return;
    const remedy = 'the disk is too slow for the feed';
    fail(new Error(`more than ${UNWRITTEN_BYTES_MAX} bytes wait to be written: ${remedy}`));
  };
  const timedNote = (record: Exclude<FeedRecord, { kind: 'message' }>, timeNs: Nanoseconds) =>
    write(noteLine(unixNs(timeNs), record));
  write(noteLine(unixNs(clock.nowNs()), { kind: 'feed', venue: venue.name, instruments }));
  const options = liveFeedOptions(source);
  const feed = openLiveFeed({
    ...options,
    onTicks() {},
    onGap: ({ instrument, reason }) => onProblem(`${instruments[instrument]!.symbol}: ${reason}`),
    onProblem,
    onEnd: error => failing.reject(error),
    onRecord(record, timeNs) {
      if (record.kind !== 'message') return timedNote(record, timeNs);
      messages++;
      write(messageLine(unixNs(timeNs), record.text));
    },
  });
  let isClosed = false;
  const flush = () => {
    if (isClosed) return;
    packed.flush(constants.Z_SYNC_FLUSH, () => options.timers.at(clock.nowNs() + FLUSH_NS, flush));
  };
  flush();
  return {
    get messages() {
      return messages;
    },
    failed: failing.promise,
    async close() {
      isClosed = true;
      feed.close();
      packed.end();
      await new Promise<void>(resolve => written.once('close', () => resolve()));
    },
  };
}
