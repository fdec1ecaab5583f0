/** What nodes, watchdogs and a witness say to each other, frame by frame. */
import {
  type ByteReader,
  type ByteWriter,
  badFrame,
  createFrameEncoder,
  type FrameEncoder,
  type Nanoseconds,
  OutriderError,
} from '#engine';
import { NODE_NAME_BYTES_MAX as NAME_BYTES_MAX } from './node-name.ts';

/*
   node, or its watchdog                    witness
   hello: length of its lease         ───▶  another than the witness's own is refused
   acquire: wants to trade            ───▶
                                      ◀───  granted: an epoch; or refused, and why
   renew: trades, some times a lease  ───▶
                                      ◀───  renewed; or refused: another has traded since
   declare: who has all records       ───▶
                                      ◀───  agreed, once that is on the medium
   dead: that process has ended       ───▶
   status                             ───▶
                                      ◀───  state

   hello     1  version u16 | lease safe integer
   acquire   2  node, instance text | epoch varint | forced u8 | asked safe integer
   renew     3  node, instance text | epoch varint | asked safe integer
   declare   4  node, instance text | epoch varint | standby text | serial varint | asked
   dead      5  node, instance text
   granted   6  epoch varint | dead u8 | asked safe integer
   renewed   7  epoch varint | asked safe integer
   agreed    8  epoch varint | serial varint
   refused   9  reason u8 | text | asked safe integer
   status   10  (nothing)
   state    11  text (JSON)
*/
const VERSION = 1;
const KINDS = {
  ...{ hello: 1, acquire: 2, renew: 3, declare: 4, dead: 5 },
  ...{ granted: 6, renewed: 7, agreed: 8, refused: 9, status: 10, state: 11 },
} as const;
const REASONS: readonly RefusalReason[] = [
  ...(['held', 'superseded', 'not-in-sync', 'log-behind', 'strange-log'] as const),
];
const TEXT_BYTES_MAX = 2048;

/** `askedNs` is the asking node's clock, which comes back with the answer. */
export type ToWitness =
  /** A node wants to trade. `isForced`: an operator takes it upon himself that records may lack. */
  | ({ kind: 'acquire'; logEpoch: number; isForced: boolean } & Asking)
  /** The holder goes on; its log has the claim of this epoch. */
  | ({ kind: 'renew'; epoch: number } & Asking)
  /** The holder's standby from now on, '' for alone: what leaves needs, or needs not, its word. */
  | ({ kind: 'declare'; epoch: number; standby: string; serial: number } & Asking)
  /** A watchdog has seen that process end. */
  | { kind: 'dead'; node: string; instance: string };

type Asking = { node: string; instance: string; askedNs: Nanoseconds };

export type RefusalReason = 'held' | 'superseded' | 'not-in-sync' | 'log-behind' | 'strange-log';

export type FromWitness =
  | { kind: 'granted'; epoch: number; isHolderDead: boolean; askedNs: Nanoseconds }
  | { kind: 'renewed'; epoch: number; askedNs: Nanoseconds }
  | { kind: 'agreed'; epoch: number; serial: number }
  | { kind: 'refused'; reason: RefusalReason; text: string; askedNs: Nanoseconds };

/** All that is said to a witness. */
export type WitnessRequest =
  | ToWitness
  | { kind: 'hello'; leaseNs: Nanoseconds }
  | { kind: 'status' };

/** All that a witness says. */
export type WitnessReply = FromWitness | { kind: 'state'; text: string };

export function createWitnessEncoder(): (message: WitnessRequest | WitnessReply) => Uint8Array {
  const encode: FrameEncoder = createFrameEncoder();
  return message => encode(KINDS[message.kind], fields => writeFields(fields, message));
}

function writeFields(fields: ByteWriter, message: WitnessRequest | WitnessReply): void {
  switch (message.kind) {
    case 'hello':
      fields.u16('version', VERSION);
      fields.safeInteger('lease', message.leaseNs);
      return;
    case 'acquire':
      writeNames(fields, message);
      fields.varint('epoch', message.logEpoch);
      fields.u8('forced', message.isForced ? 1 : 0);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'renew':
      writeNames(fields, message);
      fields.varint('epoch', message.epoch);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'declare':
      writeNames(fields, message);
      fields.varint('epoch', message.epoch);
      fields.text('standby', message.standby, NAME_BYTES_MAX);
      fields.varint('serial', message.serial);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'dead':
      writeNames(fields, message);
      return;
    case 'granted':
      fields.varint('epoch', message.epoch);
      fields.u8('dead', message.isHolderDead ? 1 : 0);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'renewed':
      fields.varint('epoch', message.epoch);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'agreed':
      fields.varint('epoch', message.epoch);
      fields.varint('serial', message.serial);
      return;
    case 'refused':
      fields.u8('reason', REASONS.indexOf(message.reason));
      fields.text('text', message.text, TEXT_BYTES_MAX);
      fields.safeInteger('asked', message.askedNs);
      return;
    case 'state':
      fields.text('state', message.text, TEXT_BYTES_MAX);
      return;
    case 'status':
      return;
  }
}

function writeNames(fields: ByteWriter, { node, instance }: { node: string; instance: string }) {
  fields.text('node', node, NAME_BYTES_MAX);
  fields.text('instance', instance, NAME_BYTES_MAX);
}

/** What a node may say; else `bad-frame`, another version `protocol`. */
export function readWitnessRequest(kind: number, fields: ByteReader): WitnessRequest {
  switch (kind) {
    case KINDS.hello:
      checkVersion(fields.u16('version'));
      return { kind: 'hello', leaseNs: fields.safeInteger('lease') };
    case KINDS.acquire: {
      const names = readNames(fields);
      const logEpoch = fields.varint('epoch');
      const isForced = fields.u8('forced') === 1;
      return { kind: 'acquire', ...names, logEpoch, isForced, askedNs: askedOf(fields) };
    }
    case KINDS.renew: {
      const names = readNames(fields);
      return { kind: 'renew', ...names, epoch: fields.varint('epoch'), askedNs: askedOf(fields) };
    }
    case KINDS.declare: {
      const names = readNames(fields);
      const epoch = fields.varint('epoch');
      const standby = fields.text('standby', NAME_BYTES_MAX);
      const serial = fields.varint('serial');
      return { kind: 'declare', ...names, epoch, standby, serial, askedNs: askedOf(fields) };
    }
    case KINDS.dead:
      return { kind: 'dead', ...readNames(fields) };
    case KINDS.status:
      return { kind: 'status' };
    default:
      throw badFrame(
        `kind is ${kind}`,
        'a node sends hello, acquire, renew, declare, dead and status',
      );
  }
}

export function readWitnessReply(kind: number, fields: ByteReader): WitnessReply {
  switch (kind) {
    case KINDS.granted: {
      const epoch = fields.varint('epoch');
      const isHolderDead = fields.u8('dead') === 1;
      return { kind: 'granted', epoch, isHolderDead, askedNs: askedOf(fields) };
    }
    case KINDS.renewed: {
      const epoch = fields.varint('epoch');
      return { kind: 'renewed', epoch, askedNs: askedOf(fields) };
    }
    case KINDS.agreed: {
      const epoch = fields.varint('epoch');
      return { kind: 'agreed', epoch, serial: fields.varint('serial') };
    }
    case KINDS.refused: {
      const reason = REASONS[fields.u8('reason')];
      if (reason === undefined)
        throw badFrame(`kind is ${kind}`, 'its reason is of a newer release');
      const text = fields.text('text', TEXT_BYTES_MAX);
      return { kind: 'refused', reason, text, askedNs: askedOf(fields) };
    }
    case KINDS.state:
      return { kind: 'state', text: fields.text('state', TEXT_BYTES_MAX) };
    default:
      throw badFrame(
        `kind is ${kind}`,
        'a witness sends granted, renewed, agreed, refused and state',
      );
  }
}

const askedOf = (fields: ByteReader): Nanoseconds => fields.safeInteger('asked');

function readNames(fields: ByteReader): { node: string; instance: string } {
  const node = fields.text('node', NAME_BYTES_MAX);
  return { node, instance: fields.text('instance', NAME_BYTES_MAX) };
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  const message = `the node's witness version is ${version}, the witness's ${VERSION}`;
  throw new OutriderError('protocol', `${message}; bring both to the same release`);
}
