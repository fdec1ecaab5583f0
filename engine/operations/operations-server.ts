/** The HTTP door for whoever runs a process: metrics and health, nothing that changes anything. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { OutriderError } from '../error.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export type OperationsServer = {
  readonly port: number;
  close(): Promise<void>;
};

export type OperationsOptions = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly metrics: Metrics;
  readonly health: Health;
};

/** Scrapers there may be at a time; further connections are closed. */
const CONNECTIONS_MAX = 32;
const HEADER_BYTES_MAX = 8 * 1024;
const REQUEST_MS = 5_000;

/**
 * Serves until it is closed: `/metrics`; `/healthz`, 200 while the event loop turns; `/readyz`, 200
 * or 503 with what is missing. Throws `network` where the address cannot be had.
 */
export async function serveOperations(options: OperationsOptions): Promise<OperationsServer> {
  const { host, port } = options;
  const server = createServer(
    {
      ...{ maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS },
      ...{ headersTimeout: REQUEST_MS, keepAliveTimeout: REQUEST_MS },
    },
    (request, response) => {
      answer(options, request, response).catch(error => {
        // What is asked of a process must not end it.
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(`${(error as Error).message}\n`);
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  // A process whose start has failed would otherwise live on for its door, and say it is alive.
  server.unref();
  server.on('connection', socket => socket.unref());
  await listening(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', cause => {
      const text = `operations: ${host}:${port}: ${cause.message}; give an address that is free`;
      reject(new OutriderError('network', text, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

async function answer(
  { metrics, health }: OperationsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, text: string) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? '' : text);
  };
  const json = (status: number, value: unknown) =>
    send(status, 'application/json', `${JSON.stringify(value)}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return json(405, { error: `method ${request.method}; give GET or HEAD` });
  }
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return send(200, metrics.contentType, await metrics.text());
    case '/healthz':
      return json(200, { status: 'alive' });
    case '/readyz': {
      const missing = health.missing();
      const isReady = Object.keys(missing).length === 0;
      return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', missing });
    }
    default:
      return json(404, { error: 'there are /metrics, /healthz and /readyz' });
  }
}
