/**
 * What a thread with a runtime shares with its caller: one request at a time, in place.
 *
 *   control  32 words   state, graph, length of a failure's text, then the sizes A to Z
 *   data     bytes      inputs and outputs (port-memory.ts); after a failure its text
 *
 *   starting -> idle -> asked -> idle -> ...    the caller asks, the thread does the rest
 *   any -> failed (by the thread), any -> closing (by the caller): the last one
 */
import type { Sizes } from './port-memory.ts';

export type SharedRequest = {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly data: SharedArrayBuffer;
};

export const WORD = { state: 0, graph: 1, textBytes: 2, sizes: 3 } as const;
export const STATE = { starting: 0, idle: 1, asked: 2, failed: 3, closing: 4 } as const;
const CONTROL_WORDS = 32;
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

export function shareRequest(dataBytes: number): SharedRequest {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT)),
    data: new SharedArrayBuffer(dataBytes),
  };
}

/** From one state to another, if nobody was quicker; whoever waits looks again. */
export function changeState({ control }: SharedRequest, from: number, to: number): boolean {
  const isChanged = Atomics.compareExchange(control, WORD.state, from, to) === from;
  if (isChanged) Atomics.notify(control, WORD.state);
  return isChanged;
}

export function setState({ control }: SharedRequest, state: number): void {
  Atomics.store(control, WORD.state, state);
  Atomics.notify(control, WORD.state);
}

export function writeSizes({ control }: SharedRequest, sizes: Sizes): void {
  for (const [at, letter] of LETTERS.entries()) control[WORD.sizes + at] = sizes[letter] ?? 0;
}

export function readSizes({ control }: SharedRequest): Sizes {
  return Object.fromEntries(LETTERS.map((letter, at) => [letter, control[WORD.sizes + at]!]));
}
