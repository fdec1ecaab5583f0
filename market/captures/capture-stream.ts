/** Raw captures as streams of ticks: what the first lines say of one, then all of its lines. */
import { basename, dirname } from 'node:path';
import { OutriderError } from '#engine';
import { incrementOf, stepsParser } from '../decimal.ts';
import { inferInstrument } from '../infer-instrument.ts';
import type { Instrument } from '../instrument.ts';
import { BATCH_TICKS_MAX } from '../merge.ts';
import { gzipBytes } from '../readers/entry-bytes.ts';
import { rowCutter } from '../readers/row-cutter.ts';
import { type ReferenceRow, referenceInstrument } from '../reference-data.ts';
import { noteError, type ReadStats } from '../reject.ts';
import type { Tick } from '../tick.ts';
import { captureRows } from './capture-rows.ts';
import { type CapturedLine, readLine } from './message.ts';

/** One instrument's captures of one folder, in the order of their times. */
export type CaptureStream = {
  folder: string;
  symbol: string;
  files: { path: string; firstSeconds: number }[];
  /** What the exchange's clock is ahead of the recorder's, by the fastest of the first messages. */
  clockOffsetNs: number;
  priceDecimals: number;
  sizeDecimals: number;
};

export type CaptureSettings = {
  instrument: Instrument;
  /** Index of the instrument. */
  index: number;
  originNs: bigint;
  stats: ReadStats;
};

/** A snapshot of 5,000 levels a side; longer lines are counted and skipped. */
const LINE_BYTES_MAX = 1 << 20;
/** Lines looked at before a capture is settled. */
const FIRST_LINES = 1000;

/** @throws OutriderError `bad-data` for a file that is no capture. */
export async function openCapture(path: string): Promise<CaptureStream> {
  const lines = await firstLines(path);
  const symbol = lines.find(line => line.symbol !== undefined)?.symbol;
  const [first] = lines;
  if (first === undefined || symbol === undefined) {
    throw new OutriderError(
      'bad-data',
      `${path}: none of its first lines is 'receive nanoseconds, space, JSON' of a Binance ` +
        'stream. Give a raw capture, or zips in one of the documented forms.',
    );
  }
  const texts = lines.flatMap(({ message }) => {
    if (message.kind === 'quote') return [[message.bid, message.bidSize]];
    return message.kind === 'trade' ? [[message.price, message.size]] : [];
  });
  return {
    ...{ folder: dirname(path), symbol, clockOffsetNs: clockOffset(lines) },
    files: [{ path, firstSeconds: first.seconds }],
    priceDecimals: Math.max(0, ...texts.map(([price]) => decimalsOf(price!))),
    sizeDecimals: Math.max(0, ...texts.map(([, size]) => decimalsOf(size!))),
  };
}

/** Captures of one folder and symbol are one stream, file after file. */
export function joinCaptures(captures: readonly CaptureStream[]): CaptureStream[] {
  const joined = new Map<string, CaptureStream>();
  const inOrder = captures.toSorted((a, b) => a.files[0]!.firstSeconds - b.files[0]!.firstSeconds);
  for (const capture of inOrder) {
    const key = `${capture.folder}/${capture.symbol}`;
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { ...capture, files: [...capture.files] });
    else known.files.push(...capture.files);
  }
  // In the order of the paths, as other recordings are.
  return [...new Set(captures.map(({ folder, symbol }) => `${folder}/${symbol}`))].map(
    key => joined.get(key)!,
  );
}

/** By the reference rows, else by the decimals seen; `name` tells two venues' apart. */
export function captureInstrument(
  capture: CaptureStream,
  name: string,
  reference: readonly ReferenceRow[],
): Instrument {
  const query = {
    symbol: capture.symbol,
    date: dateOf(capture),
    folder: basename(capture.folder),
  };
  const { priceDecimals, sizeDecimals } = capture;
  const layout = { form: 'trade', priceShift: 0, priceDecimals, sizeDecimals } as const;
  const found = referenceInstrument(reference, query) ?? inferInstrument(query, layout);
  return { ...found, symbol: name };
}

export const dateOf = ({ files }: CaptureStream): string =>
  new Date(files[0]!.firstSeconds * 1000).toISOString().slice(0, 10);

/** @yields batches of ticks in time order; damage is noted in the stats and the next file read. */
export async function* captureTicks(
  capture: CaptureStream,
  { instrument, index, originNs, stats }: CaptureSettings,
): AsyncGenerator<Tick[]> {
  const out: Tick[] = [];
  const rows = captureRows({
    ...{ symbol: capture.symbol, instrument: index, originNs, stats, out },
    price: stepsParser(incrementOf(instrument.priceIncrement)),
    size: stepsParser(incrementOf(instrument.lotSize)),
    clockOffsetNs: capture.clockOffsetNs,
  });
  for (const { path } of capture.files) {
    const cutter = rowCutter(rows, LINE_BYTES_MAX);
    const before = stats.read;
    try {
      for await (const chunk of gzipBytes(path)) {
        cutter.push(chunk);
        while (out.length >= BATCH_TICKS_MAX) yield out.splice(0, BATCH_TICKS_MAX);
      }
      cutter.end();
    } catch (error) {
      if (!(error instanceof OutriderError)) throw error;
      cutter.abandon();
      noteError(
        stats,
        `${path}, after line ${stats.read - before}: ${error.message}. The lines before are ` +
          'used; fetch the file again.',
      );
    }
  }
  rows.finish();
  while (out.length > 0) yield out.splice(0, BATCH_TICKS_MAX);
}

async function firstLines(path: string): Promise<CapturedLine[]> {
  const lines: CapturedLine[] = [];
  let seen = 0;
  const cutter = rowCutter(
    {
      row(bytes, start, end) {
        const line = ++seen <= FIRST_LINES ? readLine(bytes, start, end) : undefined;
        if (line !== undefined) lines.push(line);
      },
      unreadable: () => void seen++,
    },
    LINE_BYTES_MAX,
  );
  try {
    for await (const chunk of gzipBytes(path)) {
      cutter.push(chunk);
      if (seen >= FIRST_LINES) return lines;
    }
    cutter.end();
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
  }
  return lines;
}

/** Of the message that travelled fastest; 0 where none has an exchange time. */
function clockOffset(lines: readonly CapturedLine[]): number {
  const offsets = lines.flatMap(({ seconds, nanoseconds, exchangeMs }) => {
    if (exchangeMs === undefined) return [];
    const exchangeSeconds = Math.floor(exchangeMs / 1000);
    const restNs = (exchangeMs - exchangeSeconds * 1000) * 1e6;
    return [(exchangeSeconds - seconds) * 1e9 + restNs - nanoseconds];
  });
  return offsets.length === 0 ? 0 : offsets.reduce((most, offset) => Math.max(most, offset));
}

/** Without the zeros that the exchange fills up with. */
function decimalsOf(text: string): number {
  const match = /\.(\d*?)0*$/.exec(text);
  return match?.[1]?.length ?? 0;
}
