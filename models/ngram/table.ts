/**
 * The table of a back-off n-gram and its file: contexts as a trie of tokens under a scale code,
 * each with a row of log-probabilities; an unknown one uses the row of its longest known suffix.
 *
 *   offset  bytes
 *        0      8  magic "OUTRNGRM"
 *        8      4  version (1)        12  4  order
 *       16      4  contexts n         20  4  blocks b
 *       24      4  rows r             28  4  zero
 *       32    256  roots: context of each scale code (i32, -1 none: the global context 0)
 *      288    4 n  row of each context (i32)
 *           4 n  child block of each context (i32, -1 none)
 *         256 b  blocks: context of each previous token (i32, -1 none)
 *         128 r  rows: log-probability in 1/1024 nats (i16) of each token
 *        6144    not reached: Q16 (u16) for [code 64][moves 1..16][0.1 s, 1 s, 10 s]
 */
import { OutriderError } from '#engine';
import { SCALE_CODES, TOKENS } from '#law';

const MAGIC = 'OUTRNGRM';
const VERSION = 1;
const HEADER_BYTES = 32;
export const NOT_REACHED_MOVES = 16;
export const NOT_REACHED_HORIZONS = 3;
export const NGRAM_FILE_BYTES_MAX = 64 * 2 ** 20;
/** Previous tokens a context may hold: no more than any forecast has. */
export const NGRAM_ORDER_MAX = 16;

export type NgramTable = {
  order: number;
  roots: Int32Array;
  rowOf: Int32Array;
  blockOf: Int32Array;
  blocks: Int32Array;
  rows: Int16Array;
  notReached: Uint16Array;
};

export function encodeNgram(table: NgramTable): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(table.order, 12);
  header.writeUInt32LE(table.rowOf.length, 16);
  header.writeUInt32LE(table.blocks.length / TOKENS, 20);
  header.writeUInt32LE(table.rows.length / TOKENS, 24);
  const parts = [
    table.roots,
    table.rowOf,
    table.blockOf,
    table.blocks,
    table.rows,
    table.notReached,
  ];
  const bytes = parts.map(a => new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  return Buffer.concat([header, ...bytes]);
}

/** Reads a table; refuses one whose lengths or links do not fit, before anything is allocated. */
export function decodeNgram(bytes: Uint8Array, name: string): NgramTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (what: string): never => {
    throw new OutriderError('bad-model', `${name}: ${what}; train it again or restore the file`);
  };
  if (
    bytes.length < HEADER_BYTES ||
    Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== MAGIC
  ) {
    bad('not an n-gram table (magic differs)');
  }
  if (view.getUint32(8, true) !== VERSION) bad(`version ${view.getUint32(8, true)}, known is 1`);
  const order = view.getUint32(12, true);
  if (order > NGRAM_ORDER_MAX) bad(`order ${order}, the most is ${NGRAM_ORDER_MAX}`);
  const contexts = view.getUint32(16, true);
  const blockCount = view.getUint32(20, true);
  const rowCount = view.getUint32(24, true);
  const notReachedInts = SCALE_CODES * NOT_REACHED_MOVES * NOT_REACHED_HORIZONS;
  const expected =
    HEADER_BYTES +
    4 * (SCALE_CODES + 2 * contexts + TOKENS * blockCount) +
    2 * (TOKENS * rowCount + notReachedInts);
  if (bytes.length !== expected) bad(`${bytes.length} bytes, its header says ${expected}`);
  const copy = Uint8Array.from(bytes).buffer;
  let at = HEADER_BYTES;
  const ints = (length: number) => {
    at += 4 * length;
    return new Int32Array(copy, at - 4 * length, length);
  };
  const table: NgramTable = {
    order,
    roots: ints(SCALE_CODES),
    rowOf: ints(contexts),
    blockOf: ints(contexts),
    blocks: ints(blockCount * TOKENS),
    rows: new Int16Array(copy, at, rowCount * TOKENS),
    notReached: new Uint16Array(copy, at + 2 * rowCount * TOKENS, notReachedInts),
  };
  const within = (a: Int32Array, low: number, end: number) => a.every(x => x >= low && x < end);
  if (contexts === 0 || !within(table.rowOf, 0, rowCount)) bad('a context has no row');
  if (!within(table.blockOf, -1, blockCount)) bad('a context has no block');
  if (!within(table.roots, -1, contexts)) bad('a scale code has no context');
  if (!within(table.blocks, -1, contexts)) bad('a block leads nowhere');
  return table;
}
