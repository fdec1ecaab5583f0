/**
 * Whose turn it is with a shared request, and how the other side waits for its own.
 *
 *   starting -> idle -> asked -> idle -> ...    the caller asks, the thread does the rest
 *   any -> failed (by the thread), any -> closing (by the caller): the last one
 */
import { type SharedRequest, WORD } from './shared-request.ts';

export const STATE = { starting: 0, idle: 1, asked: 2, failed: 3, closing: 4 } as const;

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

/**
 * Waits until the state is another one, for so long at most, and answers the state. Who wrote a
 * state notifies after it, so the notice of an earlier one may wake a wait that has begun since.
 */
export function awaitChange(
  { control }: SharedRequest,
  from: number,
  msMax = Number.POSITIVE_INFINITY,
): number {
  const endMs = performance.now() + msMax;
  for (;;) {
    const state = Atomics.load(control, WORD.state);
    const leftMs = endMs - performance.now();
    if (state !== from || leftMs <= 0) return state;
    Atomics.wait(control, WORD.state, from, leftMs);
  }
}
