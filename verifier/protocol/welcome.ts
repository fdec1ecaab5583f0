/** Welcome: the verifier agrees to the terms and says who it is and how much may be asked of it. */

import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';
import { TERMS_LIMITS } from './terms.ts';

/** What a verifier says of itself, and holds each edge's terms against. */
export type VerifierDescription = {
  /** SHA-256 of the target's weights, hex. */
  modelHash: string;
  kernel: string;
  /** Hash of the verifier's copy of the draft; empty where it has none. */
  draftHash: string;
  /** Most trajectories a context. */
  pathsMax: number;
  /** Most moves a trajectory. */
  movesMax: number;
  /** Most branches a request. */
  branchesMax: number;
};

/* modelHash, kernel, draftHash: text | pathsMax, movesMax, branchesMax: varint */

export function encodeWelcome(frames: FrameWriter, description: VerifierDescription): Uint8Array {
  return frames({ name: 'welcome' }, payload => {
    payload.text('modelHash', description.modelHash, TERMS_LIMITS.nameBytesMax);
    payload.text('kernel', description.kernel, TERMS_LIMITS.nameBytesMax);
    payload.text('draftHash', description.draftHash, TERMS_LIMITS.nameBytesMax);
    payload.varint('pathsMax', description.pathsMax);
    payload.varint('movesMax', description.movesMax);
    payload.varint('branchesMax', description.branchesMax);
  });
}

export function decodeWelcome(frame: Frame): VerifierDescription {
  return readPayload(frame, payload => ({
    modelHash: payload.text('modelHash', TERMS_LIMITS.nameBytesMax),
    kernel: payload.text('kernel', TERMS_LIMITS.nameBytesMax),
    draftHash: payload.text('draftHash', TERMS_LIMITS.nameBytesMax),
    pathsMax: payload.varint('pathsMax'),
    movesMax: payload.varint('movesMax'),
    branchesMax: payload.varint('branchesMax'),
  }));
}
