/** A run against its replay: what the venue received, or what was sent, message by message. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { OutriderError, readLog } from '#engine';
import type { ChainReading, Signal } from '#gateway';
import { hasVenueElsewhere, outboundFiles, receivedFiles } from './desk-file.ts';
import { gatewayLogStart, movedSignal } from './remote-wall-gateway.ts';
import { edgeLogStart, replayEdge, replayGateway } from './replay-logs.ts';

export type Comparison =
  | { kind: 'identical'; messages: number; sha256: string; lost: number }
  /** The run was cut off: what the venue had is a prefix of what the log gives. */
  | { kind: 'prefix'; messages: number; of: number }
  | { kind: 'different'; at: string; place?: Place };

/** Of the first difference: indices of connection and message. */
type Place = { connection: number; message: number };

/** Messages of each connection; a connection begins with its Logon. */
type Connections = string[][];

const BEGIN = '8=FIX.4.4\u00019=';

/** The venue's own record, or ours of what was sent where the venue is elsewhere. */
export type Compared = 'received' | 'sent';

export type ComparedRun = Comparison & { compared: Compared; chain: ChainReading };

/**
 * A folder without an edge's log is a gateway's own: its signals came from elsewhere. Throws
 * `bad-usage` for the folder of a run whose gateway was elsewhere, which has no gateway's log.
 */
export function compareRun(directory: string): ComparedRun {
  refuseGatewayElsewhere(directory);
  const replayed: Connections[] = [];
  /** Of the record that each message comes from. */
  const offsets: number[][][] = [];
  const logged: Signal[] = [];
  const gateway = replayGateway(join(directory, 'gateway.log'), {
    connected(venue) {
      replayed[venue] ??= [];
      replayed[venue].push([]);
      offsets[venue] ??= [];
      offsets[venue].push([]);
    },
    message(bytes, venue, offset) {
      replayed[venue]?.at(-1)?.push(Buffer.from(bytes).toString('latin1'));
      offsets[venue]?.at(-1)?.push(offset);
    },
    signal: signal => void logged.push(signal),
  });
  const hasEdge = existsSync(join(directory, 'edge.log'));
  const start = gatewayLogStart(readLog({ directory: join(directory, 'gateway.log') }));
  const isVenueElsewhere = !hasEdge || (start !== undefined && hasVenueElsewhere(start));
  const difference = hasEdge
    ? firstSignalDifference(directory, logged, {
        isComplete: gateway.isComplete,
        hasOwnClock: isVenueElsewhere,
      })
    : undefined;
  const received = join(directory, 'fix', 'venue-received.fix');
  const compared = isVenueElsewhere && !existsSync(received) ? 'sent' : 'received';
  const { chain } = gateway;
  if (difference !== undefined) return { kind: 'different', at: difference, compared, chain };
  const files =
    compared === 'sent'
      ? outboundFiles(directory, start?.deskFile)
      : receivedFiles(directory, isVenueElsewhere ? undefined : start?.deskFile);
  const venues = files.map((file, venue) =>
    located(
      compareConnections(replayed[venue] ?? [], receivedBy(file), gateway.isComplete),
      offsets[venue] ?? [],
    ),
  );
  return { ...together(venues), compared, chain };
}

/** Names the record of the log that the replay gives the message from, or the last one before. */
function located(comparison: Comparison, offsets: readonly number[][]): Comparison {
  if (comparison.kind !== 'different' || comparison.place === undefined) return comparison;
  const { connection, message } = comparison.place;
  const own = offsets[connection]?.[message];
  const before = offsets[connection]?.slice(0, message).at(-1) ?? offsets.flat().at(-1);
  const record = own === undefined ? `after record ${before}` : `at record ${own}`;
  return { ...comparison, at: `${comparison.at}, ${record} of gateway.log` };
}

/** Of several venues: the first difference, or what all of them have. */
function together(venues: readonly Comparison[]): Comparison {
  const [first] = venues;
  if (venues.length === 1) return first!;
  const hashes: string[] = [];
  const sum = { messages: 0, lost: 0, of: 0 };
  for (const [venue, each] of venues.entries()) {
    if (each.kind === 'different')
      return { kind: 'different', at: `venue ${venue + 1}, ${each.at}` };
    sum.messages += each.messages;
    if (each.kind === 'prefix') sum.of += each.of;
    else {
      sum.of += each.messages;
      sum.lost += each.lost;
      hashes.push(each.sha256);
    }
  }
  const { messages, lost, of } = sum;
  if (hashes.length < venues.length) return { kind: 'prefix', messages, of };
  const sha256 = createHash('sha256').update(hashes.join('\n')).digest('hex');
  return { kind: 'identical', messages, sha256, lost };
}

function refuseGatewayElsewhere(directory: string): void {
  const edgeLog = join(directory, 'edge.log');
  if (existsSync(join(directory, 'gateway.log')) || !existsSync(edgeLog)) return;
  const address = edgeLogStart(edgeLog)?.config.gateway;
  if (address === undefined) return;
  const message = `${directory}: the gateway of this run was elsewhere, at ${address}`;
  const remedy = 'it keeps its log itself: replay the folder that its --out named';
  throw new OutriderError('bad-usage', `${message}; ${remedy}`);
}

/**
 * The signals of the edge's log must be those the gateway journalled. Before a venue of another
 * process the gateway has a clock of its own: their times are then all moved by the same amount.
 */
function firstSignalDifference(
  directory: string,
  logged: readonly Signal[],
  { isComplete, hasOwnClock }: { isComplete: boolean; hasOwnClock: boolean },
): string | undefined {
  let at = 0;
  let difference: string | undefined;
  let shiftNs: number | undefined;
  replayEdge(join(directory, 'edge.log'), given => {
    const other = logged[at++];
    shiftNs ??= hasOwnClock && other !== undefined ? other.timeNs - given.timeNs : 0;
    const signal = movedSignal(given, shiftNs);
    if (difference !== undefined || (other === undefined && !isComplete)) return;
    if (isDeepStrictEqual(signal, other)) return;
    const [gives, had] = [JSON.stringify(signal), JSON.stringify(other)];
    difference = `signal ${at}: the edge's log gives ${gives}, the gateway had ${had}`;
  });
  if (difference === undefined && at < logged.length) {
    difference = `signal ${at + 1}: the gateway had one that the edge's log does not give`;
  }
  return difference;
}

export function compareConnections(
  replayed: Connections,
  received: Connections,
  isComplete: boolean,
): Comparison {
  const sha256 = createHash('sha256');
  let messages = 0;
  let lost = 0;
  let next = 0;
  for (const [connection, expected] of replayed.entries()) {
    const later = replayed.slice(connection + 1);
    const isLost = later.some(([logon]) => logon === received[next]?.[0]);
    const actual = isLost ? [] : withoutTorn(received[next++] ?? [], expected);
    for (let at = 0; at < Math.max(actual.length, expected.length); at++) {
      if (at >= actual.length) {
        lost += expected.length - actual.length;
        break;
      }
      if (actual[at] !== expected[at])
        return different({ connection, message: at }, [actual[at]!, expected[at]]);
      sha256.update(actual[at]!, 'latin1');
      messages++;
    }
    // A Logon that nobody heard was refused on its way: the last of them has none after it.
    const isUnheard = actual.length === 0 && expected.length === 1;
    const isLast = connection === replayed.length - 1 && !isUnheard;
    if (isLast && actual.length < expected.length) {
      if (!isComplete) return { kind: 'prefix', messages, of: messages + lost };
      const message = actual.length;
      return different({ connection, message }, [undefined, expected[message]]);
    }
  }
  if (next < received.length) {
    return different({ connection: next, message: 0 }, [received[next]![0], undefined]);
  }
  if (!isComplete) return { kind: 'prefix', messages, of: messages };
  return { kind: 'identical', messages, sha256: sha256.digest('hex'), lost };
}

/** A gateway that is killed may leave half a message behind; that one is lost with the rest. */
function withoutTorn(actual: string[], expected: readonly string[]): string[] {
  const last = actual.at(-1);
  const whole = expected[actual.length - 1];
  const isTorn = last !== undefined && last !== whole && whole?.startsWith(last);
  return isTorn ? actual.slice(0, -1) : actual;
}

function different(
  place: Place,
  [actual, expected]: [string | undefined, string | undefined],
): Comparison {
  const show = (text: string | undefined) =>
    text === undefined ? 'nothing' : text.replaceAll('\u0001', '|');
  const at =
    `connection ${place.connection + 1}, message ${place.message + 1}: the run has ` +
    `${show(actual)}, the replay gives ${show(expected)}`;
  return { kind: 'different', at, place };
}

/** Cuts FIX bytes into messages by trailer and beginning, and into connections by Logons. */
export function receivedBy(file: string): Connections {
  const text = readFile(file);
  const connections: Connections = [];
  let from = 0;
  while (from < text.length) {
    const trailer = text.indexOf('\u000110=', from);
    const begin = text.indexOf(BEGIN, from + 1);
    const whole = trailer < 0 ? text.length : trailer + 8;
    const end = begin < 0 ? whole : Math.min(whole, begin);
    const message = text.slice(from, end);
    if (message.includes('\u000135=A\u0001') || connections.length === 0) connections.push([]);
    connections.at(-1)!.push(message);
    from = end;
  }
  return connections;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    const message = `${file}: cannot be read; give the folder of a run`;
    throw new OutriderError('bad-usage', message, { cause });
  }
}
