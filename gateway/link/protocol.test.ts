/** The link's messages as bytes: what is sent comes back, and no bytes do worse than be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, OutriderError } from '#engine';
import { INSTRUMENTS, signalAt } from '../paper-world.ts';
import type { Basis, Style } from '../signal.ts';
import {
  createLinkEncoder,
  type FromEdge,
  type FromGateway,
  readFromEdge,
  readFromGateway,
} from './protocol.ts';

const NOW_NS = 36_000_000_000_000;
const READING = { instruments: INSTRUMENTS.length, nowNs: NOW_NS };
const encode = createLinkEncoder();

const toFields = (bytes: Uint8Array) => {
  const fields = new ByteReader();
  fields.reset(bytes);
  return { kind: fields.u8('kind'), fields };
};

function fromEdge(bytes: Uint8Array): FromEdge {
  const { kind, fields } = toFields(bytes);
  const message = readFromEdge(kind, fields, READING);
  fields.end('frame');
  return message;
}

function fromGateway(bytes: Uint8Array): FromGateway {
  const { kind, fields } = toFields(bytes);
  const message = readFromGateway(kind, fields, READING);
  fields.end('frame');
  return message;
}

const time = fc.integer({ min: 0, max: NOW_NS });
const price = fc.integer({ min: -1e6, max: 1e9 });
const signals: fc.Arbitrary<FromEdge> = fc
  .record({
    ...{ instrument: fc.nat(1), timeNs: time, tickTimeNs: time, forecastTimeNs: time },
    ...{ desiredLots: fc.integer({ min: -1e9, max: 1e9 }), limitIncrements: price },
    ...{ style: fc.constantFrom<Style>('wait', 'join', 'peg', 'cross'), bidIncrements: price },
    ...{ midLowHalfIncrements: price, midHighHalfIncrements: price, askIncrements: price },
    basis: fc.constantFrom<Basis>('provisional', 'verified'),
    forecastId: fc.stringMatching(/^[0-9a-f]{32}$/),
  })
  .map(wish => ({ kind: 'signal', signal: signalAt(NOW_NS, wish) }));

const lots = fc.nat({ max: 1e9 });
const quotes: fc.Arbitrary<FromEdge> = fc.record({
  kind: fc.constant('quote' as const),
  quote: fc.record({
    ...{ instrument: fc.nat(1), venue: fc.constant(undefined), tickTimeNs: time },
    ...{ bidIncrements: price, askIncrements: price },
    ...{ bidLots: lots, askLots: lots, tradedLots: lots },
  }),
});

const requests: fc.Arbitrary<FromEdge> = fc.oneof(
  signals,
  quotes,
  fc.constantFrom<FromEdge>(
    { kind: 'hello', strategy: '', instruments: INSTRUMENTS },
    { kind: 'hello', strategy: 'alpha', instruments: INSTRUMENTS },
    {
      ...{ kind: 'hello', strategy: '', instruments: INSTRUMENTS },
      group: { group: 'desk', member: 'one' },
    },
    { kind: 'bye' },
  ),
  fc.constant<FromEdge>({ kind: 'ping' }),
);

const answers: fc.Arbitrary<FromGateway> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('position' as const), instrument: fc.nat(1) },
    positionLots: fc.integer(),
  }),
  fc.record({
    kind: fc.constant('quotes-wanted' as const),
    intervalsNs: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
  }),
  fc.constantFrom<FromGateway>({ kind: 'welcome' }, { kind: 'pong' }),
);

describe('the link’s messages', () => {
  it('come back as they were sent, ages and all', () => {
    fc.assert(
      fc.property(requests, answers, (request, answer) => {
        expect(fromEdge(encode(request, NOW_NS).subarray(4))).toEqual(request);
        expect(fromGateway(encode(answer).subarray(4))).toEqual(answer);
      }),
    );
  });

  it('are refused by name, whatever bytes come instead, or an edge could end the gateway', () => {
    const noise = fc.uint8Array({ minLength: 1, maxLength: 80 });
    const damaged = fc
      .tuple(fc.oneof(requests, answers), fc.nat(), fc.nat(255))
      .map(([message, at, byte]) => {
        const bytes = Buffer.from(encode(message, NOW_NS).subarray(4));
        bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), bytes => {
        for (const read of [fromEdge, fromGateway]) {
          try {
            const message = read(bytes);
            if (message.kind === 'quote') {
              const { instrument, tickTimeNs, tradedLots } = message.quote;
              expect(instrument).toBeLessThan(INSTRUMENTS.length);
              expect(tickTimeNs).toBeLessThanOrEqual(NOW_NS);
              expect(tradedLots).toBeLessThanOrEqual(1e9);
            }
            if (message.kind !== 'signal') continue;
            const { instrument, timeNs, tickTimeNs, forecastTimeNs } = message.signal;
            expect(instrument).toBeLessThan(INSTRUMENTS.length);
            expect(Math.max(timeNs, tickTimeNs, forecastTimeNs)).toBeLessThanOrEqual(NOW_NS);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
