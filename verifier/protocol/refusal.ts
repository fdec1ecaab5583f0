/** Refusal: why a request gets no verdict. */

import { badFrame } from '#engine';
import { readDetail, writeDetail } from './detail.ts';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';
import type { Refusal } from './speculation.ts';

/** On the wire by their index. */
const REASONS: readonly Refusal['reason'][] = [
  ...(['resync', 'expired', 'overloaded', 'bad-request', 'superseded'] as const),
];

/* requestId: varint | reason: u8 | detail: text */

export function encodeRefusal(frames: FrameWriter, refusal: Refusal): Uint8Array {
  return frames({ name: 'refusal' }, payload => {
    payload.varint('requestId', refusal.requestId);
    payload.u8('reason', REASONS.indexOf(refusal.reason));
    writeDetail(payload, refusal.detail);
  });
}

export function decodeRefusal(frame: Frame): Refusal {
  return readPayload(frame, payload => {
    const requestId = payload.varint('requestId');
    const index = payload.u8('reason');
    const reason = REASONS[index];
    if (reason === undefined)
      throw badFrame(`reason is ${index}`, 'bring both sides to one release');
    return { requestId, reason, detail: readDetail(payload) };
  });
}
