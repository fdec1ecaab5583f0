/** The feed's messages as bytes: what is sent comes back, and no bytes do worse than be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, OutriderError } from '#engine';
import { loadReferenceData, referenceInstrument } from '../reference-data.ts';
import type { Tick } from '../tick.ts';
import {
  createFeedEncoder,
  type FromFeed,
  type FromSubscriber,
  readFromFeed,
  readFromSubscriber,
} from './protocol.ts';

const INSTRUMENTS = ['EURUSD', 'XAUUSD'].map(
  symbol => referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!,
);
const encode = createFeedEncoder();
const time = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });

/** The frame without its length, read by `read` to its last byte. */
function read<Message>(
  bytes: Uint8Array,
  from: (kind: number, fields: ByteReader) => Message,
): Message {
  const fields = new ByteReader();
  fields.reset(bytes);
  const message = from(fields.u8('kind'), fields);
  fields.end('frame');
  return message;
}

const fromFeed = (bytes: Uint8Array) =>
  read(bytes, (kind, fields) => readFromFeed(kind, fields, INSTRUMENTS.length));

const ticks: fc.Arbitrary<Tick> = fc.record({
  ...{ kind: fc.constant('quote' as const), instrument: fc.nat(1), exchangeTimeNs: time },
  ...{ bidIncrements: fc.nat(1e6), askIncrements: fc.integer({ min: 1e6, max: 2e6 }) },
});

const messages: fc.Arbitrary<FromFeed> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('hello' as const), originNs: fc.bigInt({ min: 0n, max: 2n ** 62n }) },
    ...{ positionNs: time, instruments: fc.constant(INSTRUMENTS) },
  }),
  fc.record({ kind: fc.constant('pong' as const), sentNs: time, nowNs: time }),
  fc.record({
    ...{ kind: fc.constant('batch' as const), injectedNs: time },
    ticks: fc.array(ticks, { minLength: 1, maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant('finished' as const) }),
);

const requests: fc.Arbitrary<FromSubscriber> = fc.oneof(
  fc.record({ kind: fc.constant('greet' as const) }),
  fc.record({ kind: fc.constantFrom('subscribe' as const, 'ping'), sentNs: time }),
);

describe('the feed’s messages', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(messages, requests, (message, request) => {
        expect(fromFeed(encode(message).subarray(4))).toEqual(message);
        expect(read(encode(request).subarray(4), readFromSubscriber)).toEqual(request);
      }),
    );
  });

  it('are refused by name, whatever bytes come instead, or one peer could end the process', () => {
    const noise = fc.uint8Array({ minLength: 1, maxLength: 60 });
    const damaged = fc
      .tuple(fc.oneof(messages, requests), fc.nat(), fc.nat(255))
      .map(([message, at, byte]) => {
        const bytes = Buffer.from(encode(message).subarray(4));
        bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), bytes => {
        for (const from of [fromFeed, (b: Uint8Array) => read(b, readFromSubscriber)]) {
          try {
            from(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
