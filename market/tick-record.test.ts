/** The bytes of a tick: an edge's log must be readable tomorrow, and the feed carries them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '#engine';
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
    const time = fc.integer({ min: 0, max: 2 ** 51 });
    const lots = fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined });
    const price = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
    const shared = { instrument: fc.nat(4096), exchangeTimeNs: time };
    const received = fc.option(time, { nil: undefined });
    const quotes = fc.record({
      ...{ kind: fc.constant('quote' as const), ...shared, receiveTimeNs: received },
      ...{ bidIncrements: price, askIncrements: price, bidLots: lots, askLots: lots },
    });
    const trades = fc.record({
      ...{ kind: fc.constant('trade' as const), ...shared, receiveTimeNs: received },
      ...{ priceIncrements: price, sizeLots: lots },
    });
    fc.assert(
      fc.property(fc.oneof(quotes, trades), given => {
        const present = Object.entries(given).filter(([, value]) => value !== undefined);
        const tick = Object.fromEntries(present) as Tick;
        expect(read(bytesOf(tick))).toEqual(tick);
      }),
    );
  });
});
