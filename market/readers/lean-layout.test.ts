/** Layouts: without these tests, prices could be read ten thousand times too low. */
import { describe, expect, it } from 'vitest';
import { detectLayout } from './lean-layout.ts';

const detect = (rows: string[], future = false) => detectLayout(rows, { future });

describe('lean layout', () => {
  it('tells the forms by their columns', () => {
    expect(detect(['611,1.38626,1.38627'])).toMatchObject({ form: 'pair', priceDecimals: 5 });
    expect(detect(['7,491800,300,0,0,P,1,0'])).toMatchObject({ form: 'sides', priceShift: 4 });
    expect(detect(['7,491800,300,P,2000,0'])).toMatchObject({ form: 'trade', priceShift: 4 });
  });

  it('does not scale a future, nor prices with a point, or they come out 10,000 times low', () => {
    const row = '4933381,1313,1,usa,,0';
    expect(detect([row], true)?.priceShift).toBe(0);
    expect(detect([row, '4933381,1313.8,1,usa,,0'])?.priceShift).toBe(0);
  });

  it('finds the decimals that are used, of equities after the shift', () => {
    const decimals = (rows: string[]) => detect(rows)?.priceDecimals;
    expect(decimals(['1,1284.065,1284.4', '2,1284,1284.40'])).toBe(3);
    expect(decimals(['7,491800,300,P,1,0'])).toBe(2);
    expect(decimals(['7,491800,300,P,1,0', '7,491850,300,P,1,0'])).toBe(3);
    expect(detect(['7,50.1,0.001,P,1,0'])?.sizeDecimals).toBe(3);
  });

  it('goes by the form most rows have, and by none where no row is numbers', () => {
    expect(detect(['time,bid,ask', '1,2', '1,1.5,1.6'])).toMatchObject({ form: 'pair' });
    expect(detect(['7,1,1,usa,,0', '1,1.5,1.6', '2,1.5,1.6'])).toMatchObject({ form: 'pair' });
    expect(detect(['a,b,c', '', '1;2;3', '1,NaN,2'])).toBeUndefined();
    expect(detect([])).toBeUndefined();
  });
});
