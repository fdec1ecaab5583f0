/** In the place of the venue: refuses every Logon, for it claims to expect a higher number. */
import { createServer, type Socket } from 'node:net';
import { OutriderError } from '#engine';
import { createFramer, encodeMessage, parseMessage } from '#gateway';

export type Impostor = { close(): Promise<void> };

/** So much higher than the number that is given. */
const AHEAD = 5;
/** Of its Logout: too high to be counted. */
const LOGOUT_NUMBER = 1_000_000;
const CONNECTIONS_MAX = 16;

/** Rejects with `network` where the port is not free. */
export function startImpostor(port: number): Promise<Impostor> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const framer = createFramer({
      onMessage: bytes => refuse(socket, bytes),
      onGarbage() {},
    });
    socket.on('data', bytes => framer.push(bytes));
  });
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve, reject) => {
    server.once('error', cause => {
      reject(new OutriderError('network', `impostor on port ${port}: ${cause.message}`, { cause }));
    });
    server.listen({ host: '127.0.0.1', port }, () =>
      resolve({
        close() {
          for (const socket of sockets) socket.destroy();
          return new Promise(done => void server.close(() => done()));
        },
      }),
    );
  });
}

function refuse(socket: Socket, logon: Uint8Array): void {
  const view = parseMessage(logon);
  if (view.kind !== 'view' || view.msgType !== 'A') return;
  const number = view.msgSeqNum;
  const header = {
    msgSeqNum: LOGOUT_NUMBER,
    senderCompId: 'VENUE',
    targetCompId: 'OUTRIDER',
    sendingTime: new Date().toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21),
  };
  const text = `MsgSeqNum too low, expecting ${number + AHEAD} but received ${number}`;
  socket.end(encodeMessage(header, { msgType: '5', text }));
}
