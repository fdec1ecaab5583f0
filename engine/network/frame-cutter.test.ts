/** Frames out of a stream: without these tests, a slow network or a hostile peer could break it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { createFrameCutter, type FrameCutter, type FrameFormat } from './frame-cutter.ts';

/** A mark, then the length of what follows, in `headerBytes` of which the last four count. */
function format(headerBytes: number, contentBytesMax: number): FrameFormat {
  return {
    headerBytes,
    frameBytesMax: headerBytes + contentBytesMax,
    frameBytes(header) {
      const view = new DataView(header.buffer, header.byteOffset, header.length);
      const length = view.getUint32(headerBytes - 4, true);
      if (header[0] !== 0x7e && headerBytes > 4) throw new OutriderError('bad-frame', 'no mark');
      if (length > contentBytesMax) throw new OutriderError('bad-frame', `length ${length}`);
      return headerBytes + length;
    },
  };
}

function frame({ headerBytes }: FrameFormat, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(headerBytes + content.length, 0x7e);
  bytes.writeUInt32LE(content.length, headerBytes - 4);
  bytes.set(content, headerBytes);
  return new Uint8Array(bytes);
}

function cutAll(cutter: FrameCutter, chunk: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  cutter.push(chunk);
  for (let next = cutter.next(); next; next = cutter.next()) frames.push(next.slice());
  return frames;
}

const formats = fc.constantFrom(format(4, 300), format(18, 300), format(5, 10_000));
const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });

describe('a frame cutter', () => {
  it('gives the same frames whatever segments the bytes come in', () => {
    fc.assert(
      fc.property(formats, contents, fc.array(fc.nat(500)), (given, each, sizes) => {
        const frames = each.map(content => frame(given, content));
        const stream = Buffer.concat(frames);
        const cutter = createFrameCutter(given);
        const cut: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const end = at + (sizes[turn % Math.max(1, sizes.length)] ?? 1) + (turn % 3);
          cut.push(...cutAll(cutter, stream.subarray(at, end)));
          expect(cutter.bufferBytes).toBeLessThanOrEqual(given.frameBytesMax);
          at = end;
        }
        expect(cut).toEqual(frames);
      }),
    );
  });

  it('gives the same frames split at any byte, and byte by byte', () => {
    const given = format(18, 300);
    const frames = [0, 1, 40, 0, 7].map(length =>
      frame(given, new Uint8Array(length).fill(length)),
    );
    const stream = new Uint8Array(Buffer.concat(frames));
    for (let at = 0; at <= stream.length; at++) {
      const cutter = createFrameCutter(given);
      const before = cutAll(cutter, stream.subarray(0, at));
      expect([...before, ...cutAll(cutter, stream.subarray(at))]).toEqual(frames);
    }
    const cutter = createFrameCutter(given);
    const bytes = Array.from(stream, (_, at) => stream.subarray(at, at + 1));
    expect(bytes.flatMap(byte => cutAll(cutter, byte))).toEqual(frames);
  });

  it.each([301, 2 ** 31, 2 ** 32 - 1])(
    'refuses an announced length of %i, allocates nothing for it, and gives nothing any more',
    length => {
      const given = format(5, 300);
      const header = Buffer.from([0x7e, 0, 0, 0, 0]);
      header.writeUInt32LE(length, 1);
      for (const split of [0, 1, 4, 5]) {
        const cutter = createFrameCutter(given);
        const before = cutter.bufferBytes;
        const attempt = () => [header.subarray(0, split), header.subarray(split)].map(cutInto);
        const cutInto = (chunk: Uint8Array) => cutAll(cutter, chunk);
        expect(attempt).toThrow(`length ${length}`);
        expect(() => cutInto(Uint8Array.of(0x7e))).toThrow(`length ${length}`);
        expect(() => cutter.next()).toThrow(`length ${length}`);
        expect(cutter.bufferBytes).toBe(before);
      }
    },
  );

  it('holds what came of a long frame, not what was announced, and never more than one', () => {
    const given = format(4, 2 ** 20);
    const longest = frame(given, new Uint8Array(2 ** 20));
    const cutter = createFrameCutter(given);
    expect(cutAll(cutter, longest.subarray(0, 100))).toEqual([]);
    expect(cutter.bufferBytes).toBe(4096);
    expect(cutAll(cutter, longest.subarray(100, 600_000))).toEqual([]);
    expect(cutter.bufferBytes).toBe(600_000);
    expect(cutAll(cutter, longest.subarray(600_000))).toEqual([longest]);
    expect(cutter.bufferBytes).toBe(given.frameBytesMax);
  });

  it('does not copy frames that are whole in their chunk', () => {
    const given = format(4, 300);
    const chunk = Buffer.concat([frame(given, Uint8Array.of(1)), frame(given, Uint8Array.of(2))]);
    const cutter = createFrameCutter(given);
    cutter.push(chunk);
    for (const at of [0, 5]) {
      const { buffer, byteOffset, length } = cutter.next()!;
      expect(buffer).toBe(chunk.buffer);
      expect([byteOffset - chunk.byteOffset, length]).toEqual([at, 5]);
    }
    expect(cutter.next()).toBeUndefined();
  });

  it('says so where a format breaks its own bounds, or it could hold any amount', () => {
    for (const frameBytes of [3, 305]) {
      const cutter = createFrameCutter({ ...format(4, 300), frameBytes: () => frameBytes });
      expect(() => cutAll(cutter, new Uint8Array(4))).toThrow('keeps its own bounds');
    }
  });
});
