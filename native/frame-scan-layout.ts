/** What a look for a FIX message reads and writes in bound memory. */

/** No message, sent or received, is longer; more is refused before it is stored. */
export const MESSAGE_BYTES_MAX = 65_536;

/** Bytes [start, end) are looked at; the rest is written. */
export const FRAME = {
  ...{ start: 0, end: 1 },
  /** Where a message may begin: what lies before is noise. */
  at: 2,
  /** Of the message, or those behind `at` that surely hold none. */
  bytes: 3,
  /** The same where a wrong BodyLength is believed; 0: it claims nothing. */
  claimed: 4,
} as const;

export const FRAME_VALUES = 5;

/** What begins at `FRAME.at`; `GARBAGE` names the others. */
export const FRAME_KINDS = { wait: 0, message: 1 } as const;

/** What a stretch of bytes that is no message was, by the number a scan gives. */
export const GARBAGE = {
  /** Bytes that begin no message. */
  2: 'noise',
  /** BodyLength is no number, 0, or does not lead to a CheckSum field. */
  3: 'bad-body-length',
  4: 'bad-check-sum',
  /** Longer than MESSAGE_BYTES_MAX. */
  5: 'too-long',
  /** Whole and sound, but of another FIX version. */
  6: 'wrong-begin-string',
} as const;
