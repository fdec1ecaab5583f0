/** What a scan of a FIX message's fields writes in bound memory. */

import { MESSAGE_BYTES_MAX } from './frame-scan-layout.ts';

/** Three values a field, and no field has fewer than three bytes, but for the last one. */
export const FIELD_VALUES_MAX = 3 * (Math.floor(MESSAGE_BYTES_MAX / 3) + 1);

/** A tag that occurs once more is one of the other fields. */
export const DUPLICATES_MAX = FIELD_VALUES_MAX / 3;

/** What a scan says beside the table of fields. */
export const SCAN = {
  duplicates: 0,
  /** MsgSeqNum, or -1. */
  sequence: 1,
  ...{ bodyStart: 2, bodyEnd: 3 },
  /** SessionRejectReason of the first problem, or -1, and its tag, or NO_TAG. */
  ...{ reason: 4, tag: 5 },
} as const;

export const SCAN_VALUES = 6;

/** In place of a tag where there is none to name. */
export const NO_TAG = -(2 ** 31);
