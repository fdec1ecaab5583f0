/** The folder of a torture case: what passed on the wire, what was wished for, what was logged. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FixMessage, readFix } from './read-fix.ts';
import { type GatewayLog, readGatewayLog, type Wish } from './read-log.ts';

/*
  gateway.log/     the gateway's own log
  wire/0001.up     what a recorder between them handed on to the venue over the first connection,
  wire/0001.down   and to the gateway; of the second venue in wire-2/
  signals.jsonl    each signal of the source as it sent it, the first first
  replay.jsonl     what the gateway's replay of the log sends, a line a record and venue
  settled.json     at rest: what is wished for, and what the gateway said it holds
*/
export type Evidence = {
  log: GatewayLog;
  /** As the log counts them. */
  venues: VenueEvidence[];
  signals: SentWish[];
  settled: Settled;
};

export type VenueEvidence = {
  /** By offset of a log record. */
  effects: Map<number, RecordEffects>;
  connections: Connection[];
};

/** What the gateway's own replay says a record made it do at a venue. */
export type RecordEffects = {
  sent: FixMessage[];
  /** The session ended the connection here. */
  ends: boolean;
};

export type SentWish = Pick<
  Wish,
  'id' | 'instrument' | 'desiredLots' | 'limitIncrements' | 'style'
>;

/** By instrument, in lots. */
type Settled = { desired: number[]; said: number[] };

type ReplayLine = { record: number; venue: number; sent: string; ends: boolean };

/** Latin1. */
export type Connection = { up: string; down: string };

/** The folder of a venue's connections. */
export const wireFolder = (directory: string, venue: number): string =>
  join(directory, venue === 0 ? 'wire' : `wire-${venue + 1}`);

/**
 * By venue. Of a world that lives on the wires come first: what is on them, the log has had before.
 */
export function readConnections(directory: string): Connection[][] {
  const venues: Connection[][] = [];
  for (let venue = 0; existsSync(wireFolder(directory, venue)); venue++) {
    const folder = wireFolder(directory, venue);
    const file = (name: string) => readFileSync(join(folder, name), 'latin1');
    const names = readdirSync(folder).filter(name => name.endsWith('.up'));
    venues.push(
      names.sort().map(name => ({ up: file(name), down: file(name.replace('.up', '.down')) })),
    );
  }
  return venues;
}

/** Throws an Error that names what is missing or cannot be read. */
export function readEvidence(
  directory: string,
  connections: Connection[][] = readConnections(directory),
): Evidence {
  const file = (name: string) => readFileSync(join(directory, name), 'latin1');
  const lines = (name: string) =>
    file(name)
      .split('\n')
      .filter(line => line !== '');
  const venues = connections.map(each => ({
    ...{ connections: each, effects: new Map<number, RecordEffects>() },
  }));
  for (const line of lines('replay.jsonl')) {
    const { record, venue, sent, ends } = JSON.parse(line) as ReplayLine;
    const { messages, rest, damaged } = readFix(sent);
    if (rest !== '' || damaged.length > 0) throw new Error(`replay of record ${record} is no FIX`);
    venues[venue]!.effects.set(record, { sent: messages, ends });
  }
  return {
    log: readGatewayLog(join(directory, 'gateway.log')),
    venues,
    signals: lines('signals.jsonl').map(line => JSON.parse(line) as SentWish),
    settled: JSON.parse(file('settled.json')) as Settled,
  };
}
