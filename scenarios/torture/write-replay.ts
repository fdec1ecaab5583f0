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
    stepped(record, { outbound, disconnects }) {
      const ends = disconnects.length > 0;
      if (outbound.list.length === 0 && !ends) return;
      const sent = Buffer.concat(outbound.list).toString('latin1');
      lines.push(JSON.stringify({ record, sent, ends }));
    },
  });
  writeFileSync(join(directory, 'replay.jsonl'), lines.map(line => `${line}\n`).join(''));
}
