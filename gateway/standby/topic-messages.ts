/** What the topic of a gateway's log holds: records, and who may write them, message by message. */
import { ByteReader, ByteWriter, badFrame } from '#engine';
import { NODE_NAME_BYTES_MAX } from './node-name.ts';
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
   acquire  1  epoch varint | node, instance text | next varint | asked safe integer
   renew    2  the same
   begin    3  epoch varint | origin, log, config text | next varint
   record   4  epoch varint | offset varint | payload bytes, as in the log
   outputs  5  epoch varint | offset varint | hash text: after that record was stepped
   end      6  epoch varint | next varint

   acquire … acquire, begin, record (the claim), record, renew, record, …, outputs, …, end

   An acquire of a process that does not hold the topic begins an epoch; whatever else is of an
   older one is void. `next` is the offset of the next record, as far as the writer has read.
*/
const KINDS = { acquire: 1, renew: 2, begin: 3, record: 4, outputs: 5, end: 6 } as const;

const INSTANCE_BYTES_MAX = 64;

type Lease = {
  epoch: number;
  node: string;
  /** Names the process. */
  instance: string;
  nextOffset: number;
  /** By that process's clock. */
  askedNs: number;
};

export type TopicMessage =
  | ({ kind: 'acquire' } & Lease)
  | ({ kind: 'renew' } & Lease)
  /** The writer's claim follows. `config`: hash of what both nodes are started with alike. */
  | {
      kind: 'begin';
      epoch: number;
      originNs: bigint;
      log: string;
      config: string;
      nextOffset: number;
    }
  | (LogRecord & { epoch: number })
  | (LogOutputs & { epoch: number })
  /** The writer has closed its venues: nobody has to wait for the end of its lease. */
  | { kind: 'end'; epoch: number; nextOffset: number };

/** Gives bytes of their own. Throws `limit` for a record that is too long. */
export function encodeTopicMessage(message: TopicMessage): Buffer {
  const fields = new ByteWriter({ bytesMax: 1 << 20 });
  fields.u8('kind', KINDS[message.kind]);
  fields.varint('epoch', message.epoch);
  writeFields(fields, message);
  return Buffer.from(fields.written());
}

function writeFields(fields: ByteWriter, message: TopicMessage): void {
  switch (message.kind) {
    case 'acquire':
    case 'renew':
      fields.text('node', message.node, NODE_NAME_BYTES_MAX);
      fields.text('instance', message.instance, INSTANCE_BYTES_MAX);
      fields.varint('next', message.nextOffset);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'begin':
      writeOrigin(fields, message.originNs);
      fields.text('log', message.log, HASH_BYTES_MAX);
      fields.text('config', message.config, HASH_BYTES_MAX);
      fields.varint('next', message.nextOffset);
      return;
    case 'record':
    case 'outputs':
      writeLogFields(fields, message);
      return;
    case 'end':
      fields.varint('next', message.nextOffset);
      return;
  }
}

/** Throws `bad-frame` for bytes that are no such message. The payload is a copy. */
export function decodeTopicMessage(bytes: Uint8Array): TopicMessage {
  const fields = new ByteReader();
  fields.reset(bytes);
  const kind = fields.u8('kind');
  const epoch = fields.varint('epoch');
  const message = readFields(fields, kind, epoch);
  fields.end('message');
  return message;
}

function readFields(fields: ByteReader, kind: number, epoch: number): TopicMessage {
  switch (kind) {
    case KINDS.acquire:
      return { kind: 'acquire', epoch, ...readLease(fields) };
    case KINDS.renew:
      return { kind: 'renew', epoch, ...readLease(fields) };
    case KINDS.begin:
      return {
        ...{ kind: 'begin', epoch, originNs: readOrigin(fields) },
        log: fields.text('log', HASH_BYTES_MAX),
        config: fields.text('config', HASH_BYTES_MAX),
        nextOffset: fields.varint('next'),
      };
    case KINDS.record:
      return { epoch, ...readRecord(fields) };
    case KINDS.outputs:
      return { epoch, ...readOutputs(fields) };
    case KINDS.end:
      return { kind: 'end', epoch, nextOffset: fields.varint('next') };
    default:
      throw badFrame(`kind is ${kind}`, 'a topic of a gateway’s log holds kinds 1 to 6');
  }
}

function readLease(fields: ByteReader): Omit<Lease, 'epoch'> {
  return {
    node: fields.text('node', NODE_NAME_BYTES_MAX),
    instance: fields.text('instance', INSTANCE_BYTES_MAX),
    nextOffset: fields.varint('next'),
    askedNs: fields.safeInteger('asked'),
  };
}
