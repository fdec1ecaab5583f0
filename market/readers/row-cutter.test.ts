/** Cutting rows: without these tests, rows at the ends of chunks would be lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_BYTES_MAX, rowCutter } from './row-cutter.ts';

/** What comes out of a text given in pieces of the sizes, the last repeated. */
function cut(text: string, sizes: number[], last: 'end' | 'abandon' = 'end'): string[] {
  const rows: string[] = [];
  const cutter = rowCutter({
    row: (bytes, start, end) => rows.push(Buffer.from(bytes.subarray(start, end)).toString()),
    unreadable: () => rows.push('unreadable'),
  });
  const bytes = Buffer.from(text);
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[Math.min(piece, sizes.length - 1)]!;
    cutter.push(bytes.subarray(at, at + size));
    at += size;
  }
  cutter[last]();
  return rows;
}

describe('row cutter', () => {
  it('gives the same rows however the bytes are cut, or rows at chunk ends are lost', () => {
    const row = fc.oneof(
      fc.stringMatching(/^[0-9,.]{0,20}$/),
      fc.integer({ min: ROW_BYTES_MAX - 2, max: ROW_BYTES_MAX * 3 }).map(n => '7'.repeat(n)),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('\n', '\r\n'), sizes, (rows, lineEnd, pieces) => {
        const text = rows.map(text => text + lineEnd).join('');
        const longest = ROW_BYTES_MAX - lineEnd.length + 1;
        const expected = rows.map(text => (text.length > longest ? 'unreadable' : text));
        expect(cut(text, pieces)).toEqual(expected);
      }),
    );
  });

  it('takes a last row without a line end, unless the stream broke off in it', () => {
    expect(cut('1,2\n3,4', [2])).toEqual(['1,2', '3,4']);
    expect(cut('1,2\n3,4', [2], 'abandon')).toEqual(['1,2', 'unreadable']);
    expect(cut('1,2\n', [2], 'abandon')).toEqual(['1,2']);
  });

  it('keeps no more than a row of a line that never ends, or memory grows with the file', () => {
    const cutter = rowCutter({ row: () => {}, unreadable: () => {} });
    const chunk = Buffer.alloc(1 << 20, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let pieces = 0; pieces < 200; pieces++) cutter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
  });
});
