/** Turns recorded rows into ticks, in time order, and counts every row that is not used. */
import type { Nanoseconds } from '#engine';
import type { DayClock } from '../day-clock.ts';
import { NO_STEPS, type StepsParser } from '../decimal.ts';
import type { ReadStats, RejectReason } from '../reject.ts';
import type { Quote, Tick, Trade } from '../tick.ts';
import { FORM_COLUMNS, type LeanForm } from './lean-layout.ts';
import type { RowTaker } from './row-cutter.ts';
import { parseTimeOfDay } from './time-of-day.ts';

export type RowSettings = {
  form: LeanForm;
  /** Index of the instrument the ticks are of. */
  instrument: number;
  price: StepsParser;
  size: StepsParser;
  stats: ReadStats;
  /** Ticks are appended here. */
  out: Tick[];
};

export type RowReader = RowTaker & {
  /** A file begins whose times are of this clock's day. */
  begin(clock: DayClock): void;
  /** The file has ended: a bid still waiting for its ask is one-sided. */
  finish(): void;
};

/** A row as it was read, to tell a repeated one. */
type RowMark = { bytes: Uint8Array; start: number; end: number };

type RowState = RowSettings & {
  clock: DayClock;
  /** Where each column of the row begins, and one past its end. */
  cuts: Int32Array;
  /** Time of the last tick used. */
  lastNs: Nanoseconds;
  /** Rows the tick at hand is made of. */
  rows: number;
  /** The bid row that waits for the next ask row. */
  bid: { waits: boolean; wallNs: number; steps: number; lots: number };
  /** Rows of the quote at hand (a pair has its one row twice) and of the last one used. */
  quoteRows: [RowMark, RowMark];
  usedRows: [RowMark, RowMark];
};

const COMMA = 44;
const FLAG_OFF = 48;
const FLAG_ON = 49;

export function leanRowReader(settings: RowSettings): RowReader {
  const state: RowState = {
    ...settings,
    clock: wallNs => wallNs,
    cuts: new Int32Array(FORM_COLUMNS.sides + 1),
    lastNs: Number.NEGATIVE_INFINITY,
    rows: 1,
    bid: { waits: false, wallNs: 0, steps: 0, lots: 0 },
    quoteRows: [noRow(), noRow()],
    usedRows: [noRow(), noRow()],
  };
  const { stats, form, cuts } = state;
  const take = { pair: takePair, sides: takeSides, trade: takeTrade }[form];
  const columns = FORM_COLUMNS[form];
  return {
    begin(clock) {
      state.clock = clock;
    },
    row(bytes, start, end) {
      stats.read++;
      state.rows = 1;
      const whole = cutColumns({ bytes, start, end }, cuts, columns);
      const reason = whole ? take(state, bytes) : 'malformed';
      if (reason !== undefined) stats.rejected[reason] += state.rows;
    },
    unreadable() {
      stats.read++;
      stats.rejected.malformed++;
    },
    finish() {
      dropWaitingBid(state);
    },
  };
}

/** The reason a row is rejected for; undefined where it is used, or a bid that waits. */
type Outcome = RejectReason | undefined;

function takePair(state: RowState, bytes: Uint8Array): Outcome {
  const wallNs = timeOf(state, bytes);
  const bid = priceAt(state, bytes, 1);
  const ask = priceAt(state, bytes, 2);
  if (wallNs < 0 || bid < 0 || ask < 0) return reasonOf(Math.min(wallNs, bid, ask));
  if (bid === 0 || ask === 0) return 'one-sided';
  markRow(state.quoteRows[0], state, bytes);
  markRow(state.quoteRows[1], state, bytes);
  return takeQuote(state, {
    kind: 'quote',
    instrument: state.instrument,
    exchangeTimeNs: state.clock(wallNs),
    bidIncrements: bid,
    askIncrements: ask,
  });
}

/** One side a row: an ask belongs to the bid row before it; the venue does not matter. */
function takeSides(state: RowState, bytes: Uint8Array): Outcome {
  const wallNs = timeOf(state, bytes);
  const bid = priceAt(state, bytes, 1);
  const bidLots = sizeAt(state, bytes, 2);
  const ask = priceAt(state, bytes, 3);
  const askLots = sizeAt(state, bytes, 4);
  const worst = Math.min(wallNs, bid, bidLots, ask, askLots);
  if (worst < 0) return reasonOf(worst);
  const flagged = flagReason(state, bytes, 7);
  if (flagged !== undefined) return flagged;
  if (bid > 0) {
    dropWaitingBid(state);
    state.bid = { waits: true, wallNs, steps: bid, lots: bidLots };
    markRow(state.quoteRows[0], state, bytes);
    if (ask === 0) return undefined;
  }
  if (!state.bid.waits || ask === 0) return 'one-sided';
  state.bid.waits = false;
  state.rows = bid > 0 ? 1 : 2;
  if (wallNs < state.bid.wallNs) return 'out-of-order';
  markRow(state.quoteRows[1], state, bytes);
  const quote: Quote = {
    kind: 'quote',
    instrument: state.instrument,
    exchangeTimeNs: state.clock(wallNs),
    bidIncrements: state.bid.steps,
    askIncrements: ask,
  };
  if (state.bid.lots > 0) quote.bidLots = state.bid.lots;
  if (askLots > 0) quote.askLots = askLots;
  return takeQuote(state, quote);
}

/** A trade without a size (some futures rows have none) is used: its price is real. */
function takeTrade(state: RowState, bytes: Uint8Array): Outcome {
  const wallNs = timeOf(state, bytes);
  const price = priceAt(state, bytes, 1);
  const lots = sizeAt(state, bytes, 2);
  if (wallNs < 0 || price < 0 || lots < 0) return reasonOf(Math.min(wallNs, price, lots));
  if (price === 0) return 'malformed';
  const flagged = flagReason(state, bytes, 5);
  if (flagged !== undefined) return flagged;
  const trade: Trade = {
    kind: 'trade',
    instrument: state.instrument,
    exchangeTimeNs: state.clock(wallNs),
    priceIncrements: price,
  };
  if (lots > 0) trade.sizeLots = lots;
  return takeTick(state, trade);
}

function takeQuote(state: RowState, quote: Quote): Outcome {
  if (quote.askIncrements < quote.bidIncrements) return 'crossed';
  const { quoteRows, usedRows } = state;
  if (quote.exchangeTimeNs === state.lastNs && sameRows(quoteRows, usedRows)) return 'duplicate';
  const outcome = takeTick(state, quote);
  if (outcome !== undefined) return outcome;
  state.quoteRows = usedRows;
  state.usedRows = quoteRows;
  return undefined;
}

function takeTick(state: RowState, tick: Tick): Outcome {
  if (tick.exchangeTimeNs < state.lastNs) return 'out-of-order';
  state.lastNs = tick.exchangeTimeNs;
  state.stats.used += state.rows;
  state.out.push(tick);
  return undefined;
}

function reasonOf(code: number): RejectReason {
  if (code === NO_STEPS.malformed) return 'malformed';
  return code === NO_STEPS.belowZero ? 'negative' : 'off-increment';
}

function dropWaitingBid({ bid, stats }: RowState): void {
  if (bid.waits) stats.rejected['one-sided']++;
  bid.waits = false;
}

/** Finds the columns; false unless there are exactly as many as the form has. */
function cutColumns({ bytes, start, end }: RowMark, cuts: Int32Array, columns: number): boolean {
  let column = 0;
  cuts[column++] = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== COMMA) continue;
    if (column === columns) return false;
    cuts[column++] = at + 1;
  }
  cuts[column] = end + 1;
  return column === columns;
}

function timeOf({ cuts }: RowState, bytes: Uint8Array): number {
  return parseTimeOfDay(bytes, cuts[0]!, cuts[1]! - 1);
}

function priceAt({ price, cuts }: RowState, bytes: Uint8Array, column: number): number {
  return price(bytes, cuts[column]!, cuts[column + 1]! - 1);
}

function sizeAt({ size, cuts }: RowState, bytes: Uint8Array, column: number): number {
  return size(bytes, cuts[column]!, cuts[column + 1]! - 1);
}

/** Why a row is not used, by its suspicious flag. */
function flagReason({ cuts }: RowState, bytes: Uint8Array, column: number): Outcome {
  const start = cuts[column]!;
  const flag = cuts[column + 1]! - 1 - start === 1 ? bytes[start] : 0;
  if (flag === FLAG_OFF) return undefined;
  return flag === FLAG_ON ? 'suspicious' : 'malformed';
}

function noRow(): RowMark {
  return { bytes: new Uint8Array(0), start: 0, end: 0 };
}

function markRow(mark: RowMark, { cuts, form }: RowState, bytes: Uint8Array): void {
  mark.bytes = bytes;
  mark.start = cuts[0]!;
  mark.end = cuts[FORM_COLUMNS[form]]! - 1;
}

function sameRows(a: RowState['quoteRows'], b: RowState['quoteRows']): boolean {
  return sameRow(a[0], b[0]) && sameRow(a[1], b[1]);
}

function sameRow(a: RowMark, b: RowMark): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let at = 0; at < a.end - a.start; at++) {
    if (a.bytes[a.start + at] !== b.bytes[b.start + at]) return false;
  }
  return true;
}
