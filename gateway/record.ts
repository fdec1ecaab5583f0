/**
 * Records of the gateway's input log.
 *
 *   time   8  nanoseconds since the log's origin: max(previous record, clock)
 *   kind   1  see KINDS
 *   ...       the fields of the kind, below
 *
 * The first record is `start`: the gateway's configuration as JSON, from which a replay is set up.
 */
import { type ByteReader, ByteWriter, type Nanoseconds, OutriderError } from '#engine';
import { readRate, writeRate } from './account/rate-record.ts';
import type { GatewayCommand, GatewayEvent } from './event.ts';
import { OPERATOR_BYTES_MAX } from './operator/signed-command.ts';
import { STATEMENT_BYTES_MAX } from './position-statement.ts';
import { readQuote, writeQuote } from './quote-record.ts';
import { readSignal, writeSignal } from './signal-record.ts';
import type { SnapshotMark } from './snapshot/state-snapshot.ts';
import { readClaim, writeClaim } from './standby/claim-record.ts';
import { NODE_NAME_BYTES_MAX } from './standby/node-name.ts';

const KINDS = {
  start: 0,
  restarted: 1,
  connected: 2,
  disconnected: 3,
  inbound: 4,
  timer: 5,
  command: 6,
  signal: 7,
  quote: 8,
  operator: 9,
  'epoch-claim': 10,
  'standby-state': 11,
  'step-version': 12,
  'snapshot-mark': 13,
  rate: 14,
  'edge-lost': 15,
  statement: 16,
  'instruments-lost': 17,
} as const;

const COMMANDS: readonly GatewayCommand[] = ['kill', 'arm', 'stop', 'edge-lost'];
const START_BYTES_MAX = 1 << 19;
const INBOUND_BYTES_MAX = 1 << 16;
export const GATEWAY_RECORD_BYTES_MAX = 1 << 20;

export type GatewayStart = { kind: 'start'; timeNs: number; config: string };
export type GatewayRecord = GatewayStart | GatewayEvent;

/** Encodes records one after another; the bytes are valid until the next call. */
export function createGatewayEncoder(): (record: GatewayRecord) => Uint8Array {
  const writer = new ByteWriter({ bytesMax: GATEWAY_RECORD_BYTES_MAX });
  return record => {
    writer.reset();
    writer.safeInteger('time', record.timeNs);
    writer.u8('kind', KINDS[record.kind]);
    switch (record.kind) {
      case 'start':
        writer.text('config', record.config, START_BYTES_MAX);
        break;
      case 'inbound':
        writer.varint('venue', record.venue);
        writer.bytes('inbound', record.bytes, INBOUND_BYTES_MAX);
        break;
      case 'command':
        writer.u8('command', COMMANDS.indexOf(record.command));
        break;
      case 'statement':
        writer.bytes('statement', record.bytes, STATEMENT_BYTES_MAX);
        break;
      case 'edge-lost':
      case 'instruments-lost':
        writeEdgeLost(writer, record);
        break;
      case 'operator':
        writer.bytes('operator', record.bytes, OPERATOR_BYTES_MAX);
        break;
      case 'signal':
        writeSignal(writer, record.signal, record.timeNs);
        break;
      case 'quote':
        writeQuote(writer, record.quote, record.timeNs);
        break;
      case 'step-version':
        writer.varint('version', record.version);
        break;
      case 'snapshot-mark':
        writeMark(writer, record.mark);
        break;
      case 'rate':
        writeRate(writer, record.rate, record.timeNs);
        break;
      case 'epoch-claim':
        writeClaim(writer, record);
        break;
      case 'standby-state':
        writer.text('standby', record.standby, NODE_NAME_BYTES_MAX);
        break;
      case 'connected':
      case 'disconnected':
        writer.varint('venue', record.venue);
        break;
      case 'restarted':
      case 'timer':
        break;
    }
    return writer.written();
  };
}

/** Reads one record; bytes that are no record are refused with the field's name. */
export function readGatewayRecord(reader: ByteReader): GatewayRecord {
  const timeNs = reader.safeInteger('time');
  const kind = reader.u8('kind');
  switch (kind) {
    case KINDS.start:
      return { kind: 'start', timeNs, config: reader.text('config', START_BYTES_MAX) };
    case KINDS.restarted:
      return { kind: 'restarted', timeNs };
    case KINDS.connected:
      return { kind: 'connected', timeNs, venue: reader.varint('venue') };
    case KINDS.disconnected:
      return { kind: 'disconnected', timeNs, venue: reader.varint('venue') };
    case KINDS.inbound:
      return readInbound(reader, timeNs);
    case KINDS.timer:
      return { kind: 'timer', timeNs };
    case KINDS.command:
      return { kind: 'command', timeNs, command: oneOf('command', COMMANDS, reader.u8('command')) };
    case KINDS.statement:
      return {
        kind: 'statement',
        timeNs,
        bytes: reader.bytes('statement', STATEMENT_BYTES_MAX).slice(),
      };
    case KINDS['edge-lost']:
      return { kind: 'edge-lost', timeNs, strategy: reader.varint('strategy') };
    case KINDS['instruments-lost']:
      return readInstrumentsLost(reader, timeNs);
    case KINDS.operator:
      return {
        kind: 'operator',
        timeNs,
        bytes: reader.bytes('operator', OPERATOR_BYTES_MAX).slice(),
      };
    case KINDS.signal:
      return { kind: 'signal', timeNs, signal: readSignal(reader, timeNs) };
    case KINDS.quote:
      return { kind: 'quote', timeNs, quote: readQuote(reader, timeNs) };
    case KINDS['step-version']:
      return { kind: 'step-version', timeNs, version: reader.varint('version') };
    case KINDS['snapshot-mark']:
      return { kind: 'snapshot-mark', timeNs, mark: readMark(reader) };
    case KINDS.rate:
      return { kind: 'rate', timeNs, rate: readRate(reader, timeNs) };
    case KINDS['epoch-claim']:
      return { kind: 'epoch-claim', timeNs, ...readClaim(reader) };
    case KINDS['standby-state']:
      return {
        kind: 'standby-state',
        timeNs,
        standby: reader.text('standby', NODE_NAME_BYTES_MAX),
      };
    default:
      throw new OutriderError(
        'bad-log',
        `gateway record of kind ${kind}: written by a newer version`,
      );
  }
}

function writeEdgeLost(
  writer: ByteWriter,
  record: GatewayRecord & { kind: 'edge-lost' | 'instruments-lost' },
): void {
  writer.varint('strategy', record.strategy);
  if (record.kind === 'edge-lost') return;
  writer.varint('instruments', record.instruments.length);
  for (const instrument of record.instruments) writer.varint('instrument', instrument);
}

function readInstrumentsLost(reader: ByteReader, timeNs: Nanoseconds): GatewayRecord {
  const strategy = reader.varint('strategy');
  const count = reader.varint('instruments');
  const instruments: number[] = [];
  // Each takes a byte at least: a record that says more ends before them.
  for (let at = 0; at < count; at++) instruments.push(reader.varint('instrument'));
  return { kind: 'instruments-lost', timeNs, strategy, instruments };
}

function readInbound(reader: ByteReader, timeNs: number): GatewayEvent {
  const venue = reader.varint('venue');
  const bytes = reader.bytes('inbound', INBOUND_BYTES_MAX).slice();
  return { kind: 'inbound', timeNs, venue, bytes };
}

/* mark: layout 16 | state hash 32 | messages varint | chain tip 32; all but one are bytes */
function writeMark(writer: ByteWriter, mark: SnapshotMark): void {
  writer.bytes('layout', Buffer.from(mark.layout, 'hex'), 16);
  writer.bytes('stateHash', Buffer.from(mark.stateHash, 'hex'), 32);
  writer.varint('messages', mark.messages);
  writer.bytes('chainTip', Buffer.from(mark.chainTip, 'hex'), 32);
}

function readMark(reader: ByteReader): SnapshotMark {
  return {
    layout: Buffer.from(reader.bytes('layout', 16)).toString('hex'),
    stateHash: Buffer.from(reader.bytes('stateHash', 32)).toString('hex'),
    messages: reader.varint('messages'),
    chainTip: Buffer.from(reader.bytes('chainTip', 32)).toString('hex'),
  };
}

function oneOf<T>(field: string, values: readonly T[], index: number): T {
  const value = values[index];
  if (value !== undefined) return value;
  throw new OutriderError('bad-log', `${field} is ${index}: written by a newer version`);
}
