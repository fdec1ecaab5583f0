/** A question to a witness by an operator: what it has granted. */
import { createConnection } from 'node:net';
import { type Clock, OutriderError, openFramedConnection, SECOND_NS, type Timers } from '#engine';
import { createWitnessEncoder, readWitnessReply, type WitnessReply } from './witness-messages.ts';

export type AskWitnessOptions = { host: string; port: number; clock: Clock; timers: Timers };

/** Resolves to its state as JSON. Rejects with `network` where it does not answer within 2 s. */
export function askWitness({ host, port, clock, timers }: AskWitnessOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = openFramedConnection<WitnessReply>(createConnection({ host, port }), {
      ...{ clock, timers, silenceNs: 2 * SECOND_NS, decode: readWitnessReply },
      onMessage(message) {
        if (message.kind !== 'state') return;
        resolve(message.text);
        connection.end('answered');
      },
      onClosed(reason) {
        const remedy = 'give the address that `outrider witness --listen` has';
        reject(new OutriderError('network', `witness ${host}:${port}: ${reason}; ${remedy}`));
      },
    });
    connection.send(createWitnessEncoder()({ kind: 'status' }));
  });
}
