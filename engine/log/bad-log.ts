/** The error of a log on disk that cannot be trusted. */
import { OutriderError } from '../error.ts';

/** Which file, what is wrong with it, and what to do. */
export function badLog(file: string, problem: string, remedy: string): OutriderError {
  return new OutriderError('bad-log', `${file} ${problem}; ${remedy}`);
}
