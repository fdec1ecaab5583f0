/** One line of a raw Binance capture, checked: `receive ns, space, JSON as it was received`. */

/** Sizes at prices, decimal text each; `[price, size]`. */
export type CapturedLevels = readonly (readonly [string, string])[];

export type CapturedMessage =
  /** Best quotes; at the spot exchange without a time. */
  | { kind: 'quote'; updateId: number; bid: string; bidSize: string; ask: string; askSize: string }
  | { kind: 'trade'; tradeId: number; price: string; size: string; isBuyerMaker: boolean }
  /** Differences `firstId` to `lastId`; `previousId` names the last of the message before. */
  | {
      kind: 'depth';
      firstId: number;
      lastId: number;
      previousId: number | undefined;
      bids: CapturedLevels;
      asks: CapturedLevels;
    }
  | { kind: 'snapshot'; lastId: number; bids: CapturedLevels; asks: CapturedLevels };

export type CapturedLine = SaidMessage & {
  /** Seconds and nanoseconds of the receive time, Unix. */
  seconds: number;
  nanoseconds: number;
};

export type SaidMessage = {
  /** Absent from snapshots. */
  symbol: string | undefined;
  /** Exchange time, Unix milliseconds, where the message has one. */
  exchangeMs: number | undefined;
  message: CapturedMessage;
};

const SPACE = 32;
const ZERO = 48;
const RECEIVE_DIGITS = 19;
/** Levels a side: the exchange sends 1,000 in a snapshot and far fewer in a difference. */
const LEVELS_MAX = 20_000;

type Fields = Record<string, unknown>;

/** Undefined for a line that is none of these; it may hold anything. */
export function readLine(bytes: Uint8Array, start: number, end: number): CapturedLine | undefined {
  const space = bytes.indexOf(SPACE, start);
  if (space !== start + RECEIVE_DIGITS || space >= end) return undefined;
  const seconds = digits(bytes, start, start + 10);
  const nanoseconds = digits(bytes, start + 10, space);
  const said = readMessage(jsonOf(bytes, space + 1, end));
  if (seconds === undefined || nanoseconds === undefined || said === undefined) return undefined;
  return { seconds, nanoseconds, ...said };
}

/** What a stream of the exchange said; undefined for anything else. */
export function readMessage(parsed: unknown): SaidMessage | undefined {
  const whole = objectOf(parsed);
  if (whole === undefined) return undefined;
  const data = objectOf(whole.data) ?? whole;
  const message = messageOf(data, String(whole.stream ?? ''));
  if (message === undefined) return undefined;
  const symbol = typeof data.s === 'string' ? data.s : undefined;
  return { symbol, exchangeMs: integer(data.T) ?? integer(data.E), message };
}

function messageOf(data: Fields, stream: string): CapturedMessage | undefined {
  if (data.e === 'trade') return tradeOf(data);
  if (data.e === 'depthUpdate') return depthOf(data);
  if (data.e === 'bookTicker' || stream.endsWith('@bookTicker')) return quoteOf(data);
  return 'lastUpdateId' in data ? snapshotOf(data) : undefined;
}

function quoteOf({ u, b, B, a, A }: Fields): CapturedMessage | undefined {
  const updateId = integer(u);
  if (updateId === undefined || !isText(b) || !isText(B) || !isText(a) || !isText(A)) {
    return undefined;
  }
  return { kind: 'quote', updateId, bid: b, bidSize: B, ask: a, askSize: A };
}

function tradeOf({ t, p, q, m }: Fields): CapturedMessage | undefined {
  const tradeId = integer(t);
  if (tradeId === undefined || !isText(p) || !isText(q) || typeof m !== 'boolean') return undefined;
  return { kind: 'trade', tradeId, price: p, size: q, isBuyerMaker: m };
}

function depthOf({ U, u, pu, b, a }: Fields): CapturedMessage | undefined {
  const [firstId, lastId, previousId] = [integer(U), integer(u), integer(pu)];
  if (firstId === undefined || lastId === undefined || !areLevels(b) || !areLevels(a)) {
    return undefined;
  }
  return { kind: 'depth', firstId, lastId, previousId, bids: b, asks: a };
}

function snapshotOf({ lastUpdateId, bids, asks }: Fields): CapturedMessage | undefined {
  const lastId = integer(lastUpdateId);
  if (lastId === undefined || !areLevels(bids) || !areLevels(asks)) return undefined;
  return { kind: 'snapshot', lastId, bids, asks };
}

function digits(bytes: Uint8Array, start: number, end: number): number | undefined {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function jsonOf(bytes: Uint8Array, start: number, end: number): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';

const integer = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

function areLevels(value: unknown): value is CapturedLevels {
  if (!Array.isArray(value) || value.length > LEVELS_MAX) return false;
  return value.every(level => Array.isArray(level) && isText(level[0]) && isText(level[1]));
}
