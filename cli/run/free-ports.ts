/** Ports for processes of a test that must know of each other before they start. */
import { createServer } from 'node:net';

/** Free now: start first what listens where it likes, or it may take one of them. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) {
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  }
  const ports = servers.map(server => (server.address() as { port: number }).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
