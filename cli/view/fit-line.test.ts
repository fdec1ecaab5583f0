/** Lines come out as wide as asked, and show where something is missing. */

import { describe, expect, it } from 'vitest';
import { fitLine, joinFitting, padLine, spanRight } from './fit-line.ts';
import { type Line, paintLine, span } from './line.ts';

const text = (line: Line) => line.map(part => part.text).join('');

describe('a line', () => {
  it('too wide ends in an ellipsis of the cut style, or a figure could pass for another', () => {
    const line = [span('latency '), span('21.4 ms', 'good'), span('!')];
    expect(text(fitLine(line, 16))).toBe('latency 21.4 ms!');
    expect(fitLine(line, 12)).toEqual([span('latency '), span('21.…', 'good')]);
    expect(fitLine(line, 8)).toEqual([span('latency…')]);
    expect(text(fitLine(line, 0))).toBe('');
  });

  it('never shows half of a wide character', () => {
    expect(text(fitLine([span('日本円')], 4))).toBe('日…');
    expect(text(padLine([span('日本円')], 4))).toBe('日… ');
  });

  it('stands at the right end of its columns', () => {
    expect(text(spanRight('1.5', 6))).toBe('   1.5');
    expect(text(spanRight('123456', 4))).toBe('123…');
  });

  it('of several items leaves out whole ones, so that no figure loses its word', () => {
    const items = [[span('orders')], [span('33 sent')], [span('20 filled')]];
    expect(text(joinFitting(items, 28))).toBe('orders   33 sent   20 filled');
    expect(text(joinFitting(items, 27))).toBe('orders   33 sent');
    expect(text(joinFitting(items, 4))).toBe('ord…');
  });

  it('holds escape codes only where colours are on', () => {
    const line = [span('a', 'bad'), span('  ', 'bad'), span('b'), span(' ')];
    expect(paintLine(line, true)).toBe('\x1b[31ma\x1b[0m  b');
    expect(paintLine(line, false)).toBe('a  b');
  });
});
