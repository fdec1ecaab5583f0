/**
 * What a thread with a runtime shares with its caller: one request at a time, in place.
 *
 *   control  32 words   state (request-state.ts), graph, length of a failure's text, sizes A to Z
 *   data     bytes      inputs and outputs (port-memory.ts); after a failure its text
 */
import type { Sizes } from './port-memory.ts';

export type SharedRequest = {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly data: SharedArrayBuffer;
};

export const WORD = { state: 0, graph: 1, textBytes: 2, sizes: 3 } as const;
const CONTROL_WORDS = 32;
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function shareRequest(dataBytes: number): SharedRequest {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT)),
    data: new SharedArrayBuffer(dataBytes),
  };
}

export function writeSizes({ control }: SharedRequest, sizes: Sizes): void {
  for (const [at, letter] of LETTERS.entries()) control[WORD.sizes + at] = sizes[letter] ?? 0;
}

export function readSizes({ control }: SharedRequest): Sizes {
  return Object.fromEntries(LETTERS.map((letter, at) => [letter, control[WORD.sizes + at]!]));
}
