/** Hello: the edge names the terms it will work under; the first frame of every connection. */

import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';
import type { VerifierTerms } from './speculation.ts';
import { checkTerms, TERMS_LIMITS } from './terms.ts';

/*
   modelHash, kernel, draftHash: text | seed, paths, moves: varint
   contextMoves, sideInputs, branchesMax: varint
   symbols: varint count, then each as text
*/

/** Throws `limit` or `bad-usage` where a field does not fit; `checkTerms` first says it better. */
export function encodeHello(frames: FrameWriter, terms: VerifierTerms): Uint8Array {
  return frames({ name: 'hello' }, payload => {
    payload.text('terms.modelHash', terms.modelHash, TERMS_LIMITS.nameBytesMax);
    payload.text('terms.kernel', terms.kernel, TERMS_LIMITS.nameBytesMax);
    payload.text('terms.draftHash', terms.draftHash, TERMS_LIMITS.nameBytesMax);
    payload.varint('terms.seed', terms.seed);
    payload.varint('terms.paths', terms.paths);
    payload.varint('terms.moves', terms.moves);
    payload.varint('terms.contextMoves', terms.contextMoves);
    payload.varint('terms.sideInputs', terms.sideInputs);
    payload.varint('terms.branchesMax', terms.branchesMax);
    payload.varint('terms.symbols.length', terms.symbols.length);
    for (const symbol of terms.symbols) {
      payload.text('terms.symbols', symbol, TERMS_LIMITS.nameBytesMax);
    }
  });
}

/** Terms that are within their bounds, or `bad-frame`. */
export function decodeHello(frame: Frame): VerifierTerms {
  const terms = readPayload(frame, payload => {
    const read = {
      modelHash: payload.text('terms.modelHash', TERMS_LIMITS.nameBytesMax),
      kernel: payload.text('terms.kernel', TERMS_LIMITS.nameBytesMax),
      draftHash: payload.text('terms.draftHash', TERMS_LIMITS.nameBytesMax),
      seed: payload.varint('terms.seed'),
      paths: payload.varint('terms.paths'),
      moves: payload.varint('terms.moves'),
      contextMoves: payload.varint('terms.contextMoves'),
      sideInputs: payload.varint('terms.sideInputs'),
      branchesMax: payload.varint('terms.branchesMax'),
      symbols: [] as string[],
    };
    let symbols = payload.varint('terms.symbols.length');
    for (; symbols > 0; symbols--) {
      read.symbols.push(payload.text('terms.symbols', TERMS_LIMITS.nameBytesMax));
    }
    return read;
  });
  checkTerms(terms);
  return terms;
}
