/** FIX bytes in, places of messages and of their fields out: a call a message, nothing copied. */

import { DUPLICATES_MAX, FIELD_VALUES_MAX, SCAN_VALUES } from './field-scan-layout.ts';
import { FRAME_VALUES, MESSAGE_BYTES_MAX } from './frame-scan-layout.ts';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';

export type FrameScan = {
  /** The bytes at hand, at most one message of the longest. */
  readonly bytes: Uint8Array;
  /** As native/frame-scan-layout.ts names its values. */
  readonly frame: Int32Array;
  /** Looks for a message in [start, end) and returns a kind of `FRAME_KINDS` or `GARBAGE`. */
  scan(): number;
};

export type FieldScan = {
  /** The caller writes a message here. */
  readonly bytes: Uint8Array;
  /** Valid until the next scan, as are the others. */
  readonly fields: Int32Array;
  readonly duplicates: Int32Array;
  readonly values: Int32Array;
  /** Takes `length` bytes apart and returns how many values of `fields` it wrote. */
  scan(length: number): number;
};

export function createFrameScan(kernels: Kernels = loadedKernels.kernels): FrameScan {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const frame = new Int32Array(FRAME_VALUES);
  const scanFrame = kernels.bindFrameScan({ bytes, frame });
  return {
    bytes,
    frame,
    scan() {
      if (bytes.length === 0 || frame.length === 0) throw transferred();
      return scanFrame();
    },
  };
}

export function createFieldScan(kernels: Kernels = loadedKernels.kernels): FieldScan {
  const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
  const fields = new Int32Array(FIELD_VALUES_MAX);
  const duplicates = new Int32Array(DUPLICATES_MAX);
  const values = new Int32Array(SCAN_VALUES);
  const scanFields = kernels.bindFieldScan({ bytes, fields, duplicates, values });
  return {
    ...{ bytes, fields, duplicates, values },
    scan(length) {
      if (!(length >= 0 && length <= MESSAGE_BYTES_MAX)) {
        throw new RangeError(`length is ${length}: pass 0 to ${MESSAGE_BYTES_MAX}`);
      }
      if (bytes.length * fields.length * duplicates.length * values.length === 0) {
        throw transferred();
      }
      return scanFields(length);
    },
  };
}

/** A transferred array has length 0, and its memory is no longer ours to touch. */
function transferred(): RangeError {
  return new RangeError('a bound buffer was transferred: create a new scan');
}
