/** An exchange on the loopback that says as Coinbase does what quotes and trades it is given. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  formatSteps,
  type Instrument,
  incrementOf,
  type Quote,
  type Tick,
  type Trade,
} from '#market';

export type CoinbaseServer = {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  publish(ticks: readonly Tick[]): void;
  /** Ends all connections and takes none until `restore`. */
  cut(): void;
  /** Says nothing more, though connections stand, until `restore` ends them. */
  fallSilent(): void;
  /** Sends half a message. */
  garble(): void;
  restore(): void;
  close(): Promise<void>;
};

export type CoinbaseServerOptions = {
  originNs: bigint;
  instruments: readonly Instrument[];
  /** The first client has subscribed. */
  onSubscribed(): void;
};

type Server = CoinbaseServerOptions & {
  listeners: Set<WebSocket>;
  quotes: (Quote | undefined)[];
  tradeIds: number[];
  mode: 'open' | 'cut' | 'silent';
  counts: { connections: number };
};

const HEARTBEAT_MS = 1000;
const UNAVAILABLE = 503;

export async function startCoinbaseServer(options: CoinbaseServerOptions): Promise<CoinbaseServer> {
  const server: Server = {
    ...{ ...options, listeners: new Set(), quotes: [], mode: 'open' },
    tradeIds: options.instruments.map(() => 0),
    counts: { connections: 0 },
  };
  const http = createServer((request, response) => answer(server, request, response));
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (server.mode === 'open') {
      sockets.handleUpgrade(request, socket, head, accepted => take(server, accepted));
    } else socket.end(`HTTP/1.1 ${UNAVAILABLE} Unavailable\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const heartbeat = setInterval(() => beat(server), HEARTBEAT_MS);
  const endAll = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    port: (http.address() as AddressInfo).port,
    get connections() {
      return server.counts.connections;
    },
    publish: ticks => publish(server, ticks),
    cut() {
      server.mode = 'cut';
      endAll();
    },
    fallSilent() {
      server.mode = 'silent';
      for (const socket of sockets.clients) socket.pause();
    },
    garble: () => sendAll(server, '{"type":"l2update","product_id":"'),
    restore() {
      if (server.mode === 'silent') endAll();
      server.mode = 'open';
    },
    async close() {
      clearInterval(heartbeat);
      endAll();
      http.closeAllConnections();
      await new Promise<void>(resolve => void http.close(() => resolve()));
    },
  };
}

function answer({ instruments }: Server, { url = '' }: IncomingMessage, response: ServerResponse) {
  const found = instruments.find(({ venueSymbol }) => url === `/products/${venueSymbol}`);
  response.writeHead(found === undefined ? 404 : 200);
  if (found === undefined) response.end('{"message":"NotFound"}');
  else {
    const { venueSymbol: id, priceIncrement, lotSize, baseCurrency, quoteCurrency } = found;
    const increments = { quote_increment: priceIncrement, base_increment: lotSize };
    const currencies = { base_currency: baseCurrency, quote_currency: quoteCurrency };
    response.end(JSON.stringify({ id, ...increments, ...currencies }));
  }
}

type Asked = { type: string; product_ids: string[] };

function take(server: Server, socket: WebSocket): void {
  server.counts.connections++;
  socket.on('error', () => {});
  socket.on('close', () => server.listeners.delete(socket));
  socket.on('message', data => {
    const { type, product_ids } = JSON.parse(data.toString()) as Asked;
    if (type !== 'subscribe') return;
    const channels = [{ name: 'level2_50', product_ids }];
    socket.send(JSON.stringify({ type: 'subscriptions', channels }));
    for (const id of product_ids) socket.send(snapshotText(server, id));
    server.listeners.add(socket);
    server.onSubscribed();
  });
}

function snapshotText({ instruments, quotes }: Server, product_id: string): string {
  const at = instruments.findIndex(({ venueSymbol }) => venueSymbol === product_id);
  const quote = quotes[at];
  const { bids = [], asks = [] } = quote === undefined ? {} : rowsOf(instruments[at]!, quote);
  return JSON.stringify({ type: 'snapshot', product_id, bids, asks });
}

function rowsOf(instrument: Instrument, { bidIncrements, askIncrements, ...sizes }: Quote) {
  const row = (price: number, lots = 1) => [
    formatSteps(price, incrementOf(instrument.priceIncrement)),
    formatSteps(Math.max(1, lots), incrementOf(instrument.lotSize)),
  ];
  return { bids: [row(bidIncrements, sizes.bidLots)], asks: [row(askIncrements, sizes.askLots)] };
}

function publish(server: Server, ticks: readonly Tick[]): void {
  for (const tick of ticks) {
    if (tick.kind === 'quote') publishQuote(server, tick);
    else if (tick.kind === 'trade') publishTrade(server, tick);
  }
}

/** One level a side: what was there goes, in the same message. */
function publishQuote(server: Server, quote: Quote): void {
  const instrument = server.instruments[quote.instrument]!;
  const before = server.quotes[quote.instrument];
  server.quotes[quote.instrument] = quote;
  const now = rowsOf(instrument, quote);
  const gone = before === undefined ? { bids: [], asks: [] } : rowsOf(instrument, before);
  const changes = (['bids', 'asks'] as const).flatMap(kind => {
    const side = kind === 'bids' ? 'buy' : 'sell';
    const isMoved = gone[kind][0]?.[0] !== now[kind][0]![0];
    const leaving = isMoved ? gone[kind].map(([price]) => [side, price, '0']) : [];
    return [...leaving, [side, ...now[kind][0]!]];
  });
  const time = timeText(server, quote.exchangeTimeNs);
  const product_id = instrument.venueSymbol;
  sendAll(server, JSON.stringify({ type: 'l2update', product_id, changes, time }));
}

function publishTrade(server: Server, trade: Trade): void {
  const { venueSymbol, priceIncrement, lotSize } = server.instruments[trade.instrument]!;
  const trade_id = ++server.tradeIds[trade.instrument]!;
  const price = formatSteps(trade.priceIncrements, incrementOf(priceIncrement));
  const size = formatSteps(trade.sizeLots ?? 1, incrementOf(lotSize));
  // The maker's side.
  const side = trade.aggressor === 'sell' ? 'buy' : 'sell';
  const time = timeText(server, trade.exchangeTimeNs);
  const said = { type: 'match', product_id: venueSymbol, trade_id, price, size, side, time };
  sendAll(server, JSON.stringify(said));
}

function beat(server: Server): void {
  for (const [at, { venueSymbol: product_id }] of server.instruments.entries()) {
    const last_trade_id = server.tradeIds[at];
    sendAll(server, JSON.stringify({ type: 'heartbeat', product_id, last_trade_id }));
  }
}

function sendAll({ listeners, mode }: Server, text: string): void {
  if (mode === 'open') for (const socket of listeners) socket.send(text);
}

/** To the nanosecond, so that a quote can be told again. */
function timeText({ originNs }: Server, timeNs: number): string {
  const unixNs = originNs + BigInt(Math.round(timeNs));
  const seconds = new Date(Number(unixNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(unixNs % 1_000_000_000n).padStart(9, '0')}Z`;
}
