/** Bars keep to their columns and grow with their share. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, gauge } from './bar.ts';
import { lineWidth } from './line.ts';

describe('bars', () => {
  it.each([
    [0, ''],
    [0.0001, '▏'],
    [0.5, '██'],
    [0.53, '██▏'],
    [1, '████'],
    [7, '████'],
    [Number.NaN, ''],
  ])('of %s in four columns are %s, or unlikely branches would vanish', (share, text) => {
    expect(bar(share, 4)).toBe(text);
  });

  it('grow with their share and stay in their columns', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.nat(60), (one, other, columns) => {
        expect([...bar(one, columns)].length).toBeLessThanOrEqual(columns);
        expect(lineWidth(gauge(one, columns, 'good'))).toBe(columns);
        if (one <= other)
          expect(eighthsOf(bar(one, 9))).toBeLessThanOrEqual(eighthsOf(bar(other, 9)));
      }),
    );
  });
});

function eighthsOf(text: string): number {
  return [...text].reduce((sum, block) => sum + 8 - ('█▉▊▋▌▍▎▏'.indexOf(block) % 8), 0);
}
