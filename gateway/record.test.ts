/** Records of the gateway's log: without these tests, a replay could run on other inputs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, OutriderError } from '#engine';
import type { ConversionRate } from './account/conversion.ts';
import type { GatewayCommand } from './event.ts';
import type { MarketQuote } from './execution/market-quote.ts';
import { signalAt } from './paper-world.ts';
import { createGatewayEncoder, type GatewayRecord, readGatewayRecord } from './record.ts';
import type { Basis, Signal, Style } from './signal.ts';
import type { SnapshotMark } from './snapshot/state-snapshot.ts';

const timeNs = fc.integer({ min: 0, max: 2 ** 52 });
const kind = <K extends string>(name: K) => fc.constant(name);
const price = fc.integer({ min: -(2 ** 48), max: 2 ** 48 });
const bytes = fc.uint8Array({ maxLength: 2_000 });
const venue = fc.nat({ max: 15 });

const signal: fc.Arbitrary<Signal> = fc.record({
  ...{
    strategy: fc.nat({ max: 63 }),
    instrument: fc.nat({ max: 100_000 }),
    timeNs,
    tickTimeNs: timeNs,
    forecastTimeNs: timeNs,
  },
  ...{ desiredLots: price, limitIncrements: price, bidIncrements: price, askIncrements: price },
  ...{ midLowHalfIncrements: price, midHighHalfIncrements: price },
  style: fc.constantFrom<Style>('wait', 'join', 'cross', 'peg'),
  basis: fc.constantFrom<Basis>('provisional', 'verified'),
  forecastId: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map(id => Buffer.from(id).toString('hex')),
});

const nodeName = fc.stringMatching(/^[a-z]{0,20}$/);
const lots = fc.nat({ max: 2 ** 31 - 1 });
const quote: fc.Arbitrary<MarketQuote> = fc.record({
  ...{ instrument: fc.nat({ max: 100_000 }), venue: fc.option(fc.nat(7), { nil: undefined }) },
  ...{ bidIncrements: price, askIncrements: price, tickTimeNs: timeNs },
  ...{ bidLots: lots, askLots: lots, tradedLots: lots },
});

const currency = fc.stringMatching(/^[A-Z]{3,8}$/);
const rate: fc.Arbitrary<ConversionRate> = fc.record({
  ...{ from: currency, to: currency, nanos: fc.maxSafeNat(), timeNs },
});

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(digest => Buffer.from(digest).toString('hex'));
const mark: fc.Arbitrary<SnapshotMark> = fc.record({
  ...{ layout: hex(16), stateHash: hex(32), messages: fc.nat(), chainTip: hex(32) },
});

const record: fc.Arbitrary<GatewayRecord> = fc.oneof(
  fc.record({ kind: kind('start'), timeNs, config: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: kind('restarted'), timeNs }),
  fc.record({ kind: kind('rate'), timeNs, rate }),
  fc.record({ kind: kind('connected'), timeNs, venue }),
  fc.record({ kind: kind('disconnected'), timeNs, venue }),
  fc.record({ kind: kind('timer'), timeNs }),
  fc.record({ kind: kind('inbound'), timeNs, venue, bytes }),
  fc.record({
    ...{ kind: kind('command'), timeNs },
    command: fc.constantFrom<GatewayCommand>('kill', 'arm', 'stop', 'edge-lost'),
  }),
  fc.record({ kind: kind('signal'), timeNs, signal }),
  fc.record({ kind: kind('quote'), timeNs, quote }),
  fc.record({ kind: kind('step-version'), timeNs, version: fc.nat() }),
  fc.record({ kind: kind('snapshot-mark'), timeNs, mark }),
  fc.record({
    ...{ kind: kind('epoch-claim'), timeNs, epoch: fc.nat(), node: nodeName },
    operator: fc.oneof(nodeName, kind('')),
  }),
  fc.record({ kind: kind('statement'), timeNs, bytes: fc.uint8Array({ maxLength: 200 }) }),
  fc.record({ kind: kind('edge-lost'), timeNs, strategy: fc.nat(63) }),
  fc.record({
    ...{ kind: kind('instruments-lost'), timeNs, strategy: fc.nat(63) },
    instruments: fc.array(fc.nat(4096), { maxLength: 20 }),
  }),
  fc.record({ kind: kind('standby-state'), timeNs, standby: nodeName }),
);

const encode = createGatewayEncoder();
const encoded = (each: GatewayRecord) => encode(each).slice();
const readerOf = (from: Uint8Array) => {
  const reader = new ByteReader();
  reader.reset(from);
  return reader;
};
const read = (from: Uint8Array) => readGatewayRecord(readerOf(from));

describe('a record of the gateway', () => {
  it('comes back as it was written, whatever was written before it', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 10 }), records => {
        expect(records.map(each => read(encoded(each)))).toEqual(records);
      }),
    );
  });

  it('ends where it was written to, or the next log entry would be misread', () => {
    fc.assert(
      fc.property(record, fc.uint8Array({ maxLength: 8 }), (each, tail) => {
        const reader = readerOf(Buffer.concat([encoded(each), tail]));
        readGatewayRecord(reader);
        expect(reader.remaining).toBe(tail.length);
      }),
    );
  });

  it('keeps bytes of its own: the log reuses the buffer it reads into', () => {
    const buffer = encoded({ kind: 'inbound', timeNs: 1, venue: 0, bytes: Buffer.from('8=FIX') });
    const inbound = read(buffer);
    buffer.fill(0);
    expect(inbound).toMatchObject({ bytes: Uint8Array.from(Buffer.from('8=FIX')) });
  });

  it('takes what a socket gives at once, 64 KiB, and names the field beyond', () => {
    const inbound = (length: number) =>
      encoded({ kind: 'inbound', timeNs: 1, venue: 0, bytes: new Uint8Array(length) });
    expect(read(inbound(65_536))).toMatchObject({ kind: 'inbound' });
    expect(() => inbound(65_537)).toThrow(/inbound/);
  });
});

describe('bytes that are no record', () => {
  it.each([18, 100, 255])('are refused where the kind is %d', unknown => {
    const strange = encoded({ kind: 'timer', timeNs: 1 });
    strange[8] = unknown;
    expect(() => read(strange)).toThrow(new RegExp(`kind ${unknown}: written by a newer version`));
  });

  it('are refused where a command or style is unknown', () => {
    const command = encoded({ kind: 'command', timeNs: 1, command: 'kill' });
    command[9] = 200;
    expect(() => read(command)).toThrow(/command is 200/);
    const wish = { kind: 'signal', timeNs: 1 } as const;
    const waits = encoded({ ...wish, signal: signalAt(1, { style: 'wait' }) });
    const joins = encoded({ ...wish, signal: signalAt(1, { style: 'join' }) });
    const style = waits.findIndex((byte, at) => byte !== joins[at]);
    waits[style] = 4;
    expect(() => read(waits)).toThrow(/style is 4/);
  });

  it('are refused with an error that says so, at every cut and whatever they are', () => {
    const isRefusal = (from: Uint8Array) => {
      try {
        read(from);
        return false;
      } catch (error) {
        if (!(error instanceof OutriderError)) throw error;
        return true;
      }
    };
    fc.assert(
      fc.property(record, fc.nat(), (each, at) => {
        const whole = encoded(each);
        expect(isRefusal(whole.subarray(0, at % whole.length))).toBe(true);
      }),
    );
    fc.assert(fc.property(bytes, noise => void isRefusal(noise)));
  });
});
