/** The bytes of a tick: an edge's log must be readable tomorrow, and the feed carries them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '#engine';
import { anyTick } from './any-tick.ts';
import type { Tick } from './tick.ts';
import { readTick, writeTick } from './tick-record.ts';

const RECORD_NS = 34_200_001_000_000;

const PINNED: [string, Tick][] = [
  [
    '0000ffff6ad8f21010',
    quote({ exchangeTimeNs: 34_200_000_123_456, bidIncrements: 138_412, askIncrements: 138_420 }),
  ],
  [
    '0e03010209180c00',
    quote({
      ...{ instrument: 3, exchangeTimeNs: 34_200_000_999_999, receiveTimeNs: 34_200_001_000_001 },
      ...{ bidIncrements: -5, askIncrements: 7, bidLots: 12, askLots: 0 },
    }),
  ],
  ['01c80181897a9a01', trade({ instrument: 200, exchangeTimeNs: 34_199_999_999_999 })],
  [
    '0701000080897aac02',
    trade({ instrument: 1, receiveTimeNs: RECORD_NS, priceIncrements: 1_000_000, sizeLots: 300 }),
  ],
  ['080100020009', quote({ instrument: 1, askLots: 9 })],
  ['a9020005809a01', trade({ instrument: 2, merged: 5, priceIncrements: 9856, aggressor: 'sell' })],
  [
    '50070000a6b84bce13',
    {
      ...{ kind: 'level', instrument: 0, exchangeTimeNs: RECORD_NS, isTimeEstimated: true },
      ...{ side: 'ask', priceIncrements: 618_003, sizeLots: 2510, hasMore: true },
    },
  ],
  ['40000101', { kind: 'gap', instrument: 1, exchangeTimeNs: RECORD_NS - 1 }],
];

function quote(fields: Partial<Tick>): Tick {
  const prices = { bidIncrements: 1, askIncrements: 1 };
  return { kind: 'quote', instrument: 0, exchangeTimeNs: RECORD_NS, ...prices, ...fields } as Tick;
}

function trade(fields: Partial<Tick>): Tick {
  const price = { priceIncrements: 77 };
  return { kind: 'trade', instrument: 0, exchangeTimeNs: RECORD_NS, ...price, ...fields } as Tick;
}

function bytesOf(tick: Tick): Uint8Array {
  const writer = new ByteWriter();
  writeTick(writer, tick, RECORD_NS);
  return writer.written();
}

function read(bytes: Uint8Array): Tick {
  const reader = new ByteReader();
  reader.reset(bytes);
  const tick = readTick(reader, RECORD_NS);
  reader.end('tick');
  return tick;
}

describe('a tick as bytes', () => {
  it.each(PINNED)(
    'keeps the bytes %s, or logs written before could not be replayed',
    (hex, tick) => {
      expect(Buffer.from(bytesOf(tick)).toString('hex')).toBe(hex);
      expect(read(Buffer.from(hex, 'hex'))).toEqual(tick);
    },
  );

  it('comes back field for field, what the source could not give still absent', () => {
    fc.assert(
      fc.property(anyTick, tick => {
        expect(read(bytesOf(tick))).toEqual(tick);
      }),
    );
  });
});
