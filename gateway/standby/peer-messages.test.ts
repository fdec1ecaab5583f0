/** What nodes say as bytes: what is sent comes back, and no bytes do worse than be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, OutriderError } from '#engine';
import {
  createPeerEncoder,
  type FromPrimary,
  readFromPrimary,
  readToPrimary,
  type ToPrimary,
} from './peer-messages.ts';

const encode = createPeerEncoder();

function decoded<Message>(
  bytes: Uint8Array,
  read: (kind: number, fields: ByteReader) => Message,
): Message {
  const fields = new ByteReader();
  fields.reset(bytes);
  const message = read(fields.u8('kind'), fields);
  fields.end('frame');
  return message;
}

const name = fc.stringMatching(/^[a-z]{1,20}$/);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const count = fc.nat();
const heartbeatNs = fc.integer({ min: 0, max: 2 ** 50 });

const toPrimary: fc.Arbitrary<ToPrimary> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('hello'), node: name, config: hash },
    build: fc.record({ steps: fc.array(count, { maxLength: 255 }), layout: hash }),
    ...{ log: fc.oneof(hash, fc.constant('')), epoch: count, nextOffset: count },
  }),
  fc.record({ kind: fc.constant('tail'), hash }),
  fc.record({ kind: fc.constant('ack'), nextOffset: count }),
  fc.record({ kind: fc.constant('renewal'), heartbeatNs }),
  fc.record({ kind: fc.constant('promote'), operator: name, signed: fc.uint8Array() }),
  fc.record({ kind: fc.constant('status') }),
);

const fromPrimary: fc.Arbitrary<FromPrimary> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('welcome'), originNs: fc.bigInt(-(2n ** 62n), 2n ** 62n) },
    ...{ log: hash, epoch: count, fromOffset: count },
  }),
  fc.record({ kind: fc.constant('record'), offset: count, payload: fc.uint8Array() }),
  fc.record({ kind: fc.constant('outputs'), offset: count, hash }),
  fc.record({ kind: fc.constant('heartbeat'), heartbeatNs }),
  fc.record({ kind: fc.constant('report'), text: name }),
);

describe('messages between nodes', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(toPrimary, message => {
        expect(decoded(encode(message).subarray(4), readToPrimary)).toEqual(message);
      }),
    );
    fc.assert(
      fc.property(fromPrimary, message => {
        expect(decoded(encode(message).subarray(4), readFromPrimary)).toEqual(message);
      }),
    );
  });

  it('are refused, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.uint8Array(), (kind, rest) => {
        for (const read of [readToPrimary, readFromPrimary]) {
          try {
            decoded(Uint8Array.of(kind, ...rest), read as typeof readToPrimary);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('name both versions where they differ', () => {
    expect(() => decoded(Uint8Array.of(1, 9, 0), readToPrimary)).toThrow(
      "the other node's replication version is 9, this one's 2",
    );
  });
});
