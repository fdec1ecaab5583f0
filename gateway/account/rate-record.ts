/**
 * The fields of a conversion rate in the gateway's log.
 *
 *     from, to text | 10^-9 of `to` for one of `from` varint | quoted zig-zag from its time
 */
import type { ByteReader, ByteWriter } from '#engine';
import type { ConversionRate } from './conversion.ts';

export const CURRENCY_BYTES_MAX = 16;

export function writeRate(writer: ByteWriter, rate: ConversionRate, timeNs: number): void {
  writer.text('from', rate.from, CURRENCY_BYTES_MAX);
  writer.text('to', rate.to, CURRENCY_BYTES_MAX);
  writer.varint('rate', rate.nanos);
  writer.zigZag('quoted', rate.timeNs - timeNs);
}

export function readRate(reader: ByteReader, timeNs: number): ConversionRate {
  return {
    from: reader.text('from', CURRENCY_BYTES_MAX),
    to: reader.text('to', CURRENCY_BYTES_MAX),
    nanos: reader.varint('rate'),
    timeNs: timeNs + reader.zigZag('quoted'),
  };
}
