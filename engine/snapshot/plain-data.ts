/** A whole state as bytes and back: plain data, with objects that several places share. */
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { OutriderError } from '../error.ts';

/*
 *  value := tag u8, then
 *
 *    0 undefined | 1 null | 2 false | 3 true
 *    4 integer   zig-zag, -2^52 to 2^52 - 1 without -0
 *    5 float     f64: every other number
 *    6 bigint    decimal text          7 string   text
 *    8 array     count, values         9 object   count, then key text and value, ascending by key
 *   10 Map       count, then key and value, in its order      11 Set   count, values
 *   12 bytes     kind u8 (BYTES), bytes
 *   13 known     varint: the object, Map, array or bytes that came as the so manieth, from 0 on
 *   14 rebuilt   varint: place in the list of what follows from the configuration
 *
 *  One state has one encoding, in whatever order its keys were made, and what is read back encodes
 *  to the same bytes: entries of Maps keep their order, -0 and infinities their sign, and what two
 *  places share is shared again. No decision may go by the order of an object's keys.
 */
const TAG = {
  ...{ undefined: 0, null: 1, false: 2, true: 3, integer: 4, float: 5, bigint: 6, string: 7 },
  ...{ array: 8, object: 9, map: 10, set: 11, bytes: 12, known: 13, rebuilt: 14 },
} as const;

type Bytes = Buffer | Uint8Array | Uint32Array | Int32Array | BigInt64Array | Float64Array;

/** A Buffer comes first: it is a Uint8Array too. */
const BYTES = [Buffer, Uint8Array, Uint32Array, Int32Array, BigInt64Array, Float64Array] as const;

const INTEGER_LEAST = -(2 ** 52);
const INTEGER_MOST = 2 ** 52 - 1;
const TEXT_BYTES_MAX = 1 << 20;
const BYTES_MAX = 1 << 28;
/** Deeper than any state; a cycle is no depth, it is known when it comes again. */
const DEPTH_MAX = 64;

type Writing = {
  writer: ByteWriter;
  known: Map<object, number>;
  rebuilt: Map<object, number>;
  /** Where the value stands, for errors. */
  path: unknown[];
};

/**
 * Appends the encoding of `state`. An object of `rebuilt` (units, templates, closures) is written
 * as its place in that list. Throws `bad-usage` naming the path of what is no plain data.
 */
export function writePlainData(
  writer: ByteWriter,
  state: unknown,
  rebuilt: readonly object[] = [],
): void {
  const places = new Map(rebuilt.map((object, place) => [object, place]));
  write({ writer, known: new Map(), rebuilt: places, path: [] }, state);
}

function write(writing: Writing, value: unknown): void {
  const { writer } = writing;
  switch (typeof value) {
    case 'undefined':
      writer.u8('tag', TAG.undefined);
      break;
    case 'boolean':
      writer.u8('tag', value ? TAG.true : TAG.false);
      break;
    case 'number':
      writeNumber(writer, value);
      break;
    case 'bigint':
      writer.u8('tag', TAG.bigint);
      writer.text('bigint', String(value), TEXT_BYTES_MAX);
      break;
    case 'string':
      writer.u8('tag', TAG.string);
      writer.text('string', value, TEXT_BYTES_MAX);
      break;
    case 'object':
      if (value === null) writer.u8('tag', TAG.null);
      else writeShared(writing, value);
      break;
    default:
      throw notPlain(writing, `a ${typeof value}`);
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  const isInteger = Number.isInteger(value) && !Object.is(value, -0);
  if (isInteger && value >= INTEGER_LEAST && value <= INTEGER_MOST) {
    writer.u8('tag', TAG.integer);
    writer.zigZag('integer', value);
  } else {
    writer.u8('tag', TAG.float);
    writer.f64('float', value);
  }
}

function writeShared(writing: Writing, value: object): void {
  const { writer, known, rebuilt, path } = writing;
  const place = rebuilt.get(value) ?? known.get(value);
  if (place !== undefined) {
    writer.u8('tag', rebuilt.has(value) ? TAG.rebuilt : TAG.known);
    writer.varint('place', place);
    return;
  }
  if (path.length > DEPTH_MAX) throw notPlain(writing, `deeper than ${DEPTH_MAX}`);
  known.set(value, known.size);
  if (ArrayBuffer.isView(value)) {
    writeBytes(writing, value);
  } else if (Array.isArray(value)) {
    writeHead(writer, TAG.array, value.length);
    for (let at = 0; at < value.length; at++) writeAt(writing, at, value[at]);
  } else if (value instanceof Map) {
    writeHead(writer, TAG.map, value.size);
    for (const [key, each] of value) {
      writeAt(writing, 'key', key);
      writeAt(writing, key, each);
    }
  } else if (value instanceof Set) {
    writeHead(writer, TAG.set, value.size);
    for (const each of value) writeAt(writing, 'member', each);
  } else {
    writeObject(writing, value as Record<string, unknown>);
  }
}

function writeAt(writing: Writing, step: unknown, value: unknown): void {
  writing.path.push(step);
  write(writing, value);
  writing.path.pop();
}

function writeObject(writing: Writing, value: Record<string, unknown>): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) throw notPlain(writing, 'of a class');
  const keys = Object.keys(value).sort();
  writeHead(writing.writer, TAG.object, keys.length);
  for (const key of keys) {
    writing.writer.text('key', key, TEXT_BYTES_MAX);
    writeAt(writing, key, value[key]);
  }
}

function writeBytes(writing: Writing, value: ArrayBufferView): void {
  const { writer } = writing;
  const kind = BYTES.findIndex(type => Object.getPrototypeOf(value) === type.prototype);
  if (kind < 0) throw notPlain(writing, 'an array of a type that is not listed');
  writer.u8('tag', TAG.bytes);
  writer.u8('kind', kind);
  const { buffer, byteOffset, byteLength } = value;
  writer.bytes('bytes', new Uint8Array(buffer, byteOffset, byteLength), BYTES_MAX);
}

function writeHead(writer: ByteWriter, tag: number, count: number): void {
  writer.u8('tag', tag);
  writer.varint('count', count);
}

const notPlain = ({ path }: Writing, what: string) =>
  new OutriderError(
    'bad-usage',
    `${path.join('.') || 'state'} is ${what}: a snapshot holds plain data, the rest is rebuilt`,
  );

type Reading = {
  reader: ByteReader;
  known: unknown[];
  rebuilt: readonly object[];
  /** Objects of the fresh state that are filled already. */
  filled: Set<unknown>;
};

/**
 * Reads what `writePlainData` wrote. `fresh` is the state as it is made new: where it has an
 * object, array, Map or bytes of that size, those are filled, so that whoever holds them holds the
 * state.
 * Throws `bad-log` for bytes that no state has.
 */
export function readPlainData(
  reader: ByteReader,
  fresh?: unknown,
  rebuilt: readonly object[] = [],
): unknown {
  const reading = { reader, known: [], rebuilt, filled: new Set() };
  return read(reading, fresh, DEPTH_MAX + 1);
}

function read(reading: Reading, fresh: unknown, depth: number): unknown {
  const { reader } = reading;
  const tag = reader.u8('tag');
  if (depth === 0) throw bad('values lie deeper than any state');
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.integer:
      return reader.zigZag('integer');
    case TAG.float:
      return reader.f64('float');
    case TAG.bigint:
      return readBigInt(reader);
    case TAG.string:
      return reader.text('string', TEXT_BYTES_MAX);
    case TAG.known:
      return placeIn(reading.known, reader);
    case TAG.rebuilt:
      return placeIn(reading.rebuilt, reader);
    case TAG.bytes:
      return readBytes(reading, fresh);
    default:
      return readContainer(reading, tag, { fresh, depth: depth - 1 });
  }
}

function readBigInt(reader: ByteReader): bigint {
  const text = reader.text('bigint', TEXT_BYTES_MAX);
  if (!/^-?\d+$/.test(text)) throw bad(`${JSON.stringify(text.slice(0, 40))} is no bigint`);
  return BigInt(text);
}

function placeIn(list: readonly unknown[], reader: ByteReader): unknown {
  const place = reader.varint('place');
  if (place < list.length) return list[place];
  throw bad(`place ${place} of ${list.length} is named`);
}

type Target = { fresh: unknown; depth: number };

function readContainer(reading: Reading, tag: number, { fresh, depth }: Target): unknown {
  const { reader, known } = reading;
  if (tag < TAG.array || tag > TAG.set) throw bad(`tag ${tag} is unknown`);
  const count = reader.varint('count');
  // Each value has a byte at least, so no count can ask for more memory than there are bytes.
  if (count > reader.remaining) throw bad(`${count} values in ${reader.remaining} bytes`);
  if (tag === TAG.array) {
    const array: unknown[] = Array.isArray(fresh) && isFirst(reading, fresh) ? fresh : [];
    known.push(array);
    for (let at = 0; at < count; at++) array[at] = read(reading, array[at], depth);
    array.length = count;
    return array;
  }
  if (tag === TAG.object) return readObject(reading, count, { fresh, depth });
  const made = tag === TAG.map ? new Map() : new Set();
  const isThere = fresh instanceof made.constructor && isFirst(reading, fresh);
  const into = isThere ? (fresh as typeof made) : made;
  known.push(into);
  into.clear();
  for (let at = 0; at < count; at++) {
    const key = read(reading, undefined, depth);
    if (into instanceof Map) into.set(key, read(reading, undefined, depth));
    else into.add(key);
  }
  return into;
}

function readObject(reading: Reading, count: number, { fresh, depth }: Target): unknown {
  const { reader, known } = reading;
  const object = isPlainObject(fresh) && isFirst(reading, fresh) ? fresh : {};
  known.push(object);
  const keys = new Set<string>();
  for (let at = 0; at < count; at++) {
    const key = reader.text('key', TEXT_BYTES_MAX);
    if (key === '__proto__') throw bad('a key that no state has');
    keys.add(key);
    object[key] = read(reading, object[key], depth);
  }
  for (const key of Object.keys(object)) if (!keys.has(key)) delete object[key];
  return object;
}

/** Two values never fill one object, also where the fresh state has it in two places. */
function isFirst({ filled }: Reading, fresh: unknown): boolean {
  if (filled.has(fresh)) return false;
  filled.add(fresh);
  return true;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function readBytes(reading: Reading, fresh: unknown): Bytes {
  const { reader, known } = reading;
  const kind = BYTES[reader.u8('kind')];
  if (kind === undefined) throw bad('bytes of an unknown kind');
  const bytes = reader.bytes('bytes', BYTES_MAX);
  const size = 'BYTES_PER_ELEMENT' in kind ? kind.BYTES_PER_ELEMENT : 1;
  if (bytes.length % size !== 0) throw bad(`${bytes.length} bytes are no whole elements`);
  const isThere = ArrayBuffer.isView(fresh) && Object.getPrototypeOf(fresh) === kind.prototype;
  const isFilled = isThere && fresh.byteLength === bytes.length && isFirst(reading, fresh);
  const view = isFilled ? (fresh as Bytes) : newView(kind, bytes.length / size);
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes);
  known.push(view);
  return view;
}

/** Of memory that is its own: a pooled one would tie others to it. */
const newView = (kind: (typeof BYTES)[number], length: number): Bytes =>
  kind === Buffer
    ? Buffer.alloc(length)
    : new (kind as Exclude<typeof kind, typeof Buffer>)(length);

const bad = (what: string) =>
  new OutriderError('bad-log', `state of a snapshot: ${what}; take an older snapshot or the log`);
