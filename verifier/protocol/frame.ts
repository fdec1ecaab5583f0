/** The frame every message travels in: what it is, under which terms, how long. */

import { badFrame, OutriderError } from '#engine';

/*
   bytes  0        2         4      5       6          10              18
          +--------+---------+------+-------+----------+---------------+---------
          | magic  | version | type | flags | length   | terms hash    | payload
          | u16    | u16     | u8   | u8    | u32      | u64           | (length)
          +--------+---------+------+-------+----------+---------------+---------
   Little endian. Magic and version keep their place in every version. The terms hash (terms.ts)
   binds each request and verdict to models, kernel and seed; 0 until the verifier knows the terms.
*/
export const FRAME_HEADER_BYTES = 18;
const PROTOCOL_VERSION = 4;
/** Longest payload taken unless a decoder is given another bound. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;

const MAGIC = 0x524f;

const FRAME_TYPES = {
  hello: 1,
  welcome: 2,
  helloRefusal: 3,
  speculation: 4,
  verdict: 5,
  refusal: 6,
  ping: 7,
  pong: 8,
  goodbye: 9,
} as const;

export type FrameName = keyof typeof FRAME_TYPES;

type FrameHeader = {
  name: FrameName;
  flags: number;
  termsHash: bigint;
};

export type Frame = FrameHeader & {
  /** A view that holds only while the frame is being handled. */
  payload: Uint8Array;
};

/** Fills the first bytes of `frame`, which is as long as header and payload together. */
export function writeFrameHeader(frame: Buffer, { name, flags, termsHash }: FrameHeader): void {
  frame.writeUInt16LE(MAGIC, 0);
  frame.writeUInt16LE(PROTOCOL_VERSION, 2);
  frame.writeUInt8(FRAME_TYPES[name], 4);
  frame.writeUInt8(flags, 5);
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 6);
  frame.writeBigUInt64LE(termsHash, 10);
}

/**
 * Reads the header that `bytes` begin with. Throws `protocol` where the other side speaks another
 * version, `bad-frame` where this is no frame or it announces more than `payloadBytesMax` bytes.
 */
export function readFrameHeader(
  bytes: Uint8Array,
  payloadBytesMax: number,
): FrameHeader & { payloadBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  const magic = view.getUint16(0, true);
  if (magic !== MAGIC) {
    throw badFrame(`magic is 0x${magic.toString(16)}, not 0x${MAGIC.toString(16)}`, NOT_A_PEER);
  }
  const version = view.getUint16(2, true);
  if (version !== PROTOCOL_VERSION) throw wrongVersion(version);
  const name = FRAME_NAMES[view.getUint8(4)];
  if (name === undefined) throw badFrame(`type is ${view.getUint8(4)}, 1 to 9 exist`, NOT_A_PEER);
  const flags = view.getUint8(5);
  if ((flags & ~(name === 'speculation' ? REQUEST_FLAGS : 0)) !== 0) {
    throw badFrame(`flags of ${name} are 0x${flags.toString(16)}`, 'leave unknown bits 0');
  }
  const payloadBytes = view.getUint32(6, true);
  if (payloadBytes > payloadBytesMax) {
    const message = `length is ${payloadBytes} bytes, at most ${payloadBytesMax} are taken`;
    throw badFrame(message, 'ask for fewer paths, moves or branches at once');
  }
  return { name, flags, payloadBytes, termsHash: view.getBigUint64(10, true) };
}

const NOT_A_PEER = 'check that host and port are those of a verifier';

const FRAME_NAMES: readonly (FrameName | undefined)[] = Array.from({ length: 256 }, (_, type) =>
  (Object.keys(FRAME_TYPES) as FrameName[]).find(name => FRAME_TYPES[name] === type),
);

/** Only requests have flags: see request.ts. */
const REQUEST_FLAGS = 0b11111;

function wrongVersion(version: number): OutriderError {
  const message = `version is ${version}, this side speaks ${PROTOCOL_VERSION}`;
  return new OutriderError('protocol', `${message}; bring both sides to the same release`);
}
