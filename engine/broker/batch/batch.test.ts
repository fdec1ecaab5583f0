/** Batches of records: what is packed here must be what Kafka and other clients unpack. */
import { createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordBody, RecordHeader } from '../record.ts';
import { BATCH } from './batch-layout.ts';
import { writeI64 } from './big-endian.ts';
import { COMPRESSIONS, compress, decompress, UNPACKED_BYTES_MAX } from './compression.ts';
import { type AbortedTransaction, decodeBatches } from './decode-batches.ts';
import { encodeBatch, recordBytesMax, setFirstSequence } from './encode-batch.ts';
import { readVarint, varintBytes, writeVarint } from './varint.ts';

const IDENTITY = { producerId: 7, producerEpoch: 3, firstSequence: 11, isTransactional: false };
const NOTHING_ABORTED = { fromOffset: 0, aborted: [] as AbortedTransaction[] };

const bytes = fc.uint8Array({ maxLength: 60 });
const header = fc.tuple(fc.string({ maxLength: 9 }), bytes) satisfies fc.Arbitrary<RecordHeader>;
const body: fc.Arbitrary<RecordBody> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(header, { maxLength: 3 }),
  timestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
});
const bodies = fc.array(body, { minLength: 1, maxLength: 30 });

function packed(records: readonly RecordBody[], compression = COMPRESSIONS[0]!, firstOffset = 0) {
  const bytesMax = records.reduce((sum, record) => sum + recordBytesMax(record), 0);
  const batch = encodeBatch({ records, bytesMax }, IDENTITY, compression);
  writeI64(batch, BATCH.firstOffset, firstOffset);
  return batch;
}

const plain = ({ key, value, headers, timestampMs }: RecordBody) => ({
  key: key && [...key],
  value: value && [...value],
  headers: headers.map(([name, content]) => [name, [...content]]),
  timestampMs,
});

const one = (value: string): RecordBody => ({
  ...{ key: null, value: Buffer.from(value), headers: [], timestampMs: 1 },
});

describe('a batch', () => {
  it('gives its records back, with any codec and from any offset', () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom(...COMPRESSIONS), fc.nat(29), (given, codec, skip) => {
        const first = 2 ** 40;
        const options = { fromOffset: first + skip, aborted: [] };
        const { records, nextOffset } = decodeBatches(packed(given, codec, first), options);
        expect(records.map(plain)).toEqual(given.slice(skip).map(plain));
        expect(records.map(({ offset }) => offset - first)).toEqual(
          given.slice(skip).map((_, index) => index + skip),
        );
        expect(nextOffset).toBe(first + Math.max(skip, given.length));
      }),
    );
  });

  it('is unpacked by another client, which also packs one that is unpacked here', () => {
    fc.assert(
      fc.property(bodies, given => {
        const theirs = readRecordsBatch(Reader.from(packed(given)));
        expect(theirs.producerId).toBe(7n);
        expect(theirs.firstSequence).toBe(11);
        expect(
          theirs.records.map(({ key, value, timestampDelta }) => [
            ...[key && [...key], value && [...value]],
            Number(theirs.firstTimestamp + timestampDelta),
          ]),
        ).toEqual(given.map(plain).map(each => [each.key, each.value, each.timestampMs]));
        // Its packer spoils times that are more than 24 days from the batch's first.
        const near = given.map(each => ({ ...each, timestampMs: each.timestampMs % 2 ** 31 }));
        const messages = near.map(({ key, value, timestampMs }) => ({
          ...{ topic: 't', key: key ? Buffer.from(key) : null, timestamp: BigInt(timestampMs) },
          value: value ? Buffer.from(value) : null,
        }));
        const batch = createRecordsBatch(messages as never).buffer;
        const { records } = decodeBatches(batch, NOTHING_ABORTED);
        expect(records.map(plain)).toEqual(near.map(each => plain({ ...each, headers: [] })));
      }),
    );
  });

  it('that is cut off at the end of a fetch is left for the next one', () => {
    const two = Buffer.concat([packed([one('a')]), packed([one('b')], 'none', 1)]);
    for (let length = 0; length < two.length; length++) {
      const { records, nextOffset } = decodeBatches(two.subarray(0, length), NOTHING_ABORTED);
      const whole = length >= two.length / 2 ? 1 : 0;
      expect([records.length, nextOffset]).toEqual([whole, whole]);
    }
  });

  it('with any byte changed is never taken for whole', () => {
    const batch = packed([one('value')]);
    for (let at = BATCH.attributes; at < batch.length; at++) {
      const changed = Buffer.from(batch);
      changed[at]! ^= 0x40;
      expect(() => decodeBatches(changed, NOTHING_ABORTED), String(at)).toThrow(/checksum/);
    }
  });

  it('that is damaged is not passed over by what it says of its offsets, or read for ever', () => {
    const batch = packed([one('value')], 'none', 5);
    const options = { fromOffset: 5, aborted: [] };
    const earlier = Buffer.from(batch);
    earlier.writeInt32BE(-3, BATCH.lastDelta);
    expect(() => decodeBatches(earlier, options)).toThrow(/checksum/);
    const short = Buffer.from(batch);
    short.writeInt32BE(20, BATCH.length);
    expect(() => decodeBatches(short, options)).toThrow(/32 bytes long/);
  });

  it('that is damaged is given up by offset, and those before it are given first', () => {
    const good = packed([one('good')]);
    const bad = packed([one('bad')], 'none', 1);
    bad[bad.length - 1]! ^= 1;
    const { records, nextOffset } = decodeBatches(Buffer.concat([good, bad]), NOTHING_ABORTED);
    expect([records.length, nextOffset]).toEqual([1, 1]);
    const next = () => decodeBatches(bad, { fromOffset: 1, aborted: [] });
    expect(next).toThrow(/offsets 1 to 1: .*seek to 2/);
  });

  it('takes over another sequence and stays whole', () => {
    const batch = packed([one('a')]);
    setFirstSequence(batch, 99);
    expect(readRecordsBatch(Reader.from(batch)).firstSequence).toBe(99);
    expect(decodeBatches(batch, NOTHING_ABORTED).records.length).toBe(1);
  });
});

describe('what unpacks to more than the bound', () => {
  it.each(COMPRESSIONS.slice(1))('is refused before it takes the memory, packed by %s', codec => {
    const bomb = compress(codec, Buffer.alloc(UNPACKED_BYTES_MAX + 1));
    expect(bomb.length).toBeLessThan(UNPACKED_BYTES_MAX / 10);
    expect(() => decompress(codec, bomb)).toThrow(expect.objectContaining({ code: 'limit' }));
  });

  it.each(COMPRESSIONS.slice(1))('and garbage is bad data, said to be packed by %s', codec => {
    const garbage = Buffer.from('no more than a few words of text');
    expect(() => decompress(codec, garbage)).toThrow(expect.objectContaining({ code: 'bad-data' }));
  });
});

it('varints give every safe delta back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), value => {
      const written = new Uint8Array(10);
      const end = writeVarint(written, 0, value);
      const cursor = { at: 0 };
      expect(readVarint(written, cursor)).toBe(value);
      expect(cursor.at).toBe(end);
      expect(varintBytes(value)).toBe(end);
    }),
  );
});
