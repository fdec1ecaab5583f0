/** The product's word on its own log, for a checker that has no line of it: bytes by record. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayGateway } from '#cli';

/** Replays `gateway.log` of the folder into its `replay.jsonl`: see checker/evidence.ts. */
export function writeReplay(directory: string): void {
  const lines: string[] = [];
  replayGateway(join(directory, 'gateway.log'), {
    connected() {},
    message() {},
    signal() {},
    stepped(record, { outbound: { list, venues }, disconnects }) {
      for (const venue of new Set([...venues, ...disconnects.map(each => each.venue)])) {
        const sent = Buffer.concat(list.filter((_, at) => venues[at] === venue));
        const ends = disconnects.some(each => each.venue === venue);
        lines.push(JSON.stringify({ record, venue, sent: sent.toString('latin1'), ends }));
      }
    },
  });
  writeFileSync(join(directory, 'replay.jsonl'), lines.map(line => `${line}\n`).join(''));
}
