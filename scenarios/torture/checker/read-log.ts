/** Reads the gateway's log by the format that docs/gateway.md draws, without the product's code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Wish = {
  /** ForecastId: the source gives each of its signals one of its own. */
  id: string;
  strategy: number;
  instrument: number;
  desiredLots: number;
  limitIncrements: number;
  style: 'wait' | 'join' | 'cross' | 'peg';
  tickTimeNs: number;
  forecastTimeNs: number;
};

/** What of a record matters to a judge; the rest of the kinds carry nothing for one. */
export type LogRecord = { timeNs: number } & (
  | { kind: 'start'; config: string }
  | { kind: 'restarted' | 'timer' | 'other' }
  /** A node begins to trade; void where its epoch is not above the last. */
  | { kind: 'epoch-claim'; epoch: number }
  | { kind: 'connected' | 'disconnected'; venue: number }
  | { kind: 'inbound'; venue: number; bytes: string }
  | { kind: 'command'; command: number }
  /** Of one strategy's edge, where there are several. */
  | { kind: 'edge-lost'; strategy: number }
  /** Of one of its edges, where there are several. */
  | { kind: 'instruments-lost'; strategy: number; instruments: readonly number[] }
  | { kind: 'signal'; wish: Wish }
);

export type GatewayLog = {
  originNs: bigint;
  /** In order of their offsets, from 0 on. */
  records: LogRecord[];
  /** Bytes behind the last whole record. */
  tornBytes: number;
};

/*
  segment   "ORLG" | version u32 | first offset u64 | origin i64 | crc32c u32 | records
  record    length u32 | crc32c u32 of length and payload | payload
  payload   time: low u32, high i32 | kind u8 | the fields of the kind        all little endian
*/
const SEGMENT_HEADER_BYTES = 28;
const RECORD_HEADER_BYTES = 8;
const STYLES = ['wait', 'join', 'cross', 'peg'] as const;

/** Throws an Error for a log that is no log; a torn end is no fault. */
export function readGatewayLog(directory: string): GatewayLog {
  const names = readdirSync(directory).filter(name => /^\d{20}\.segment$/.test(name));
  const records: LogRecord[] = [];
  let originNs = 0n;
  let tornBytes = 0;
  for (const name of names.sort()) {
    if (tornBytes > 0) throw new Error(`${name} follows a segment that is torn`);
    const bytes = readFileSync(join(directory, name));
    if (bytes.toString('latin1', 0, 4) !== 'ORLG') throw new Error(`${name} is no segment`);
    if (Number(bytes.readBigUInt64LE(8)) !== records.length) {
      throw new Error(`${name} does not follow on ${records.length} records`);
    }
    originNs = bytes.readBigInt64LE(16);
    tornBytes = readSegment(bytes, records);
  }
  return { originNs, records, tornBytes };
}

/** Adds the whole records of a segment; gives the bytes that are none. */
function readSegment(bytes: Buffer, records: LogRecord[]): number {
  let at = SEGMENT_HEADER_BYTES;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const end = at + RECORD_HEADER_BYTES + length;
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + RECORD_HEADER_BYTES, end);
    const sum = crc32c(payload, crc32c(bytes.subarray(at, at + 4)));
    if (bytes.readUInt32LE(at + 4) !== sum) break;
    records.push(readRecord(payload));
    at = end;
  }
  return bytes.length - at;
}

function readRecord(payload: Buffer): LogRecord {
  const timeNs = payload.readUInt32LE(0) + payload.readInt32LE(4) * 2 ** 32;
  const kind = payload[8]!;
  const fields = fieldReader(payload.subarray(9));
  switch (kind) {
    case 0:
      return { kind: 'start', timeNs, config: fields.bytes().toString('utf8') };
    case 1:
      return { kind: 'restarted', timeNs };
    case 2:
    case 3:
      return { kind: kind === 2 ? 'connected' : 'disconnected', timeNs, venue: fields.varint() };
    case 4: {
      const venue = fields.varint();
      return { kind: 'inbound', timeNs, venue, bytes: fields.bytes().toString('latin1') };
    }
    case 5:
      return { kind: 'timer', timeNs };
    case 6:
      return { kind: 'command', timeNs, command: fields.u8() };
    case 10:
      return { kind: 'epoch-claim', timeNs, epoch: fields.varint() };
    case 15:
      return { kind: 'edge-lost', timeNs, strategy: fields.varint() };
    case 17: {
      const strategy = fields.varint();
      const instruments = Array.from({ length: fields.varint() }, () => fields.varint());
      return { kind: 'instruments-lost', timeNs, strategy, instruments };
    }
    case 7:
      return { kind: 'signal', timeNs, wish: readWish(fields, timeNs) };
    default:
      return { kind: 'other', timeNs };
  }
}

function readWish(fields: FieldReader, timeNs: number): Wish {
  const strategy = fields.varint();
  const instrument = fields.varint();
  fields.zigZag();
  const tickTimeNs = timeNs + fields.zigZag();
  const forecastTimeNs = timeNs + fields.zigZag();
  const desiredLots = fields.zigZag();
  const limitIncrements = fields.zigZag();
  const style = STYLES[fields.u8()]!;
  for (let field = 0; field < 4; field++) fields.zigZag();
  fields.u8();
  const id = fields.bytes().toString('hex');
  return {
    id,
    strategy,
    instrument,
    desiredLots,
    limitIncrements,
    style,
    tickTimeNs,
    forecastTimeNs,
  };
}

type FieldReader = { u8(): number; varint(): number; zigZag(): number; bytes(): Buffer };

function fieldReader(payload: Buffer): FieldReader {
  let at = 0;
  const u8 = () => payload[at++]!;
  const varint = () => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = u8();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  return {
    u8,
    varint,
    zigZag() {
      const value = varint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    bytes() {
      const length = varint();
      at += length;
      return payload.subarray(at - length, at);
    },
  };
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  return value >>> 0;
});

/** CRC-32C, going on from that of the bytes before. */
function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}
