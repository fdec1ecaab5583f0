/** Ping and pong: the edge's own time goes there and comes back, and is its round trip. */

import type { Nanoseconds } from '#engine';
import { badFrame } from '#engine';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';

/* sentNs: 8 bytes, the pinging side's own time; a pong returns the bytes as they came */

export function encodeHeartbeat(
  frames: FrameWriter,
  name: 'ping' | 'pong',
  sentNs: Nanoseconds,
): Uint8Array {
  return frames({ name }, payload => payload.safeInteger('sentNs', sentNs));
}

export function decodeHeartbeat(frame: Frame): Nanoseconds {
  const sentNs = readPayload(frame, payload => payload.safeInteger('sentNs'));
  if (sentNs < 0) throw badFrame(`sentNs is ${sentNs}`, 'give nanoseconds since the run origin');
  return sentNs;
}
