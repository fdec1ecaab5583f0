/** Hello refused: which of the edge's terms the verifier does not share, or that it has no room. */

import { badFrame } from '#engine';
import { readDetail, writeDetail } from './detail.ts';
import type { Frame } from './frame.ts';
import { type FrameWriter, readPayload } from './payload.ts';

/** `terms` are malformed, `session` could not be opened, `connections` are as many as may be. */
const HELLO_FIELDS = [
  'version',
  'modelHash',
  'kernel',
  'draftHash',
  'paths',
  'moves',
  'branchesMax',
  'terms',
  'session',
  'connections',
] as const;

export type HelloField = (typeof HELLO_FIELDS)[number];

export type HelloRefusal = {
  field: HelloField;
  /** Both sides' values, and the remedy. */
  detail: string;
  /** True where another try can only end the same way. */
  permanent: boolean;
};

/* field: u8 | permanent: u8 | detail: text */

export function encodeHelloRefusal(frames: FrameWriter, refusal: HelloRefusal): Uint8Array {
  return frames({ name: 'helloRefusal' }, payload => {
    payload.u8('field', HELLO_FIELDS.indexOf(refusal.field));
    payload.u8('permanent', refusal.permanent ? 1 : 0);
    writeDetail(payload, refusal.detail);
  });
}

export function decodeHelloRefusal(frame: Frame): HelloRefusal {
  return readPayload(frame, payload => {
    const index = payload.u8('field');
    const field = HELLO_FIELDS[index];
    if (field === undefined) throw badFrame(`field is ${index}`, 'bring both sides to one release');
    const permanent = payload.u8('permanent');
    if (permanent > 1) throw badFrame(`permanent is ${permanent}`, 'give 0 or 1');
    return { field, detail: readDetail(payload), permanent: permanent === 1 };
  });
}
