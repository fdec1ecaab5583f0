/** What a thread with a runtime says as it fails: a text where inputs and outputs were. */
import { STATE, setState } from './request-state.ts';
import { type SharedRequest, WORD } from './shared-request.ts';

/** Data is at least as long; a longer text is cut. */
export const TEXT_BYTES_MAX = 1 << 16;

export function sayFailure(request: SharedRequest, what: string): void {
  const text = new TextEncoder().encode(what).subarray(0, TEXT_BYTES_MAX);
  new Uint8Array(request.data).set(text);
  request.control[WORD.textBytes] = text.length;
  setState(request, STATE.failed);
}

export function readFailure({ control, data }: SharedRequest): string {
  return new TextDecoder().decode(new Uint8Array(data, 0, control[WORD.textBytes]!).slice());
}
