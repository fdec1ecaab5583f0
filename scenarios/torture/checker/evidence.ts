/** The folder of a torture case: what passed on the wire, what was wished for, what was logged. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordEffects } from './expect-orders.ts';
import { readFix } from './read-fix.ts';
import { type GatewayLog, readGatewayLog, type Wish } from './read-log.ts';

/*
  gateway.log/     the gateway's own log
  wire/0001.up     what a recorder between them handed on to the venue over the first connection,
  wire/0001.down   and to the gateway
  signals.jsonl    each signal of the source as it sent it, the first first
  replay.jsonl     what the gateway's replay of the log sends, a line for each record that sends
  settled.json     at rest: what is wished for, and what the gateway said it holds
*/
export type Evidence = {
  log: GatewayLog;
  /** By offset of a log record. */
  effects: ReadonlyMap<number, RecordEffects>;
  connections: Connection[];
  signals: SentWish[];
  settled: Settled;
};

export type SentWish = Pick<
  Wish,
  'id' | 'instrument' | 'desiredLots' | 'limitIncrements' | 'style'
>;

/** By instrument, in lots. */
export type Settled = { desired: number[]; said: number[] };

type ReplayLine = { record: number; sent: string; ends: boolean };

/** Latin1. */
export type Connection = { up: string; down: string };

/** Of a world that lives on the wire comes first: what is on it, the log has had before. */
export function readConnections(directory: string): Connection[] {
  const file = (name: string) => readFileSync(join(directory, 'wire', name), 'latin1');
  const names = readdirSync(join(directory, 'wire')).filter(name => name.endsWith('.up'));
  return names.sort().map(name => {
    return { up: file(name), down: file(name.replace('.up', '.down')) };
  });
}

/** Throws an Error that names what is missing or cannot be read. */
export function readEvidence(
  directory: string,
  connections: Connection[] = readConnections(directory),
): Evidence {
  const file = (name: string) => readFileSync(join(directory, name), 'latin1');
  const lines = (name: string) =>
    file(name)
      .split('\n')
      .filter(line => line !== '');
  const effects = new Map<number, RecordEffects>();
  for (const line of lines('replay.jsonl')) {
    const { record, sent, ends } = JSON.parse(line) as ReplayLine;
    const { messages, rest, damaged } = readFix(sent);
    if (rest !== '' || damaged.length > 0) throw new Error(`replay of record ${record} is no FIX`);
    effects.set(record, { sent: messages, ends });
  }
  return {
    log: readGatewayLog(join(directory, 'gateway.log')),
    effects,
    connections,
    signals: lines('signals.jsonl').map(line => JSON.parse(line) as SentWish),
    settled: JSON.parse(file('settled.json')) as Settled,
  };
}
