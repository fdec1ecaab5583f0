/** A hash chain over all bytes a gateway sends: two that agree on it have sent the same. */
import { hash } from 'node:crypto';

/*
 *  The stream of what is sent, message after message in the order of the log:
 *
 *      | venue u32 | length u32 | bytes of the message | venue u32 | ...
 *
 *  is cut every BLOCK_BYTES, wherever that falls:
 *
 *      value(0)     = 32 zero bytes
 *      value(k + 1) = SHA-256(value(k), block k)
 *      tip          = SHA-256(value(k), what block k has so far, without padding)
 *
 *  `memory` holds value and block side by side. One hash a message would cost 1.2 us of an order's
 *  way to the wire, nearly all of it the call; one a block costs 0.15 us a message.
 */
export type OutputChain = {
  /** Messages in the stream, those that the present block holds too. */
  messages: number;
  /** Bytes of the stream. */
  bytes: number;
  memory: Uint8Array;
};

/** What two gateways compare: equal at the same offset of equal logs. */
export type ChainReading = {
  messages: number;
  /** Full blocks, and the hash over them in hexadecimal digits. */
  blocks: number;
  value: string;
  /** The hash over everything so far; costs as much as a block. */
  tip: string;
};

export const BLOCK_BYTES = 1 << 16;
const VALUE_BYTES = 32;
const HEADER_BYTES = 8;
const header = new Uint8Array(HEADER_BYTES);

export const createOutputChain = (): OutputChain => ({
  ...{ messages: 0, bytes: 0, memory: new Uint8Array(VALUE_BYTES + BLOCK_BYTES) },
});

/** Adds a message that leaves for the venue of an index. */
export function addToChain(chain: OutputChain, venue: number, message: Uint8Array): void {
  writeU32(header, 0, venue);
  writeU32(header, 4, message.length);
  addBytes(chain, header);
  addBytes(chain, message);
  chain.messages++;
}

/** Of a gateway's state; it may be asked for between any two records. */
export function chainOf(state: { readonly outputChain: OutputChain }): ChainReading {
  const { messages, bytes, memory } = state.outputChain;
  const filled = memory.subarray(0, VALUE_BYTES + (bytes % BLOCK_BYTES));
  return {
    messages,
    blocks: Math.floor(bytes / BLOCK_BYTES),
    value: Buffer.from(memory.subarray(0, VALUE_BYTES)).toString('hex'),
    tip: hash('sha256', filled, 'hex'),
  };
}

function addBytes(chain: OutputChain, bytes: Uint8Array): void {
  const { memory } = chain;
  let at = VALUE_BYTES + (chain.bytes % BLOCK_BYTES);
  chain.bytes += bytes.length;
  if (at + bytes.length < memory.length) {
    memory.set(bytes, at);
    return;
  }
  // Byte by byte: views of the parts would be garbage.
  for (let from = 0; from < bytes.length; from++) {
    memory[at++] = bytes[from]!;
    if (at < memory.length) continue;
    closeBlock(memory);
    at = VALUE_BYTES;
  }
}

/** Hexadecimal digits, the form of least garbage, back into bytes. */
function closeBlock(memory: Uint8Array): void {
  const value = hash('sha256', memory);
  for (let at = 0; at < VALUE_BYTES; at++) {
    memory[at] = 16 * digitOf(value.charCodeAt(2 * at)) + digitOf(value.charCodeAt(2 * at + 1));
  }
}

const digitOf = (character: number) => (character < 58 ? character - 48 : character - 87);

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
