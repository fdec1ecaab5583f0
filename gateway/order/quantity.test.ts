/** Decimals on the wire: without these tests, an order could be a thousand times off. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from '../paper-world.ts';
import { wireUnits } from './quantity.ts';

const increment = fc.constantFrom('1', '0.1', '0.25', '0.5', '0.01', '0.001', '0.00001', '0.0005');
const lotSize = fc.constantFrom('1', '10', '1000', '100000', '0.1', '0.001', '0.25', '0.00000001');
const units = fc.tuple(increment, lotSize).map(([priceIncrement, lot]) => {
  const priceDecimals = priceIncrement.split('.')[1]?.length ?? 0;
  const wire = wireUnits({ ...INSTRUMENTS[0]!, priceIncrement, priceDecimals, lotSize: lot });
  return { priceIncrement, lot, wire };
});

/** A decimal text in units of 10^-8. */
function exact(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(8, '0'));
}

describe('units on the wire', () => {
  it('are exact products with the decimals of the instrument, and come back', () => {
    fc.assert(
      fc.property(units, fc.nat({ max: 1_000_000_000 }), ({ priceIncrement, lot, wire }, count) => {
        const quantity = wire.quantity(count);
        expect(exact(quantity)).toBe(BigInt(count) * exact(lot));
        expect(quantity.split('.')[1]?.length).toBe(lot.split('.')[1]?.length);
        expect(wire.lots(quantity)).toBe(count);
        const price = wire.price(count);
        expect(exact(price)).toBe(BigInt(count) * exact(priceIncrement));
        expect(price.split('.')[1]?.length).toBe(priceIncrement.split('.')[1]?.length);
        expect(wire.increments(price)).toBe(count);
      }),
    );
  });

  it('refuse whatever is no whole number of lots or increments, and never round', () => {
    fc.assert(
      fc.property(units, fc.nat({ max: 1e7 }), fc.nat({ max: 8 }), (each, value, decimals) => {
        const { lot, wire } = each;
        const digits = String(value).padStart(decimals + 1, '0');
        const point = digits.length - decimals;
        const text = decimals ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
        const isWhole = exact(text) % exact(lot) === 0n;
        expect(wire.lots(text)).toBe(isWhole ? Number(exact(text) / exact(lot)) : undefined);
      }),
    );
  });

  it('have the decimals of the increment, or a price shown finer would be too small', () => {
    const wire = wireUnits({ ...INSTRUMENTS[0]!, priceIncrement: '0.1', priceDecimals: 2 });
    expect([wire.price(7), wire.price(70)]).toEqual(['0.7', '7.0']);
    expect([wire.increments('0.7'), wire.increments('0.70')]).toEqual([7, 7]);
  });

  it('write what the shipped kinds of instruments need', () => {
    const [euro, bitcoin] = INSTRUMENTS.map(wireUnits);
    expect([euro!.quantity(7), euro!.price(138_700)]).toEqual(['7000', '1.38700']);
    expect([bitcoin!.quantity(7), bitcoin!.price(277_412)]).toEqual(['0.007', '27741.20']);
    expect(euro!.lots('7500')).toBeUndefined();
    expect(bitcoin!.increments('27741.25')).toBeUndefined();
    expect(euro!.lots('many')).toBeUndefined();
  });
});
