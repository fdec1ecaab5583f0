/** The edge's records: a replay reads exactly what was written, and refuses anything else. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, OutriderError } from '#engine';
import type { Tick } from '#market';
import { createEdgeEncoder, type EdgeRecord, readEdgeRecord } from './record.ts';

const timeNs = fc.integer({ min: 0, max: 2 ** 50 });
const count = fc.nat();
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const price = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
const quote = fc.record(
  {
    ...{ kind: fc.constant('quote' as const), instrument: count, exchangeTimeNs: timeNs },
    ...{ bidIncrements: price, askIncrements: price },
    ...{ receiveTimeNs: timeNs, bidLots: count, askLots: count },
  },
  { requiredKeys: ['kind', 'instrument', 'exchangeTimeNs', 'bidIncrements', 'askIncrements'] },
);
const trade = fc.record(
  {
    ...{ kind: fc.constant('trade' as const), instrument: count, exchangeTimeNs: timeNs },
    ...{ priceIncrements: price, receiveTimeNs: timeNs, sizeLots: count },
  },
  { requiredKeys: ['kind', 'instrument', 'exchangeTimeNs', 'priceIncrements'] },
);
const ticks = fc.array(fc.oneof(quote, trade) as fc.Arbitrary<Tick>, { maxLength: 20 });
const about = { timeNs, instrument: count };
const kind = <K extends string>(name: K) => fc.constant(name);

const records: fc.Arbitrary<EdgeRecord> = fc.oneof(
  fc.record({ kind: kind('start'), timeNs, config: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: kind('ticks'), timeNs, injectedNs: timeNs, ticks }),
  fc.record({
    ...{ kind: kind('asked'), ...about, requestId: count, wantsPresent: fc.boolean() },
    branches: fc.uint8Array({ maxLength: 64 }),
  }),
  fc.record({ kind: fc.constantFrom('verdict', 'unanswered'), ...about, requestId: count }),
  fc.record({
    ...{ kind: kind('verdict'), ...about, requestId: count },
    drafts: fc.record({ drafted: count, accepted: count }),
  }),
  fc.record({ kind: kind('clock-offset'), timeNs, offsetNs: price }),
  fc.record({
    ...{ kind: kind('forecast'), ...about, moveIndex: count },
    basis: fc.constantFrom('verified', 'provisional'),
    forecast: fc.array(int32, { maxLength: 90 }).map(values => Int32Array.from(values)),
  }),
  fc.record({
    ...{ kind: kind('side-inputs'), ...about, moveIndex: count, version: count },
    values: fc.int16Array({ maxLength: 16 }),
  }),
  fc.record({ kind: kind('deadline'), ...about, moveIndex: count }),
  fc.record({ kind: kind('position'), ...about, positionLots: int32 }),
  fc.record({ kind: kind('gap'), ...about }),
);

it('reads back every record, or a replay would give other signals', () => {
  const encode = createEdgeEncoder();
  fc.assert(
    fc.property(fc.array(records), given => {
      for (const record of given) {
        const { reader, read } = readingOf(encode(record));
        expect(read()).toEqual(record);
        reader.end('record');
      }
    }),
  );
});

describe('refuses', () => {
  it.each([12, 255])('kind %i, which only a newer version knows', unknown => {
    const { read } = readingOf(written(unknown, 0));
    expect(read).toThrow(`edge record of kind ${unknown}: written by a newer version`);
  });

  it('what it never writes', () => {
    expect(readingOf(written(2, 0, 1, 2, 0)).read).toThrow('wantsPresent is 2');
    expect(readingOf(written(5, 0, 1, 7)).read).toThrow('basis is 7');
    expect(readingOf(written(9, 0, 1, 1, 17)).read).toThrow('values: 17 entries, at most 16');
    const beyond = written(9, 0, 1, 1, 1, 0x80, 0x80, 0x04);
    expect(readingOf(beyond).read).toThrow('values: 32768; -32768 to 32767');
    expect(readingOf(written(1, 0, 0x81, 0x20)).read).toThrow('ticks: 4097 entries, at most 4096');
  });

  it('a batch that no reader would take', () => {
    const tick: Tick = { kind: 'trade', instrument: 0, exchangeTimeNs: 0, priceIncrements: 0 };
    const batch = new Array<Tick>(4097).fill(tick);
    const encode = createEdgeEncoder();
    const record: EdgeRecord = { kind: 'ticks', timeNs: 0, injectedNs: 0, ticks: batch };
    expect(() => encode(record)).toThrow('ticks: 4097 entries');
  });

  it('any other bytes with an error that names the field, and no crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 9, maxLength: 80 }), bytes => {
        bytes[8]! %= 13;
        bytes.set([0, 0, 0, 0], 4);
        try {
          readingOf(bytes).read();
        } catch (error) {
          expect(error).toBeInstanceOf(OutriderError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function readingOf(bytes: Uint8Array) {
  const reader = new ByteReader();
  reader.reset(bytes);
  return { reader, read: () => readEdgeRecord(reader) };
}

/** A record of this kind at time 0, field by field in bytes. */
function written(kindByte: number, ...fields: number[]): Uint8Array {
  const writer = new ByteWriter();
  writer.safeInteger('time', 0);
  for (const byte of [kindByte, ...fields]) writer.u8('byte', byte);
  return writer.written().slice();
}
