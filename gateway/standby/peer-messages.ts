/** What a primary and its standby say to each other, frame by frame. */
import {
  type ByteReader,
  type ByteWriter,
  badFrame,
  createFrameEncoder,
  type FrameEncoder,
  type Nanoseconds,
  OutriderError,
} from '#engine';
import { OPERATOR_BYTES_MAX } from '../operator/signed-command.ts';
import type { BuildIdentity } from './build-identity.ts';
import { NODE_NAME_BYTES_MAX } from './node-name.ts';
import type { Promotion } from './promotion.ts';
import {
  HASH_BYTES_MAX,
  type LogOutputs,
  type LogRecord,
  readOrigin,
  readOutputs,
  readRecord,
  writeLogFields,
  writeOrigin,
} from './record-fields.ts';

/*
   standby                                  primary
   hello: who, which log, how far     ───▶
                                      ◀───  welcome: from which record on it lacks the log
   tail: hash of the records before   ───▶  checked; what the standby has behind is void: cut
                                      ◀───  record, one after another, from there on
   ack: has all records below         ───▶  what they made the primary say may leave
                                      ◀───  outputs: hash of all bytes so far: compared
                                      ◀───  heartbeat, some a lease
   renewal: answer to a heartbeat     ───▶  a promise not to trade for a lease

   hello      1  version u16 | node, config text | steps: count u8, each varint | layout text
                 | log text | epoch, next varint
   welcome    2  origin text | log text | epoch, from varint
   tail       3  hash text
   record     4  offset varint | payload bytes, as in the log
   ack        5  next varint
   outputs    6  offset varint | hash text: after that record was stepped
   heartbeat  7  time of the primary's clock
   renewal    8  the same
   promote    9  operator text | signed bytes, by operator-command.ts or empty
                                           from `outrider promote`, instead of hello; as is status
   status    10  (nothing)
   report    11  text (JSON)               the answer to both
*/
const VERSION = 2;
const KINDS = {
  ...{ hello: 1, welcome: 2, tail: 3, record: 4, ack: 5, outputs: 6 },
  ...{ heartbeat: 7, renewal: 8, promote: 9, status: 10, report: 11 },
} as const;

const REPORT_BYTES_MAX = 4096;
const STEPS_MAX = 255;

export type Hello = {
  kind: 'hello';
  node: string;
  /** Hash of the options that the log was, or will be, begun with. */
  config: string;
  build: BuildIdentity;
  /** Hash of the log's first record; '' for an empty log. */
  log: string;
  /** Of the last claim in it. */
  epoch: number;
  nextOffset: number;
};

export type ToPrimary =
  | Hello
  | { kind: 'tail'; hash: string }
  | { kind: 'ack'; nextOffset: number }
  | { kind: 'renewal'; heartbeatNs: Nanoseconds }
  | ({ kind: 'promote' } & Promotion)
  | { kind: 'status' };

export type FromPrimary =
  | { kind: 'welcome'; originNs: bigint; log: string; epoch: number; fromOffset: number }
  | LogRecord
  | LogOutputs
  | { kind: 'heartbeat'; heartbeatNs: Nanoseconds }
  | { kind: 'report'; text: string };

export type PeerEncoder = (message: ToPrimary | FromPrimary) => Uint8Array;

export function createPeerEncoder(): PeerEncoder {
  const encode: FrameEncoder = createFrameEncoder();
  return message => encode(KINDS[message.kind], fields => writeFields(fields, message));
}

function writeFields(fields: ByteWriter, message: ToPrimary | FromPrimary): void {
  switch (message.kind) {
    case 'hello':
      fields.u16('version', VERSION);
      fields.text('node', message.node, NODE_NAME_BYTES_MAX);
      fields.text('config', message.config, HASH_BYTES_MAX);
      writeBuild(fields, message.build);
      fields.text('log', message.log, HASH_BYTES_MAX);
      fields.varint('epoch', message.epoch);
      fields.varint('next', message.nextOffset);
      return;
    case 'welcome':
      writeOrigin(fields, message.originNs);
      fields.text('log', message.log, HASH_BYTES_MAX);
      fields.varint('epoch', message.epoch);
      fields.varint('from', message.fromOffset);
      return;
    case 'tail':
      fields.text('hash', message.hash, HASH_BYTES_MAX);
      return;
    case 'record':
    case 'outputs':
      writeLogFields(fields, message);
      return;
    case 'ack':
      fields.varint('next', message.nextOffset);
      return;
    case 'heartbeat':
    case 'renewal':
      fields.safeInteger('time', message.heartbeatNs);
      return;
    case 'promote':
      fields.text('operator', message.operator, NODE_NAME_BYTES_MAX);
      fields.bytes('signed', message.signed, OPERATOR_BYTES_MAX);
      return;
    case 'report':
      fields.text('report', message.text, REPORT_BYTES_MAX);
      return;
    case 'status':
      return;
  }
}

/** What a standby or operator may say; else `bad-frame`, another version `protocol`. */
export function readToPrimary(kind: number, fields: ByteReader): ToPrimary {
  switch (kind) {
    case KINDS.hello:
      checkVersion(fields.u16('version'));
      return {
        kind: 'hello',
        node: fields.text('node', NODE_NAME_BYTES_MAX),
        config: fields.text('config', HASH_BYTES_MAX),
        build: readBuild(fields),
        log: fields.text('log', HASH_BYTES_MAX),
        epoch: fields.varint('epoch'),
        nextOffset: fields.varint('next'),
      };
    case KINDS.tail:
      return { kind: 'tail', hash: fields.text('hash', HASH_BYTES_MAX) };
    case KINDS.ack:
      return { kind: 'ack', nextOffset: fields.varint('next') };
    case KINDS.renewal:
      return { kind: 'renewal', heartbeatNs: fields.safeInteger('time') };
    case KINDS.promote:
      return {
        kind: 'promote',
        operator: fields.text('operator', NODE_NAME_BYTES_MAX),
        signed: fields.bytes('signed', OPERATOR_BYTES_MAX).slice(),
      };
    case KINDS.status:
      return { kind: 'status' };
    default:
      throw badFrame(`kind is ${kind}`, 'a standby sends hello, tail, acks and renewals');
  }
}

export function readFromPrimary(kind: number, fields: ByteReader): FromPrimary {
  switch (kind) {
    case KINDS.welcome:
      return {
        kind: 'welcome',
        originNs: readOrigin(fields),
        log: fields.text('log', HASH_BYTES_MAX),
        epoch: fields.varint('epoch'),
        fromOffset: fields.varint('from'),
      };
    case KINDS.record:
      return readRecord(fields);
    case KINDS.outputs:
      return readOutputs(fields);
    case KINDS.heartbeat:
      return { kind: 'heartbeat', heartbeatNs: fields.safeInteger('time') };
    case KINDS.report:
      return { kind: 'report', text: fields.text('report', REPORT_BYTES_MAX) };
    default:
      throw badFrame(`kind is ${kind}`, 'a primary sends welcome, records, outputs and heartbeats');
  }
}

/** Its newest versions of `step`, where there are more than a frame takes. */
function writeBuild(fields: ByteWriter, { steps, layout }: BuildIdentity): void {
  const newest = steps.slice(-STEPS_MAX);
  fields.u8('steps', newest.length);
  for (const step of newest) fields.varint('step', step);
  fields.text('layout', layout, HASH_BYTES_MAX);
}

function readBuild(fields: ByteReader): BuildIdentity {
  const steps = Array.from({ length: fields.u8('steps') }, () => fields.varint('step'));
  return { steps, layout: fields.text('layout', HASH_BYTES_MAX) };
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  const message = `the other node's replication version is ${version}, this one's ${VERSION}`;
  throw new OutriderError('protocol', `${message}; bring both to the same release`);
}
