/** A witness's messages as bytes: what is sent comes back; other bytes are refused at worst. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, OutriderError } from '#engine';
import {
  createWitnessEncoder,
  readWitnessReply,
  readWitnessRequest,
  type WitnessReply,
  type WitnessRequest,
} from './witness-messages.ts';

const encode = createWitnessEncoder();

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
const count = fc.nat();
const askedNs = fc.integer({ min: 0, max: 2 ** 50 });
const names = { node: name, instance: name };
const kind = <K extends string>(one: K) => fc.constant(one);

const request: fc.Arbitrary<WitnessRequest> = fc.oneof(
  fc.record({ kind: kind('hello'), leaseNs: askedNs }),
  fc.record({
    ...{ kind: kind('acquire'), ...names, logEpoch: count, isForced: fc.boolean(), askedNs },
  }),
  fc.record({ kind: kind('renew'), ...names, epoch: count, askedNs }),
  fc.record({
    ...{ kind: kind('declare'), ...names, epoch: count, standby: name, serial: count, askedNs },
  }),
  fc.record({ kind: kind('dead'), ...names }),
  fc.record({ kind: kind('status') }),
);

const reply: fc.Arbitrary<WitnessReply> = fc.oneof(
  fc.record({ kind: kind('granted'), epoch: count, isHolderDead: fc.boolean(), askedNs }),
  fc.record({ kind: kind('renewed'), epoch: count, askedNs }),
  fc.record({ kind: kind('agreed'), epoch: count, serial: count }),
  fc.record({
    ...{ kind: kind('refused'), text: name, askedNs },
    reason: fc.constantFrom(
      ...(['held', 'superseded', 'not-in-sync', 'log-behind', 'strange-log'] as const),
    ),
  }),
  fc.record({ kind: kind('state'), text: name }),
);

describe('messages of a witness', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(request, message => {
        expect(decoded(encode(message).subarray(4), readWitnessRequest)).toEqual(message);
      }),
    );
    fc.assert(
      fc.property(reply, message => {
        expect(decoded(encode(message).subarray(4), readWitnessReply)).toEqual(message);
      }),
    );
  });

  it('are refused, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.uint8Array(), (one, rest) => {
        for (const read of [readWitnessRequest, readWitnessReply]) {
          try {
            decoded(Uint8Array.of(one, ...rest), read as typeof readWitnessRequest);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
