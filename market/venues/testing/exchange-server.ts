/** An exchange on the loopback that plays a recorded session, as faulty as a test wants it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Oracle } from './oracle.ts';
import type { Wire, WireMessage } from './wire.ts';

export type Fault =
  | 'drop'
  | 'duplicate'
  /** After the next one. */
  | 'late'
  | 'cut'
  /** Nothing more on the connections that are there, though they stand. */
  | 'silence'
  /** Half a frame, then the end. */
  | 'truncate'
  /** A message larger than any may be, before this one. */
  | 'giant'
  /** In place of the message. */
  | { text: string };

export type ExchangeServer = {
  readonly url: string;
  readonly port: number;
  readonly oracle: Oracle;
  /** Connections so far, and those turned away. */
  readonly connections: number;
  readonly refused: number;
  /** Everything clients said. */
  readonly heard: readonly string[];
  /** Messages played so far. */
  readonly played: number;
  /** Plays so many more, or all. */
  play(count?: number): Promise<void>;
  /** What becomes of the message played at that place. */
  fault(at: number, fault: Fault): void;
  /** The next so many connections get this HTTP status. */
  refuseConnections(count: number, status: number, retryAfterSeconds?: number): void;
  /** The next so many HTTP requests. */
  refuseRequests(count: number, status: number): void;
  /** The next so many subscriptions get this in place of their answer. */
  refuseSubscriptions(count: number, text: string): void;
  close(): Promise<void>;
};

type Client = { socket: WebSocket; isListening: boolean; isSilent: boolean };

type Server = {
  wire: Wire;
  oracle: Oracle;
  clients: Set<Client>;
  faults: Map<number, Fault>;
  late: WireMessage | undefined;
  heard: string[];
  counts: { connections: number; refused: number; played: number };
  refusing: {
    connections: { count: number; status: number; retryAfter: number | undefined };
    requests: { count: number; status: number };
    subscriptions: { count: number; text: string };
  };
};

const GIANT_BYTES = 40 << 20;
/** Messages between two turns of the event loop. */
const AT_ONCE = 10;

export async function startExchange(wire: Wire, port = 0): Promise<ExchangeServer> {
  const server: Server = {
    ...{ wire, oracle: new Map(), clients: new Set(), faults: new Map(), late: undefined },
    ...{ heard: [], counts: { connections: 0, refused: 0, played: 0 } },
    refusing: {
      connections: { count: 0, status: 0, retryAfter: undefined },
      requests: { count: 0, status: 0 },
      subscriptions: { count: 0, text: '' },
    },
  };
  const sockets = new WebSocketServer({ noServer: true });
  const http = createServer((request, response) => answerHttp(server, request, response));
  http.on('upgrade', (request, socket, head) => {
    if (turnAway(server, socket)) return;
    sockets.handleUpgrade(request, socket, head, accepted => take(server, accepted));
  });
  await new Promise<void>(resolve => http.listen(port, '127.0.0.1', resolve));
  const { port: taken } = http.address() as AddressInfo;
  const { counts, faults, refusing } = server;
  return {
    ...{ url: `ws://127.0.0.1:${taken}`, port: taken, oracle: server.oracle, heard: server.heard },
    get connections() {
      return counts.connections;
    },
    get refused() {
      return counts.refused;
    },
    get played() {
      return counts.played;
    },
    play: count => play(server, count),
    fault: (at, fault) => void faults.set(at, fault),
    refuseConnections(count, status, retryAfter) {
      refusing.connections = { count, status, retryAfter };
    },
    refuseRequests(count, status) {
      refusing.requests = { count, status };
    },
    refuseSubscriptions(count, text) {
      refusing.subscriptions = { count, text };
    },
    async close() {
      for (const { socket } of server.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise<void>(resolve => void http.close(() => resolve()));
    },
  };
}

function turnAway({ refusing, counts }: Server, socket: Duplex): boolean {
  const { connections } = refusing;
  if (connections.count === 0) return false;
  connections.count--;
  counts.refused++;
  const { status, retryAfter } = connections;
  const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.end(`HTTP/1.1 ${status} Refused\r\n${wait}Content-Length: 0\r\nConnection: close\r\n\r\n`);
  return true;
}

function take(server: Server, socket: WebSocket): void {
  const { clients, counts, wire, oracle, heard, refusing } = server;
  const client: Client = { socket, isListening: false, isSilent: false };
  clients.add(client);
  counts.connections++;
  socket.on('message', data => {
    const text = data.toString();
    heard.push(text);
    if (client.isSilent) return;
    const { subscriptions } = refusing;
    const isAsking = /subscribe/i.test(text);
    if (isAsking && subscriptions.count > 0) {
      subscriptions.count--;
      socket.send(subscriptions.text);
      return;
    }
    for (const answer of wire.answer(text, oracle)) socket.send(answer);
    client.isListening ||= isAsking;
  });
  socket.on('close', () => clients.delete(client));
  socket.on('error', () => {});
}

function answerHttp(server: Server, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const { refusing, wire, oracle, heard } = server;
  heard.push(`GET ${url}`);
  if (refusing.requests.count > 0) {
    refusing.requests.count--;
    response.writeHead(refusing.requests.status, { 'retry-after': '0' }).end();
    return;
  }
  const text = wire.rest?.(url, oracle);
  response.writeHead(text === undefined ? 404 : 200).end(text ?? '{}');
}

async function play(server: Server, count = Number.POSITIVE_INFINITY): Promise<void> {
  const { wire, counts } = server;
  const end = Math.min(wire.messages.length, counts.played + count);
  while (counts.played < end) {
    playOne(server, wire.messages[counts.played]!, counts.played);
    counts.played++;
    if (counts.played % AT_ONCE === 0) await new Promise(setImmediate);
  }
}

function playOne(server: Server, message: WireMessage, at: number): void {
  const { oracle, faults } = server;
  message.apply(oracle);
  const fault = faults.get(at);
  if (fault === undefined) send(server, message.text);
  else inject(server, message, fault);
  if (server.late !== undefined && fault !== 'late') {
    send(server, server.late.text);
    server.late = undefined;
  }
}

function send({ clients }: Server, text: string): void {
  if (text === '') return;
  for (const { socket, isListening, isSilent } of clients) {
    if (isListening && !isSilent) socket.send(text);
  }
}

function inject(server: Server, message: WireMessage, fault: Fault): void {
  const { clients } = server;
  if (typeof fault === 'object') {
    send(server, fault.text);
    return;
  }
  switch (fault) {
    case 'drop':
      return;
    case 'duplicate':
      send(server, message.text);
      send(server, message.text);
      return;
    case 'late':
      server.late = message;
      return;
    case 'cut':
      for (const { socket } of clients) socket.terminate();
      return;
    case 'silence':
      for (const client of clients) {
        client.isSilent = true;
        // Nothing is read either, so that pings have no pong.
        client.socket.pause();
      }
      return;
    case 'truncate':
      for (const { socket } of clients) endWithin(socket, message.text);
      return;
    case 'giant':
      send(server, `{"x":"${'y'.repeat(GIANT_BYTES)}"}`);
      return;
  }
}

/** A text frame that says it has two hundred bytes, and ends after half of them. */
function endWithin(socket: WebSocket, text: string): void {
  const frame = Buffer.concat([Buffer.from([0x81, 126, 0, 200]), Buffer.alloc(100, text)]);
  const raw = (socket as unknown as { _socket: Duplex })._socket;
  raw.end(frame);
}
