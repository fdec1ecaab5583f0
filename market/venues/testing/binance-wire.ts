/** The recorded messages of Binance USD-M, and the snapshot over HTTP that goes with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { binanceUsdmVenue } from '../binance.ts';
import { change, type Rows, rowsOf, setAll } from './oracle.ts';
import { testInstrument } from './sessions.ts';
import { nothing, type Wire, type WireMessage } from './wire.ts';

type Said = {
  lastUpdateId?: number;
  bids: Rows;
  asks: Rows;
  data: { e: string; u: number; b: Rows; a: Rows };
};

const SYMBOL = 'BTCUSDT';
/** Of the recording: some seconds of it. */
const LINES = 6000;
const RECEIVE_DIGITS = 19;

export function binanceWire(folder: string): Wire {
  const file = join(folder, '..', 'crypto', 'usdm', 'btcusdt_20240808.gz');
  const lines = gunzipSync(readFileSync(file)).toString().split('\n', LINES);
  const texts = lines.map(line => line.slice(RECEIVE_DIGITS + 1));
  // The recording's own snapshot is the exchange's book to begin with.
  const first = texts.findIndex(text => text.startsWith('{"lastUpdateId"'));
  const snapshot = JSON.parse(texts[first]!) as Said;
  const messages = texts.filter((_, at) => at !== first).map(text => messageOf(text));
  messages.unshift(bookOf(snapshot));
  return {
    venue: binanceUsdmVenue(),
    instruments: [testInstrument(SYMBOL, '0.1', '0.001')],
    messages,
    answer: () => ['{"result":null,"id":1}'],
    rest(path, oracle) {
      const book = oracle.get(SYMBOL);
      if (!path.startsWith('/fapi/v1/depth?symbol=BTCUSDT') || book === undefined) return undefined;
      const bids = rowsOf(book.bids, 'bids');
      const asks = rowsOf(book.asks, 'asks');
      return JSON.stringify({ lastUpdateId: book.update, E: 1_723_161_256_501, bids, asks });
    },
  };
}

/** Said to nobody. */
function bookOf({ bids, asks, lastUpdateId }: Said): WireMessage {
  return {
    ...{ text: '', symbol: SYMBOL, kind: 'other' },
    apply(oracle) {
      setAll(oracle, SYMBOL, { bids, asks });
      oracle.get(SYMBOL)!.update = lastUpdateId!;
    },
  };
}

function messageOf(text: string): WireMessage {
  const { data } = JSON.parse(text) as Said;
  const symbol = SYMBOL;
  if (data.e === 'trade') return { text, symbol, kind: 'trade', apply: nothing };
  if (data.e !== 'depthUpdate') return { text, symbol, kind: 'other', apply: nothing };
  return {
    ...{ text, symbol, kind: 'update' },
    apply(oracle) {
      const book = oracle.get(symbol)!;
      if (data.u <= book.update) return;
      change(book.bids, data.b);
      change(book.asks, data.a);
      book.update = data.u;
    },
  };
}
