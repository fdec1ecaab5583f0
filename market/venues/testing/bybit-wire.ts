/** The recorded session of Bybit in the words of version 5: those it was recorded in are gone. */
import { bybitVenue } from '../bybit.ts';
import { change, type Oracle, rowsOf, setAll } from './oracle.ts';
import { recordedSession, testInstrument } from './sessions.ts';
import { nothing, type Wire, type WireMessage } from './wire.ts';

type Level = { price: string; side: 'Buy' | 'Sell'; size?: number };
type Said = {
  topic?: string;
  type: 'snapshot' | 'delta';
  timestamp_e6: string;
  data: { order_book: Level[]; delete: Level[]; update: Level[]; insert: Level[] };
};
type SaidTrade = {
  topic: string;
  data: {
    symbol: string;
    price: string;
    size: number;
    side: string;
    trade_time_ms: string;
    trade_id: string;
  }[];
};

const INCREMENTS: Readonly<Record<string, string>> = {
  ...{ BCHUSDT: '0.05', XTZUSDT: '0.001', UNIUSDT: '0.001', LTCUSDT: '0.01' },
  ...{ DOTUSDT: '0.001', LINKUSDT: '0.001', ADAUSDT: '0.0001', ETHUSDT: '0.05' },
};

export function bybitWire(folder: string): Wire {
  const said = recordedSession(folder, 'BYBIT.ws.25.0.gz')
    .map(({ text }) => JSON.parse(text) as Said)
    .filter(({ topic }) => topic !== undefined);
  const updates = new Map<string, number>();
  return {
    venue: bybitVenue(),
    instruments: Object.entries(INCREMENTS).map(([symbol, increment]) =>
      testInstrument(symbol, increment, '0.00000001'),
    ),
    messages: said.map(each => messageOf(each, updates)),
    answer: (text, oracle) => answer(text, oracle),
  };
}

function answer(text: string, oracle: Oracle): string[] {
  const { op, args } = JSON.parse(text) as { op: string; args: string[] };
  if (op === 'ping') return ['{"success":true,"ret_msg":"pong","op":"ping"}'];
  if (op !== 'subscribe') return [];
  const symbols = args.filter(topic => topic.startsWith('orderbook.')).map(lastPart);
  return [
    '{"success":true,"ret_msg":"","op":"subscribe"}',
    ...symbols.filter(symbol => oracle.has(symbol)).map(symbol => snapshotOf(symbol, oracle)),
  ];
}

const lastPart = (topic: string) => topic.slice(topic.lastIndexOf('.') + 1);

function snapshotOf(symbol: string, oracle: Oracle): string {
  const { bids, asks, update } = oracle.get(symbol)!;
  const rows = { b: rowsOf(bids, 'bids'), a: rowsOf(asks, 'asks') };
  return bookText(symbol, 'snapshot', { ...rows, u: update, cts: 1_618_677_786_982 });
}

type BookData = { b: string[][]; a: string[][]; u: number; cts: number };

function bookText(s: string, type: Said['type'], { b, a, u, cts }: BookData): string {
  const data = { s, b, a, u, seq: 10 * u };
  return JSON.stringify({ topic: `orderbook.50.${s}`, type, ts: cts + 1, data, cts });
}

function messageOf(said: Said, updates: Map<string, number>): WireMessage {
  const topic = said.topic!;
  const symbol = lastPart(topic);
  if (topic.startsWith('trade.')) return tradeOf(said as unknown as SaidTrade, symbol);
  const isSnapshot = said.type === 'snapshot';
  const u = isSnapshot ? 1 : updates.get(symbol)! + 1;
  updates.set(symbol, u);
  const { order_book = [], delete: gone = [], update = [], insert = [] } = said.data;
  const levels = [...order_book, ...gone.map(each => ({ ...each, size: 0 })), ...update, ...insert];
  const rows = (side: string) =>
    levels.filter(each => each.side === side).map(({ price, size }) => [price, String(size)]);
  const [b, a] = [rows('Buy'), rows('Sell')];
  const cts = Math.floor(Number(said.timestamp_e6) / 1000);
  return {
    ...{ text: bookText(symbol, said.type, { b, a, u, cts }), symbol },
    kind: isSnapshot ? 'snapshot' : 'update',
    apply(oracle) {
      if (isSnapshot) setAll(oracle, symbol, { bids: b, asks: a });
      const book = oracle.get(symbol)!;
      if (!isSnapshot) {
        change(book.bids, b);
        change(book.asks, a);
      }
      book.update = u;
    },
  };
}

function tradeOf({ data }: SaidTrade, symbol: string): WireMessage {
  const trades = data.map(each => ({
    ...{ T: Number(each.trade_time_ms), s: symbol, S: each.side, v: String(each.size) },
    ...{ p: each.price, i: each.trade_id },
  }));
  const text = JSON.stringify({ topic: `publicTrade.${symbol}`, type: 'snapshot', data: trades });
  return { text, symbol, kind: 'trade', apply: nothing };
}
