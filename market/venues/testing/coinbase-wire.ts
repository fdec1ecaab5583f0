/** The recorded session of Coinbase, message for message. */
import { coinbaseVenue } from '../coinbase.ts';
import { change, type Oracle, type Rows, rowsOf, setAll } from './oracle.ts';
import { recordedSession, testInstrument } from './sessions.ts';
import { nothing, unit, type Wire, type WireMessage } from './wire.ts';

type Said = {
  type: string;
  product_id: string;
  bids: Rows;
  asks: Rows;
  changes: Rows;
};

export function coinbaseWire(folder: string): Wire {
  const said = recordedSession(folder, 'COINBASE.ws.28.0.gz').map(({ text }) => ({
    ...{ text, json: JSON.parse(text) as Said },
  }));
  const market = said.filter(({ json }) => json.product_id !== undefined);
  return {
    venue: coinbaseVenue('level2'),
    instruments: market
      .filter(({ json }) => json.type === 'snapshot')
      .map(({ json }) => testInstrument(json.product_id, unit(finest(json)), '0.00000001')),
    messages: market.map(({ text, json }) => messageOf(text, json)),
    answer(text, oracle) {
      const { type, product_ids } = JSON.parse(text) as { type: string; product_ids: string[] };
      if (type !== 'subscribe') return [];
      const channels = [{ name: 'level2', product_ids }];
      return [
        JSON.stringify({ type: 'subscriptions', channels }),
        ...product_ids.filter(id => oracle.has(id)).map(id => snapshotOf(id, oracle)),
      ];
    },
  };
}

const finest = ({ bids, asks }: Said) =>
  Math.max(...[...bids, ...asks].map(([price = '']) => price.split('.')[1]?.length ?? 0));

function snapshotOf(product_id: string, oracle: Oracle): string {
  const { bids, asks } = oracle.get(product_id)!;
  const sides = { bids: rowsOf(bids, 'bids'), asks: rowsOf(asks, 'asks') };
  return JSON.stringify({ type: 'snapshot', product_id, ...sides });
}

const KINDS: Record<string, WireMessage['kind']> = {
  ...{ snapshot: 'snapshot', l2update: 'update', match: 'trade' },
};

function messageOf(text: string, json: Said): WireMessage {
  const symbol = json.product_id;
  const kind = KINDS[json.type] ?? 'other';
  const ofSide = (wanted: string) =>
    json.changes.filter(([side]) => side === wanted).map(row => row.slice(1));
  switch (kind) {
    case 'snapshot':
      return { text, symbol, kind, apply: oracle => setAll(oracle, symbol, json) };
    case 'update':
      return {
        ...{ text, symbol, kind },
        apply(oracle) {
          const book = oracle.get(symbol)!;
          change(book.bids, ofSide('buy'));
          change(book.asks, ofSide('sell'));
        },
      };
    default:
      return { text, symbol, kind, apply: nothing };
  }
}
