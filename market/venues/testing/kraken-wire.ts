/** The recorded session of Kraken, message for message; its book is 1,000 levels deep. */
import { krakenVenue } from '../kraken.ts';
import { change, keepBest, type Oracle, type Rows, rowsOf, setAll } from './oracle.ts';
import { recordedSession, testInstrument } from './sessions.ts';
import { unit, type Wire, type WireMessage } from './wire.ts';

const DEPTH = 1000;
/** Prices are sent with more decimals than the market has; some asks need the coarser unit. */
const DECIMALS: Readonly<Record<string, number>> = { 'XMR/USD': 2, 'XBT/CHF': 1 };

type Part = { as?: Rows; bs?: Rows; a?: Rows; b?: Rows };

export function krakenWire(folder: string): Wire {
  const lists = recordedSession(folder, 'KRAKEN.ws.50.0.gz')
    .map(({ text }) => ({ text, json: JSON.parse(text) as unknown }))
    .filter((said): said is { text: string; json: unknown[] } => Array.isArray(said.json));
  const messages = lists.map(({ text, json }) => messageOf(text, json));
  const snapshots = lists.filter((_, at) => messages[at]!.kind === 'snapshot');
  return {
    venue: krakenVenue(DEPTH),
    instruments: snapshots.map(({ json }) => {
      const pair = json.at(-1) as string;
      const [price = ''] = (json[1] as Part).as![0]!;
      const decimals = DECIMALS[pair] ?? price.split('.')[1]!.length;
      return testInstrument(pair, unit(decimals), '0.00000001');
    }),
    messages,
    answer: answer,
  };
}

type Request = { event: string; pair: string[]; subscription: { name: string } };

function answer(text: string, oracle: Oracle): string[] {
  const { event, pair: pairs, subscription } = JSON.parse(text) as Request;
  if (event === 'ping') return ['{"event":"pong"}'];
  if (event !== 'subscribe') return [];
  const isBook = subscription.name === 'book';
  const channelName = isBook ? `book-${DEPTH}` : 'trade';
  return pairs.flatMap(pair => [
    JSON.stringify({ event: 'subscriptionStatus', status: 'subscribed', channelName, pair }),
    ...(isBook && oracle.has(pair) ? [snapshotOf(pair, oracle)] : []),
  ]);
}

const TIME = '1618678134.209818';

function snapshotOf(pair: string, oracle: Oracle): string {
  const { bids, asks } = oracle.get(pair)!;
  const timed = (rows: [string, string][]) => rows.map(row => [...row, TIME]);
  const content = { as: timed(rowsOf(asks, 'asks')), bs: timed(rowsOf(bids, 'bids')) };
  return JSON.stringify([1, content, `book-${DEPTH}`, pair]);
}

function messageOf(text: string, json: readonly unknown[]): WireMessage {
  const symbol = json.at(-1) as string;
  const parts = json.slice(1, -2) as Part[];
  const [{ as, bs } = {}] = parts;
  if (as !== undefined || bs !== undefined) {
    const rows = { bids: bs ?? [], asks: as ?? [] };
    return { text, symbol, kind: 'snapshot', apply: oracle => setAll(oracle, symbol, rows) };
  }
  return {
    ...{ text, symbol, kind: 'update' },
    apply(oracle) {
      const book = oracle.get(symbol)!;
      for (const { a = [], b = [] } of parts) {
        change(book.asks, a);
        change(book.bids, b);
      }
      keepBest(book.asks, 'asks', DEPTH);
      keepBest(book.bids, 'bids', DEPTH);
    },
  };
}
