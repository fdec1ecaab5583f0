/** Nodes that take connections and say nothing: without this test they would be waited for. */
import { createServer, type Server, type Socket } from 'node:net';
import { apiVersionsV3 } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nowMs } from '../wait.ts';
import { type Node, openLinks } from './links.ts';

const sockets = new Set<Socket>();
let server: Server;
let node: Node;
beforeAll(async () => {
  server = createServer(socket => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  node = { host: '127.0.0.1', port: (server.address() as { port: number }).port };
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise(resolve => server.close(resolve));
});

/** Fails with what the request failed of; says how often the others were asked. */
async function ask(options: { requestTimeoutMs: number; isGivenUp: boolean }) {
  const { requestTimeoutMs, isGivenUp } = options;
  let asked = 0;
  const links = openLinks({
    ...{ addresses: [], requestTimeoutMs },
    async isGivenUp(silent) {
      asked += 1;
      expect(silent).toEqual(node);
      return isGivenUp;
    },
  });
  const beganMs = nowMs();
  const call = links.call(node, apiVersionsV3.api, 'outrider', '1');
  await expect(call).rejects.toMatchObject({ code: 'network' });
  await links.close();
  return { asked, tookMs: nowMs() - beganMs };
}

it('cuts off a node that the others have given up, long before the timeout', async () => {
  const { asked, tookMs } = await ask({ requestTimeoutMs: 60_000, isGivenUp: true });
  expect(asked).toBe(1);
  expect(tookMs).toBeLessThan(30_000);
});

it('waits for a slow node until the timeout, and asks the others again meanwhile', async () => {
  const { asked, tookMs } = await ask({ requestTimeoutMs: 3_500, isGivenUp: false });
  expect(asked).toBeGreaterThan(1);
  expect(tookMs).toBeGreaterThan(3_000);
});
