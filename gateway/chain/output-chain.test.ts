/** The chain over what was sent: if it failed, two gateways could differ and not know it. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addToChain, BLOCK_BYTES, chainOf, createOutputChain } from './output-chain.ts';

type Sent = { venue: number; message: Uint8Array };

const message = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }) },
  // Longer than a block: it is cut more than once.
  { weight: 1, arbitrary: fc.nat({ max: 70_000 }).map(bytes => new Uint8Array(bytes).fill(65)) },
);
const sent = fc.record({ venue: fc.nat({ max: 7 }), message });

const readingOf = (all: readonly Sent[]) => {
  const chain = createOutputChain();
  for (const { venue, message } of all) addToChain(chain, venue, message);
  return chainOf({ outputChain: chain });
};

/** The definition, all in memory. */
function defined(all: readonly Sent[]) {
  const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const stream = Buffer.concat(
    all.flatMap(({ venue, message }) => [u32(venue), u32(message.length), message]),
  );
  const sha256 = (...parts: Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  let value: Buffer = Buffer.alloc(32);
  const blocks = Math.floor(stream.length / BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) {
    value = sha256(value, stream.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES));
  }
  const tip = sha256(value, stream.subarray(blocks * BLOCK_BYTES)).toString('hex');
  return { messages: all.length, blocks, value: value.toString('hex'), tip };
}

it('follows its definition, or another program could not check what was sent', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 60 }), all => {
      expect(readingOf(all)).toEqual(defined(all));
    }),
    { numRuns: 60 },
  );
});

it('differs for a changed byte, a lost, doubled or swapped message, another venue', () => {
  fc.assert(
    fc.property(
      fc.array(sent, { minLength: 2, maxLength: 12 }),
      fc.nat(),
      fc.constantFrom('byte', 'lost', 'doubled', 'swapped', 'venue', 'joined'),
      (all, where, fault) => {
        const at = where % (all.length - 1);
        const first = all[at]!;
        const second = all[at + 1]!;
        const changed = first.message.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
        const joined = Buffer.concat([first.message, second.message]);
        const others: Record<typeof fault, Sent[]> = {
          byte: first.message.length === 0 ? [] : [{ ...first, message: changed }, second],
          lost: [second],
          doubled: [first, first, second],
          swapped: [second, first],
          venue: [{ ...first, venue: first.venue + 1 }, second],
          joined: [{ ...first, message: joined }],
        };
        const other = [...all.slice(0, at), ...others[fault], ...all.slice(at + 2)];
        fc.pre(JSON.stringify(other.map(plain)) !== JSON.stringify(all.map(plain)));
        expect(readingOf(other).tip).not.toBe(readingOf(all).tip);
      },
    ),
  );
});

const plain = ({ venue, message }: Sent) => [venue, Buffer.from(message).toString('latin1')];
