/** The payload of a frame: put together field by field, and read to its last byte. */

import { ByteReader, ByteWriter } from '#engine';
import {
  FRAME_HEADER_BYTES,
  type Frame,
  type FrameName,
  PAYLOAD_BYTES_MAX,
  writeFrameHeader,
} from './frame.ts';

/** Makes a frame of its own memory from what `write` puts into the payload. */
export type FrameWriter = (
  kind: { name: FrameName; flags?: number },
  write: (payload: ByteWriter) => void,
) => Uint8Array;

/** Every frame made carries `termsHash`; a payload beyond the bound throws `limit`. */
export function createFrameWriter(termsHash: bigint): FrameWriter {
  const writer = new ByteWriter({ bytesMax: PAYLOAD_BYTES_MAX });
  return ({ name, flags = 0 }, write) => {
    writer.reset();
    write(writer);
    const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + writer.length);
    writeFrameHeader(frame, { name, flags, termsHash });
    frame.set(writer.written(), FRAME_HEADER_BYTES);
    return frame;
  };
}

/** Reads all of a frame's payload; bytes left over are `bad-frame`. */
export function readPayload<Message>(
  frame: Frame,
  read: (payload: ByteReader) => Message,
): Message {
  const reader = new ByteReader();
  reader.reset(frame.payload);
  const message = read(reader);
  reader.end(frame.name);
  return message;
}
