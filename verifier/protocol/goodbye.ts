/** Goodbye: why a side that had agreed to the terms now closes the connection. */

import { readDetail, writeDetail } from './detail.ts';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';

/* detail: text */

export function encodeGoodbye(frames: FrameWriter, detail: string): Uint8Array {
  return frames({ name: 'goodbye' }, payload => writeDetail(payload, detail));
}

export function decodeGoodbye(frame: Frame): string {
  return readPayload(frame, readDetail);
}
