/** A question to a node by an operator: how it stands, or that it is to trade. */
import { createConnection } from 'node:net';
import { type Clock, OutriderError, openFramedConnection, SECOND_NS, type Timers } from '#engine';
import type { NodeReport } from './pair.ts';
import {
  createPeerEncoder,
  type FromPrimary,
  readFromPrimary,
  type ToPrimary,
} from './peer-messages.ts';

export type AskPeerOptions = { host: string; port: number; clock: Clock; timers: Timers };

/** Resolves to the node's report. Rejects with `network` where it does not answer within 2 s. */
export function askPeer(
  question: Extract<ToPrimary, { kind: 'promote' | 'status' }>,
  { host, port, clock, timers }: AskPeerOptions,
): Promise<NodeReport> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const connection = openFramedConnection<FromPrimary>(socket, {
      ...{ clock, timers, silenceNs: 2 * SECOND_NS, decode: readFromPrimary },
      onMessage(message) {
        if (message.kind !== 'report') return;
        resolve(JSON.parse(message.text) as NodeReport);
        connection.end('answered');
      },
      onClosed(reason) {
        const remedy = 'give the address that the node was started with, --replicate HOST:PORT';
        reject(new OutriderError('network', `node ${host}:${port}: ${reason}; ${remedy}`));
      },
    });
    connection.send(createPeerEncoder()(question));
  });
}
