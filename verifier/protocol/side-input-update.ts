/** Side inputs within a request: their version where there are any, their values where new. */

import type { ByteReader, ByteWriter } from '#engine';
import { badFrame } from '#engine';
import { checkLength } from './fields.ts';
import type { VerifierTerms } from './speculation.ts';

/** Side inputs as the verifier must come to hold them; version 0 is none. */
export type SideInputUpdate = {
  version: number;
  /** In 1/256; undefined where the version is 0, or the one of the request before. */
  values: Int16Array | undefined;
};

/** Bits of a request's flags: the version is above 0 and follows; its values follow. */
const VERSION = 8;
const VALUES = 16;

/* version: varint | values: bytes (2 each, signed, little endian; as many as the terms say) */

export function sideInputFlags({ version, values }: SideInputUpdate): number {
  return (version === 0 ? 0 : VERSION) | (values === undefined ? 0 : VALUES);
}

export function writeSideInputs(payload: ByteWriter, { version, values }: SideInputUpdate): void {
  if (version !== 0) payload.varint('sideInputs.version', version);
  if (values === undefined) return;
  const bytes = Buffer.alloc(2 * values.length);
  for (const [j, value] of values.entries()) bytes.writeInt16LE(value, 2 * j);
  payload.bytes('sideInputs.values', bytes, bytes.length);
}

/** `isWhole`: the request brings the whole context, and so the values of its version. */
export function readSideInputs(
  payload: ByteReader,
  { flags, isWhole }: { flags: number; isWhole: boolean },
  terms: VerifierTerms,
): SideInputUpdate {
  const hasValues = (flags & VALUES) !== 0;
  if ((flags & VERSION) === 0) {
    if (hasValues) throw badFrame('sideInputs.values come without a version', 'name the version');
    return { version: 0, values: undefined };
  }
  if (terms.sideInputs === 0) {
    throw badFrame('sideInputs come under terms with none', 'use version 0, or other terms');
  }
  const version = payload.varint('sideInputs.version');
  if (version === 0) throw badFrame('sideInputs.version is 0', 'leave out what there is none of');
  if (!hasValues) {
    if (!isWhole) return { version, values: undefined };
    throw badFrame('sideInputs.values are missing', 'send them with the whole context');
  }
  const length = 2 * terms.sideInputs;
  const bytes = payload.bytes('sideInputs.values', length);
  checkLength('sideInputs.values', bytes, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const values = Int16Array.from({ length: length / 2 }, (_, j) => view.getInt16(2 * j, true));
  return { version, values };
}
