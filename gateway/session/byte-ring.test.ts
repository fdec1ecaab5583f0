/** Messages kept for a resend: one overwritten too early would go out as another's bytes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createByteRing } from './byte-ring.ts';

it('gives back each message that is kept, through every lap and growth', () => {
  const message = fc.uint8Array({ maxLength: 40 });
  const messages = fc.array(message, { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 12 }), (added, kept) => {
      const ring = createByteRing(64);
      const held: { position: number; bytes: Uint8Array }[] = [];
      for (const bytes of added) {
        const source = bytes.slice();
        const position = ring.add(source, held[0]?.position);
        source.fill(255);
        held.push({ position, bytes });
        if (held.length > kept) held.shift();
        for (const each of held) expect(ring.at(each.position)).toEqual(each.bytes);
      }
    }),
    { numRuns: 300 },
  );
});

it('stays as large as what is kept needs, or a day of orders would fill the memory', () => {
  const ring = createByteRing(1024);
  const bytes = new Uint8Array(100);
  let positions: number[] = [];
  for (let count = 0; count < 10_000; count++) {
    positions = [...positions, ring.add(bytes, positions[0])].slice(-10);
  }
  expect(ring.at(positions[0]!).buffer.byteLength).toBe(2048);
});
