/** Ports for processes of a test that must know of each other, or come back where they were. */
import { createServer } from 'node:net';
import { OutriderError } from '../error.ts';
import { LOOPBACK_HOST } from './listen.ts';

/*
  Not those that a system gives to whoever asks for any: while a process is away, its port would go
  to another one, and whoever looks for the first would find the second.
*/
const FIRST_PORT = 15_000;
const PORTS = 16_000;
/** Processes that run beside this one begin elsewhere. */
const STRIDE = 131;

let offset = (process.pid * STRIDE) % PORTS;

/** Free now, each another one than before. Throws `network` where not so many are free. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < PORTS; tries++) {
    const port = FIRST_PORT + offset;
    offset = (offset + 1) % PORTS;
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length === count) return ports;
  const range = `${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`;
  throw new OutriderError(
    'network',
    `${count} free ports in ${range}: none left; end what listens`,
  );
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise(resolve => {
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK_HOST, () => server.close(() => resolve(true)));
  });
}
