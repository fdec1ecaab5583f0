/** A log's records by native calls: summed where they stand, written without Node's own call. */

import { getSystemErrorMap } from 'node:util';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';

/** What a write takes of the buffer, and where it puts it. */
export type RecordWrite = { descriptor: number; start: number; end: number; position: number };

export type Records = {
  /** Sums the record at a place of the buffer: its length (u32), sum (u32) and payload. */
  seal(at: number): void;
  /** Returns the bytes taken. Throws the system's error as Node does. */
  write(what: Readonly<RecordWrite>): number;
};

/** Undefined where there is no addon, or none that can. */
export function createRecords(
  buffer: Uint8Array,
  kernels: Kernels = loadedKernels.kernels,
): Records | undefined {
  if (kernels.bindRecords === undefined) return undefined;
  const place = new Float64Array(4);
  const { seal, write } = kernels.bindRecords(buffer, place);
  return {
    seal,
    write({ descriptor, start, end, position }) {
      place[0] = descriptor;
      place[1] = start;
      place[2] = end;
      place[3] = position;
      const taken = write();
      if (place[0] !== descriptor) throw systemError(place[0]);
      return taken;
    },
  };
}

function systemError(errno: number): Error {
  const [code, text] = getSystemErrorMap().get(errno) ?? [`errno ${errno}`, 'unknown'];
  return Object.assign(new Error(`${code}: ${text}, write`), { errno, code, syscall: 'write' });
}
