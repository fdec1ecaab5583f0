/** Messages of a gateway's topic as bytes: what is written comes back, other bytes are refused. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { decodeTopicMessage, encodeTopicMessage, type TopicMessage } from './topic-messages.ts';

const name = fc.stringMatching(/^[a-z]{1,20}$/);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const count = fc.nat();
const lease = {
  ...{ epoch: count, node: name, instance: name, nextOffset: count },
  askedNs: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
};

const anyMessage: fc.Arbitrary<TopicMessage> = fc.oneof(
  fc.record({ kind: fc.constant('acquire'), ...lease }),
  fc.record({ kind: fc.constant('renew'), ...lease }),
  fc.record({
    ...{ kind: fc.constant('begin'), epoch: count, log: hash, config: hash, nextOffset: count },
    originNs: fc.bigInt(-(2n ** 62n), 2n ** 62n),
  }),
  fc.record({
    ...{ kind: fc.constant('record'), epoch: count, offset: count, payload: fc.uint8Array() },
  }),
  fc.record({ kind: fc.constant('outputs'), epoch: count, offset: count, hash }),
  fc.record({ kind: fc.constant('end'), epoch: count, nextOffset: count }),
);

it('come back as they were written, or a standby would step something else', () => {
  fc.assert(
    fc.property(anyMessage, message => {
      expect(decodeTopicMessage(encodeTopicMessage(message))).toEqual(message);
    }),
  );
});

it('are refused where they are cut, or are none', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(), (message, at) => {
      const bytes = encodeTopicMessage(message);
      const cut = bytes.subarray(0, at % bytes.length);
      expect(() => decodeTopicMessage(cut)).toThrow(OutriderError);
    }),
  );
  expect(() => decodeTopicMessage(Uint8Array.of(9, 0))).toThrow('kind is 9');
});
