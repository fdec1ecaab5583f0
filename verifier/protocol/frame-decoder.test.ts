/** The decoder under damage: frames come out whole, garbage gives errors and takes no memory. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { ECHO_TERMS } from '../testing/echo-edge.ts';
import { anySpeculation, anyVerdict } from '../testing/protocol-values.ts';
import { FRAME_HEADER_BYTES, type Frame, PAYLOAD_BYTES_MAX } from './frame.ts';
import { createFrameDecoder } from './frame-decoder.ts';
import { decodeGoodbye } from './goodbye.ts';
import { decodeHeartbeat, encodeHeartbeat } from './heartbeat.ts';
import { decodeHello, encodeHello } from './hello.ts';
import { decodeHelloRefusal } from './hello-refusal.ts';
import { createFrameWriter } from './payload.ts';
import { decodeRefusal } from './refusal.ts';
import { decodeSpeculation, encodeSpeculation } from './request.ts';
import { decodeVerdict, encodeVerdict } from './verdict.ts';
import { decodeWelcome } from './welcome.ts';

const frames = createFrameWriter(0x0123456789abcdefn);
const payloadMax = 3000;

const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  anySpeculation(ECHO_TERMS).map(request => encodeSpeculation(frames, request)),
  anyVerdict(ECHO_TERMS).map(verdict => encodeVerdict(frames, verdict)),
  fc.nat().map(sentNs => encodeHeartbeat(frames, 'pong', sentNs)),
  fc.constant(encodeHello(frames, ECHO_TERMS)),
);

/** Cuts at the given places, or after every byte. */
function* segments(
  bytes: Uint8Array,
  cuts: readonly number[] | 'every byte',
): Generator<Uint8Array> {
  const places = cuts === 'every byte' ? bytes.keys() : cuts.map(cut => cut % (bytes.length + 1));
  let from = 0;
  for (const to of [...places].sort((a, b) => a - b)) {
    yield bytes.subarray(from, to);
    from = to;
  }
  yield bytes.subarray(from);
}

/** Reads a frame as whatever it says it is. */
function decodeAny(frame: Frame): unknown {
  switch (frame.name) {
    case 'hello':
      return decodeHello(frame);
    case 'welcome':
      return decodeWelcome(frame);
    case 'helloRefusal':
      return decodeHelloRefusal(frame);
    case 'speculation':
      return decodeSpeculation(frame, ECHO_TERMS);
    case 'verdict':
      return decodeVerdict(frame, ECHO_TERMS);
    case 'refusal':
      return decodeRefusal(frame);
    case 'ping':
    case 'pong':
      return decodeHeartbeat(frame);
    case 'goodbye':
      return decodeGoodbye(frame);
  }
}

/** Pushes the segments; only an OutriderError may come of it, and no more memory than one frame. */
function survive(stream: Iterable<Uint8Array>): OutriderError | undefined {
  const decoder = createFrameDecoder(payloadMax);
  try {
    for (const segment of stream) decoder.push(segment, decodeAny);
  } catch (error) {
    expect(error).toBeInstanceOf(OutriderError);
    expect(() => decoder.push(Uint8Array.of(1), () => {})).toThrow(error as Error);
    return error as OutriderError;
  } finally {
    expect(decoder.bufferBytes).toBeLessThanOrEqual(FRAME_HEADER_BYTES + payloadMax);
  }
  return undefined;
}

describe('the frame decoder', () => {
  it('gives the same frames whatever the segments, or slow networks would corrupt verdicts', () => {
    const cuts = fc.oneof(
      fc.constant('every byte' as const),
      fc.array(fc.nat(), { maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), cuts, (sent, where) => {
        const decoder = createFrameDecoder(payloadMax);
        const arrived: Uint8Array[] = [];
        for (const segment of segments(Buffer.concat(sent), where)) {
          decoder.push(segment, frame => arrived.push(frame.payload.slice()));
        }
        expect(arrived).toEqual(
          sent.map(frame => new Uint8Array(frame.subarray(FRAME_HEADER_BYTES))),
        );
        expect(decoder.bufferBytes).toBeLessThanOrEqual(FRAME_HEADER_BYTES + payloadMax);
      }),
      { numRuns: 200 },
    );
  });

  it('answers random bytes with an error and no more, or a peer could stop the verifier', () => {
    const start = fc.constantFrom([], [0x4f, 0x52], [0x4f, 0x52, 2, 0]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, bytes) => {
        survive(segments(Uint8Array.of(...head, ...bytes), [3, 17, 50]));
      }),
      { numRuns: 2000 },
    );
  });

  it('answers damaged frames with an error and nothing else', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyFrame, damage, fc.nat(), (frame, changes, cut) => {
        const bytes = Uint8Array.from(frame);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        survive(segments(bytes, [cut]));
        survive([bytes.subarray(0, cut % bytes.length), frame]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['length is 4294967295 bytes', 'bad-frame', 6, [255, 255, 255, 255]],
    ['length is 3001 bytes', 'bad-frame', 6, [0xb9, 0x0b, 0, 0]],
    ['magic is 0x4547', 'bad-frame', 0, [...Buffer.from('GE')]],
    ['version is 2, this side speaks 4', 'protocol', 2, [2, 0]],
    ['type is 0,', 'bad-frame', 4, [0]],
    ['type is 10,', 'bad-frame', 4, [10]],
    ['flags of pong are 0x1', 'bad-frame', 5, [1]],
  ])('says "%s" before it holds memory for it', (message, code, at, values) => {
    const frame = encodeHeartbeat(frames, 'pong', 5);
    frame.set(values, at);
    const error = survive(segments(frame, 'every byte'));
    expect(error?.message).toContain(message);
    expect(error?.code).toBe(code);
  });

  it('takes the longest payload and grows only with what has come', () => {
    const decoder = createFrameDecoder();
    const frame = frames({ name: 'goodbye' }, payload => {
      payload.bytes('detail', new Uint8Array(PAYLOAD_BYTES_MAX - 3), PAYLOAD_BYTES_MAX);
    });
    expect(frame.length).toBe(FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX);
    let arrived = 0;
    decoder.push(frame.subarray(0, 100), () => {});
    expect(decoder.bufferBytes).toBe(4096);
    for (const segment of segments(frame.subarray(100), [500_000, 1_000_000])) {
      decoder.push(segment, () => arrived++);
    }
    expect(arrived).toBe(1);
    expect(decoder.bufferBytes).toBe(FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX);
  });
});
