/** Windows of event time: which there are, and which of them a time lies in. */

import { OutriderError } from '../error.ts';

/**
 * [start, end) of fixed size, one begun at each multiple of `everyMs` from 1970 on: tumbling where
 * that is their size, else hopping, and they overlap.
 */
export type FixedWindow = {
  readonly type: 'tumbling' | 'hopping';
  readonly sizeMs: number;
  readonly everyMs: number;
};

/**
 * Sliding: one for each time at which a key has a record, of the records from `sizeMs` before up
 * to it. Session: records of a key none of which is more than `gapMs` from the next.
 */
export type MergingWindow =
  | { readonly type: 'sliding'; readonly sizeMs: number }
  | { readonly type: 'session'; readonly gapMs: number };

export type Window = FixedWindow | MergingWindow;

/** A window's value. Tumbling and hopping: `endMs` is outside; sliding and session: the last. */
export type Windowed<Value> = {
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Value;
};

export function tumbling(sizeMs: number): FixedWindow {
  checkMs('tumbling', 'sizeMs', sizeMs);
  return { type: 'tumbling', sizeMs, everyMs: sizeMs };
}

export function hopping(sizeMs: number, everyMs: number): FixedWindow {
  checkMs('hopping', 'sizeMs', sizeMs);
  checkMs('hopping', 'everyMs', everyMs);
  if (everyMs > sizeMs) {
    throw new OutriderError(
      'bad-config',
      `hopping window: everyMs is ${everyMs}, above sizeMs ${sizeMs}: times between would be lost`,
    );
  }
  return { type: 'hopping', sizeMs, everyMs };
}

export function sliding(sizeMs: number): MergingWindow {
  checkMs('sliding', 'sizeMs', sizeMs);
  return { type: 'sliding', sizeMs };
}

export function session(gapMs: number): MergingWindow {
  checkMs('session', 'gapMs', gapMs);
  return { type: 'session', gapMs };
}

function checkMs(window: string, field: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new OutriderError(
    'bad-config',
    `${window} window: ${field} is ${value}; give a whole number of milliseconds above 0`,
  );
}
