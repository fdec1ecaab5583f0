/** Opens a listening socket and says plainly which address could not be had, and what to do. */

import type { AddressInfo, Server } from 'node:net';
import { OutriderError } from '../error.ts';

export type ListenAddress = {
  /** Loopback unless another address of this machine is named. */
  host?: string | undefined;
  /** 0 lets the system choose. */
  port: number;
};

export const LOOPBACK_HOST = '127.0.0.1';

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there: stop it, or choose another port (0 for a free one)',
  EACCES: 'this user may not listen there: choose a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address: listen on 127.0.0.1 or on an address it has',
};

/** Resolves to the port; rejects with `network` naming host, port and remedy. */
export function listenOn(server: Server, { host = LOOPBACK_HOST, port }: ListenAddress) {
  return new Promise<number>((resolve, reject) => {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      reject(new OutriderError('bad-config', `port ${port}: use an integer from 0 to 65535`));
      return;
    }
    const failed = (cause: NodeJS.ErrnoException) => {
      const remedy = REMEDIES[cause.code ?? ''] ?? 'check that the address belongs to this machine';
      const message = `listen on ${host}:${port}: ${cause.code ?? cause.message}: ${remedy}`;
      reject(new OutriderError('network', message, { cause }));
    };
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
