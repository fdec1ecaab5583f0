/** The messages that passed between gateway and a venue, as a recorder between them had them. */
import type { VenueEvidence } from './evidence.ts';
import { type FixMessage, isRequest, readFix } from './read-fix.ts';

export type Wire = {
  /** To the venue and from it, whole messages of all connections in order. */
  up: FixMessage[];
  down: FixMessage[];
  /** By ClOrdID: every sending of a request. */
  requests: Map<string, FixMessage[]>;
  /** What is no FIX, in words. */
  damaged: string[];
};

export function readWire({ connections }: VenueEvidence): Wire {
  const wire: Wire = { up: [], down: [], requests: new Map(), damaged: [] };
  for (const [index, { up, down }] of connections.entries()) {
    const [sent, said] = [readFix(up), readFix(down)];
    wire.up.push(...sent.messages);
    wire.down.push(...said.messages);
    for (const text of [...sent.damaged, ...said.damaged]) {
      wire.damaged.push(`connection ${index + 1}, ${text}`);
    }
  }
  for (const message of wire.up) {
    if (!isRequest(message)) continue;
    const id = message.get(11);
    wire.requests.set(id, [...(wire.requests.get(id) ?? []), message]);
  }
  return wire;
}
