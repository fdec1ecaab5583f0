/** The framer under any segments, and framer and parser under hostile bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_BYTES_MAX } from '#native';
import { anyBytes, anyMutation, anyStream, bytesOf } from './any-stream.ts';
import { decodeHeader, decodeMessage, encodeMessage } from './codec.ts';
import { createFramer } from './framer.ts';
import { parseMessage } from './parse.ts';

const heartbeat = encodeMessage(
  { msgSeqNum: 1, senderCompId: 'A', targetCompId: 'B', sendingTime: '20260921-14:13:22.000' },
  { msgType: '0' },
);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** What the framer makes of chunks: messages as their text, garbage as `!reason`. */
function frame(chunks: Iterable<Uint8Array>): string[] {
  const seen: string[] = [];
  const framer = createFramer({
    onMessage: bytes => seen.push(text(bytes)),
    onGarbage: reason => seen.push(`!${reason}`),
  });
  for (const chunk of chunks) framer.push(chunk);
  return seen;
}

function* oneByOne(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

describe('framer', () => {
  it('gives whole messages whatever the segments, one byte at a time included', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 5 }), fc.nat(300), (messages, cut) => {
        const stream = Buffer.concat(messages);
        const expected = messages.map(text);
        expect(frame([stream])).toEqual(expected);
        expect(frame(oneByOne(stream))).toEqual(expected);
        expect(frame([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(expected);
      }),
    );
  });

  it('sees the same in any segments, or a replay would differ from live', () => {
    fc.assert(
      fc.property(anyStream, fc.array(fc.nat(500), { maxLength: 6 }), (parts, cuts) => {
        const stream = Buffer.concat(parts);
        const whole = frame([stream]);
        expect(frame(oneByOne(stream))).toEqual(whole);
        const places = [0, ...cuts.map(cut => cut % (stream.length + 1)), stream.length];
        places.sort((a, b) => a - b);
        const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
        expect(frame(chunks)).toEqual(whole);
      }),
    );
  });

  it('finds the next message after any garbage that cannot swallow it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), noise => {
        if (text(noise).includes('8=FIX')) return;
        const rest = [...'8=FIX'].findIndex((_, n) =>
          text(noise).endsWith('8=FIX'.slice(0, n + 1)),
        );
        fc.pre(rest < 0);
        const seen = frame([noise, heartbeat]);
        expect(seen.at(-1)).toBe(text(heartbeat));
        expect(seen.slice(0, -1)).toEqual(noise.length === 0 ? [] : ['!noise']);
      }),
    );
  });

  it.each([
    ['length 0', '8=FIX.4.4|9=0|35=0|10=000|', ['!bad-body-length']],
    ['negative length', '8=FIX.4.4|9=-5|35=0|10=000|', ['!bad-body-length']],
    ['length in letters', '8=FIX.4.4|9=5x|35=0|10=000|', ['!bad-body-length']],
    ['no length', '8=FIX.4.4|35=0|10=000|', ['!bad-body-length']],
    ['short length', '8=FIX.4.4|9=4|35=0|10=000|', ['!bad-body-length']],
    ['length 0 of nothing', '8=FIX.4.4|9=0|10=200|', ['!bad-body-length']],
    ['a body without its end', '8=FIX.4.4|9=4|35=010=161|', ['!bad-body-length']],
    ['two bad lengths', '8=FIX.4.4|9=x|8=FIX.4.4|9=|', ['!bad-body-length', '!bad-body-length']],
    ['a bad length and noise', '8=FIX.4.4|9=x|hello', ['!bad-body-length']],
    ['noise before a bad length', 'hello8=FIX.4.4|9=x|', ['!noise', '!bad-body-length']],
    ['noise in two kinds', `hello8=FIX${'x'.repeat(30)}|`, ['!noise']],
    ['a bad sum and noise', '8=FIX.4.4|9=5|35=0|10=000|hi', ['!bad-check-sum', '!noise']],
    ['immense length', '8=FIX.4.4|9=99999|35=0|10=000|', ['!too-long']],
    ['length of many digits', '8=FIX.4.4|9=00000000005|35=0|10=000|', ['!too-long']],
    ['wrong checksum', '8=FIX.4.4|9=5|35=0|10=000|', ['!bad-check-sum']],
    ['checksum in letters', '8=FIX.4.4|9=5|35=0|10=1x3|', ['!bad-body-length']],
    ['another version', '8=FIX.4.2|9=5|35=0|10=161|', ['!wrong-begin-string']],
    ['version without end', `8=FIX${'x'.repeat(30)}|`, ['!noise']],
    ['noise', 'hello', ['!noise']],
  ])('names %s and goes on with the next message', (_, garbage, expected) => {
    const seen = frame([bytesOf(garbage), heartbeat]);
    expect(seen).toEqual([...expected, text(heartbeat)]);
  });

  it('does not mistake a message inside a value for one, even in a corrupt one', () => {
    const smuggled = bytesOf(`8=FIX.4.4|9=${heartbeat.length + 11}|35=B|58=x|`);
    const corrupt = Buffer.concat([smuggled, heartbeat, bytesOf('|10=000|')]);
    expect(frame([corrupt, heartbeat])).toEqual(['!bad-check-sum', text(heartbeat)]);
  });

  it('frames the longest message and refuses one byte more before it is there', () => {
    const overhead = '8=FIX.4.4|9=65511|'.length + '10=000|'.length;
    const length = MESSAGE_BYTES_MAX - overhead;
    const longest = bytesOf(`8=FIX.4.4|9=${length}|35=B|58=${'x'.repeat(length - 9)}|10=000|`);
    const sum = longest.subarray(0, -7).reduce((total, byte) => total + byte, 0) % 256;
    longest.write(String(sum).padStart(3, '0'), longest.length - 4);
    expect(longest.length).toBe(MESSAGE_BYTES_MAX);
    expect(frame([longest, heartbeat])).toEqual([text(longest), text(heartbeat)]);
    expect(frame([bytesOf(`8=FIX.4.4|9=${length + 1}|`)])).toEqual(['!too-long']);
  });

  it('forgets half a message when the connection ends', () => {
    const seen: string[] = [];
    const framer = createFramer({
      onMessage: bytes => seen.push(text(bytes)),
      onGarbage: reason => seen.push(reason),
    });
    framer.push(heartbeat.subarray(0, 20));
    framer.reset();
    framer.push(heartbeat);
    expect(seen).toEqual([text(heartbeat)]);
  });
});

describe('framer and parser on hostile bytes', () => {
  const runs = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 2_000);

  it('only ever give a message, a named problem or named garbage', () => {
    fc.assert(
      fc.property(anyStream, parts => {
        const framer = createFramer({ onMessage: readEverything, onGarbage() {} });
        for (const part of parts) framer.push(part);
      }),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(fc.oneof(anyMutation, fc.uint8Array({ maxLength: 300 })), readEverything),
      { numRuns: runs },
    );
  });

  it('hold no more than one message, however long the garbage', () => {
    const before = process.memoryUsage().arrayBuffers;
    const framer = createFramer({ onMessage() {}, onGarbage() {} });
    const endless = bytesOf('8=FIX.4.4|9=60000|35=D|'.padEnd(1 << 16, 'x'));
    for (let round = 0; round < 500; round++) framer.push(endless);
    const grownBytes = process.memoryUsage().arrayBuffers - before;
    expect(grownBytes).toBeLessThan(4 * MESSAGE_BYTES_MAX);
  });
});

/** A defined result is a whole message, or problems whose reason and tag, if any, are numbers. */
function readEverything(bytes: Uint8Array): void {
  const view = parseMessage(bytes);
  if (view.kind === 'garbled') {
    expect(view.reason).toBe('not-a-header');
    return;
  }
  const { header, problem } = decodeHeader(view);
  const decoded = decodeMessage(view);
  for (const found of [problem, decoded.problem]) {
    if (found === undefined) continue;
    expect(Number.isInteger(found.reason) && Number.isInteger(found.tag ?? 0)).toBe(true);
  }
  if (problem !== undefined || decoded.message === undefined) return;
  const again = parseMessage(encodeMessage(header, decoded.message));
  if (again.kind !== 'view') throw new Error('what was decoded does not encode');
  expect(decodeMessage(again)).toEqual(decoded);
}
