/** The error of a frame or field: what is wrong, and what to do about it. */

import { OutriderError } from '../error.ts';

export function badFrame(problem: string, remedy: string): OutriderError {
  return new OutriderError('bad-frame', `${problem}; ${remedy}`);
}
