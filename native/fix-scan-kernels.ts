/** What every implementation of the FIX scan offers, over bound memory. */

export type FrameScanBuffers = {
  /** MESSAGE_BYTES_MAX bytes. */
  readonly bytes: Uint8Array;
  /** As `FRAME` in native/frame-scan-layout.ts names its values. */
  readonly frame: Int32Array;
};

/** Looks for a message in the bound range and returns its kind; see `FRAME_KINDS`. */
export type ScanFrame = () => number;

export type FieldScanBuffers = {
  /** One message, from the first byte on; MESSAGE_BYTES_MAX bytes. */
  readonly bytes: Uint8Array;
  /** Written: triples (tag, first byte of the value, byte after the value); FIELD_VALUES_MAX. */
  readonly fields: Int32Array;
  /** Written: body tags that occurred before in the message; DUPLICATES_MAX. */
  readonly duplicates: Int32Array;
  /** Written: as `SCAN` in native/field-scan-layout.ts names its values. */
  readonly values: Int32Array;
};

/**
 * Takes the message of this length apart and returns the values written to `fields`: 0 where `8`,
 * `9` and `35` are not its first three fields, and then `values` says nothing.
 */
export type ScanFields = (length: number) => number;

export type FixScanKernels = {
  bindFrameScan(buffers: FrameScanBuffers): ScanFrame;
  bindFieldScan(buffers: FieldScanBuffers): ScanFields;
};
