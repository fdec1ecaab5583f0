/** The text that explains a refusal or a goodbye: bounded, cut rather than refused. */

import type { ByteReader, ByteWriter } from '#engine';

const DETAIL_BYTES_MAX = 1024;

/** Text beyond 1,024 bytes of UTF-8 loses its end. */
export function writeDetail(payload: ByteWriter, detail: string): void {
  const bytes = Buffer.from(detail.toWellFormed());
  const whole = bytes.length <= DETAIL_BYTES_MAX;
  const text = whole ? bytes.toString() : bytes.toString('utf8', 0, DETAIL_BYTES_MAX - 4);
  payload.text('detail', whole ? text : text.replace(/\uFFFD+$/, ''), DETAIL_BYTES_MAX);
}

export function readDetail(payload: ByteReader): string {
  return payload.text('detail', DETAIL_BYTES_MAX);
}
