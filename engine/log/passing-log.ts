/** Short-lived logs for the tests: directories that vanish, contents and errors as plain values. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OutriderError } from '../error.ts';
import type { LogRecord } from './port.ts';

export const ORIGIN_NS = 1_700_006_400_000_000_000n;

/** Runs `action` with a directory that holds nothing yet and is removed afterwards. */
export function inDirectory<Result>(action: (directory: string) => Result): Result {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'outrider-log-'));
  const remove = () => fs.rmSync(parent, { recursive: true });
  let result: Result;
  try {
    result = action(path.join(parent, 'test.log'));
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove) as Result;
  remove();
  return result;
}

/** The payloads as text, after checking that offsets count up from `fromOffset`. */
export function textsOf(records: Iterable<LogRecord>, fromOffset = 0): string[] {
  const texts: string[] = [];
  for (const { offset, payload } of records) {
    if (offset !== fromOffset + texts.length) throw new Error(`offset ${offset} is out of order`);
    texts.push(Buffer.from(payload).toString('latin1'));
  }
  return texts;
}

/** The OutriderError that `action` throws; anything else fails the test. */
export function errorOf(action: () => unknown): OutriderError {
  try {
    action();
  } catch (error) {
    if (error instanceof OutriderError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Paths of the segments in a log, in order. */
export function segmentsOf(directory: string): string[] {
  const names = fs.readdirSync(directory).filter(name => name.endsWith('.segment'));
  return names.sort().map(name => path.join(directory, name));
}
