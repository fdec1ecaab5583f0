/** A tick as the record of a topic: 64 bytes that say their version, times since 1970. */
import { type Nanoseconds, OutriderError } from '#engine';
import { fixedSchema, type Schema } from '#engine/schema';
import { TICK_FIELDS as AT, TICK_FLAGS as FLAG, TICK_KINDS as KIND, TICK_BYTES } from '#native';
import type { Tick } from './tick.ts';
import { createTickSlots } from './tick-slots.ts';

/** A tick and its place among those that its publisher sent of this instrument, from 1 on. */
export type TopicTick = { readonly sequence: number; readonly tick: Tick };

/*
  The ring's record (native/tick-layout.ts) with what must hold beyond one run:

  byte 0                1       2            4          8                16             24
       | version << 4   | flags | instrument | merged   | exchange time  | receive time | sequence
       | + kind u8      | u8    | u16        | u32      | i64 ns         | i64 ns       | i64
  byte 32               40               48               56               64
       | first price    | second price   | first lots     | second lots    |
       | f64            | f64            | f64            | f64            |

  Little endian. Kinds, flags, prices and lots are the ring's. Times are nanoseconds since
  1970-01-01 UTC. The record's key is the instrument's symbol; the number is its place in the table
  that writers and readers share. The flag of an injected time is 0: that is each run's own.
*/
const VERSION = 1;
const LAYOUT = [
  ...['0 version << 4 + kind: u8', '1 flags: u8', '2 instrument: u16', '4 merged: u32'],
  ...['8 exchange time since 1970: i64 ns', '16 receive time since 1970: i64 ns'],
  ...['24 sequence: i64', '32 first price: f64', '40 second price: f64'],
  ...['48 first lots: f64', '56 second lots: f64'],
];
const SEQUENCE = AT.injectedTime;
const TWO_32 = 2 ** 32;

/** `originNs`: what times of ticks count from, nanoseconds since 1970: the run's UTC midnight. */
export function tickSchema(originNs: bigint): Schema<TopicTick> {
  const record = new Uint8Array(TICK_BYTES);
  const slots = createTickSlots(record);
  const scratch = new DataView(record.buffer);
  return fixedSchema<TopicTick>({
    name: 'market.tick',
    bytes: TICK_BYTES,
    layouts: [LAYOUT],
    versionOf: bytes => bytes[AT.kind]! >>> 4,
    codec: {
      name: 'market.tick',
      encode({ sequence, tick }) {
        slots.write(0, tick);
        const bytes = record.slice();
        const view = new DataView(bytes.buffer);
        bytes[AT.kind] = (VERSION << 4) | KIND[tick.kind];
        writeI64(view, AT.exchangeTime, { value: tick.exchangeTimeNs, origin: originNs });
        if (tick.receiveTimeNs !== undefined) {
          writeI64(view, AT.receiveTime, { value: tick.receiveTimeNs, origin: originNs });
        }
        if (!(Number.isSafeInteger(sequence) && sequence >= 1)) {
          throw new OutriderError('bad-usage', `sequence ${sequence}: count from 1 on`);
        }
        writeI64(view, SEQUENCE, { value: sequence, origin: 0n });
        return bytes;
      },
      decode(bytes) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        check(view);
        record.set(bytes);
        record[AT.kind] = bytes[AT.kind]! & 0x0f;
        scratch.setFloat64(AT.exchangeTime, readI64(view, AT.exchangeTime, originNs), true);
        const receiveNs = readReceiveTime(view, originNs);
        if (receiveNs !== undefined) scratch.setFloat64(AT.receiveTime, receiveNs, true);
        const sequence = readI64(view, SEQUENCE, 0n);
        if (sequence < 1) throw bad('sequence', sequence);
        return { sequence, tick: ownTick(slots.read(0)) };
      },
    },
  });
}

/** Numbers a reader would go wrong with, NaN among them, are no tick's. */
function check(view: DataView): void {
  const kind = view.getUint8(AT.kind) & 0x0f;
  if (kind < KIND.quote || kind > KIND.gap) throw bad('kind', kind);
  if (view.getUint8(AT.flags) & FLAG.injectedTime) throw bad('flags', view.getUint8(AT.flags));
  for (const field of ['firstPrice', 'secondPrice', 'firstLots', 'secondLots'] as const) {
    const value = view.getFloat64(AT[field], true);
    if (!Number.isSafeInteger(value)) throw bad(field, value);
    if (value < 0 && field.endsWith('Lots')) throw bad(field, value);
  }
}

function readReceiveTime(view: DataView, originNs: bigint): Nanoseconds | undefined {
  if ((view.getUint8(AT.flags) & FLAG.receiveTime) === 0) return undefined;
  return readI64(view, AT.receiveTime, originNs);
}

/** The slot's object is read into again: the caller's own, with the fields that are there. */
function ownTick(read: Tick): Tick {
  const { kind, instrument, exchangeTimeNs, isTimeEstimated, receiveTimeNs, merged } = read;
  const stamped = {
    ...{ instrument, exchangeTimeNs },
    ...(isTimeEstimated && { isTimeEstimated }),
    ...(receiveTimeNs !== undefined && { receiveTimeNs }),
    ...(merged !== undefined && { merged }),
  };
  switch (kind) {
    case 'quote': {
      const { bidIncrements, askIncrements, bidLots, askLots } = read;
      const lots = {
        ...(bidLots !== undefined && { bidLots }),
        ...(askLots !== undefined && { askLots }),
      };
      return { kind, ...stamped, bidIncrements, askIncrements, ...lots };
    }
    case 'trade': {
      const { priceIncrements, sizeLots, aggressor } = read;
      const size = sizeLots === undefined ? {} : { sizeLots };
      return { kind, ...stamped, priceIncrements, ...size, ...(aggressor && { aggressor }) };
    }
    case 'level': {
      const { side, priceIncrements, sizeLots, hasMore } = read;
      return { kind, ...stamped, side, priceIncrements, sizeLots, ...(hasMore && { hasMore }) };
    }
    case 'snapshot':
    case 'gap':
      return { kind, ...stamped };
  }
}

/** `value` + `origin` without a bigint a record: both halves by themselves, and the carry. */
function writeI64(view: DataView, at: number, of: { value: number; origin: bigint }): void {
  const high = Math.floor(of.value / TWO_32);
  const low = of.value - high * TWO_32 + Number(BigInt.asUintN(32, of.origin));
  view.setUint32(at, low >= TWO_32 ? low - TWO_32 : low, true);
  view.setInt32(at + 4, high + Number(of.origin >> 32n) + (low >= TWO_32 ? 1 : 0), true);
}

/** What stands there, less `origin`. */
function readI64(view: DataView, at: number, origin: bigint): number {
  const high = view.getInt32(at + 4, true) - Number(origin >> 32n);
  const low = view.getUint32(at, true) - Number(BigInt.asUintN(32, origin));
  const value = high * TWO_32 + low;
  if (Number.isSafeInteger(value)) return value;
  throw bad(at === SEQUENCE ? 'sequence' : 'time', value);
}

const bad = (field: string, value: number) =>
  new OutriderError(
    'bad-data',
    `tick: ${field} is ${value}; its writer is wrong, or bytes damaged`,
  );
