/** Arbitrary bytes of a FIX connection: whole messages, mutated ones, pieces of syntax, noise. */
import fc from 'fast-check';
import { anyHeader, anyMessage } from './any-message.ts';
import { encodeMessage } from './codec.ts';

/** `|` stands for the delimiter. */
export const bytesOf = (fixText: string) =>
  Buffer.from(fixText.replaceAll('|', '\u0001'), 'latin1');

export const anyBytes = anyHeader.chain(header =>
  anyMessage.map(body => encodeMessage(header, body)),
);

/** A valid message with some bytes changed, cut out or doubled. */
export const anyMutation = fc
  .tuple(anyBytes, fc.array(fc.tuple(fc.nat(3), fc.nat(400), fc.nat(255)), { maxLength: 4 }))
  .map(([bytes, changes]) => {
    let mutated = [...bytes];
    for (const [kind, place, value] of changes) {
      const at = place % Math.max(mutated.length, 1);
      if (kind === 0) mutated[at] = value;
      if (kind === 1) mutated.splice(at, 1 + (value % 9));
      if (kind === 2) mutated.splice(at, 0, value);
      if (kind === 3) mutated = mutated.slice(0, at);
    }
    return Buffer.from(mutated);
  });

const anyNoise = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('8=FIX', '8=FI', '8=FIX.4.4|9=', '9=5|35=0|10=000|', '58=FIX|').map(bytesOf),
);

/** Fields and halves of fields that a scan treats apart from others, in any order. */
export const anySyntax = fc
  .array(
    fc.oneof(
      fc.constantFrom('8=FIX.4.4|9=5|35=4|', '34=', '34=7|', '49=A|', '52=t|', '56=B|', '10=1|'),
      fc.constantFrom('0=x|', '-5=x|', '=|', '95=3|96=a|b|', '95=9|96=a|', '95=x|', '90=1|', '|'),
      fc.constantFrom('627=2|628=H|628=H|', '65535=x|', '65536=x|', '058=x|', '58=|', '58'),
      fc.constantFrom('58=a|', '43=Y|', '-', '123456789=|', '1234567890=|', '91=', '35=D|'),
      fc.uint8Array({ min: 1, max: 61, maxLength: 6 }).map(codes => String.fromCharCode(...codes)),
    ),
    { maxLength: 12 },
  )
  .map(pieces => bytesOf(pieces.join('')));

/** Any body in a frame whose BodyLength and CheckSum hold. */
export const anyFramed = anySyntax.map(body => {
  const framed = Buffer.concat([bytesOf(`8=FIX.4.4|9=${body.length + 5}|35=D|`), body]);
  const sum = framed.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.concat([framed, bytesOf(`10=${String(sum).padStart(3, '0')}|`)]);
});

export const anyStream = fc.array(fc.oneof(anyBytes, anyMutation, anyNoise, anySyntax, anyFramed), {
  maxLength: 8,
});
