/** The recorded session of OKX with the sequence numbers of today; checksums as recorded, or 0. */
import { okxVenue } from '../okx.ts';
import { change, type Oracle, type Rows, rowsOf, setAll } from './oracle.ts';
import { recordedSession, testInstrument } from './sessions.ts';
import { nothing, type Wire, type WireMessage } from './wire.ts';

type Said = {
  event?: string;
  arg: { channel: string; instId: string };
  action: string;
  data: [{ bids: Rows; asks: Rows; ts: string; checksum: number }];
};

export function okxWire(folder: string, options: { checksums: boolean }): Wire {
  const said = recordedSession(folder, 'OKX.ws.1.0.gz')
    .map(({ text }) => JSON.parse(text) as Said)
    .filter(({ event, arg }) => event === undefined && arg.channel !== 'tickers');
  const sequences = new Map<string, number>();
  return {
    venue: okxVenue(),
    instruments: [
      testInstrument('BTC-USD-220527', '0.1', '1'),
      testInstrument('UNI-USD-SWAP', '0.001', '1'),
      testInstrument('BTC-USDT', '0.1', '0.00000001'),
    ],
    messages: said.map(each => messageOf(each, sequences, options.checksums)),
    answer: (text, oracle) => answer(text, oracle),
  };
}

function answer(text: string, oracle: Oracle): string[] {
  if (text === 'ping') return ['pong'];
  const { op, args } = JSON.parse(text) as { op: string; args: Said['arg'][] };
  if (op !== 'subscribe') return [];
  return args.flatMap(arg => [
    JSON.stringify({ event: 'subscribe', arg }),
    ...(arg.channel === 'books' && oracle.has(arg.instId) ? [snapshotOf(arg, oracle)] : []),
  ]);
}

function snapshotOf(arg: Said['arg'], oracle: Oracle): string {
  const { bids, asks, update } = oracle.get(arg.instId)!;
  const sides = { bids: rowsOf(bids, 'bids'), asks: rowsOf(asks, 'asks') };
  const numbers = { ts: '1652459225393', checksum: 0, seqId: update, prevSeqId: -1 };
  return JSON.stringify({ arg, action: 'snapshot', data: [{ ...sides, ...numbers }] });
}

function messageOf(said: Said, sequences: Map<string, number>, hasChecksums: boolean): WireMessage {
  const { arg, action, data } = said;
  const symbol = arg.instId;
  if (arg.channel === 'trades') {
    return { text: JSON.stringify(said), symbol, kind: 'trade', apply: nothing };
  }
  const [rows] = data;
  const before = sequences.get(symbol) ?? 100;
  // Numbers rise by more than one.
  const seqId = before + 3;
  sequences.set(symbol, seqId);
  const isSnapshot = action === 'snapshot';
  const numbers = { seqId, prevSeqId: isSnapshot ? -1 : before };
  const checksum = hasChecksums ? rows.checksum : 0;
  const text = JSON.stringify({ arg, action, data: [{ ...rows, checksum, ...numbers }] });
  return {
    ...{ text, symbol, kind: isSnapshot ? 'snapshot' : 'update' },
    apply(oracle) {
      if (isSnapshot) setAll(oracle, symbol, rows);
      const book = oracle.get(symbol)!;
      if (!isSnapshot) {
        change(book.bids, rows.bids);
        change(book.asks, rows.asks);
      }
      book.update = seqId;
    },
  };
}
