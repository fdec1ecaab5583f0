/** Order messages: a wrong byte would be refused by a venue, or worse, be another order. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from './load.ts';
import { createOrderEncoder, type OrderInstrument } from './order-encoder.ts';
import { ORDER, ORDER_BYTES_MAX, SHAPES } from './order-layout.ts';
import { twinKernels } from './twins/kernels.ts';

const { kind, kernels } = loadedKernels;
const implementations = { 'the twin': twinKernels, [`the ${kind} in use`]: kernels };

const name = fc.string({
  ...{ minLength: 1, maxLength: 64 },
  unit: fc.integer({ min: 2, max: 255 }).map(code => String.fromCharCode(code)),
});
const decimals = fc.nat({ max: 15 });
const instrument: fc.Arbitrary<OrderInstrument> = fc.record({
  ...{ symbol: name, lotDecimals: decimals, priceDecimals: decimals },
  ...{ unitsPerLot: fc.constantFrom(1, 25, 1000), unitsPerIncrement: fc.constantFrom(1, 5, 25) },
});
const terms = fc.record({
  ...{ senderCompId: name, targetCompId: name },
  instruments: fc.array(instrument, { minLength: 1, maxLength: 3 }),
});

/** Numbers of every width, small ones often. */
const upTo = (most: number, least = 0) =>
  fc.oneof(
    fc.integer({ min: least, max: Math.min(most, 2000) }),
    fc.integer({ min: least, max: most }),
  );
const date = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
const dateNumber = date.map(each => Number(each.toISOString().slice(0, 10).replaceAll('-', '')));
const values = fc.record({
  ...{ msgSeqNum: upTo(2_147_483_647, 1), unixMs: upTo(253_402_300_799_999), side: upTo(2, 1) },
  ...{ lots: upTo(9_007_199_254_740), limitIncrements: upTo(360_287_970_189_639) },
  ...{ isNegative: fc.boolean(), date: dateNumber, serial: upTo(2 ** 53 - 1) },
  ...{ originalDate: dateNumber, originalSerial: upTo(2 ** 53 - 1), template: fc.nat() },
  timeInForce: fc.nat({ max: 9 }),
});
type Values = Omit<typeof values extends fc.Arbitrary<infer Value> ? Value : never, 'isNegative'>;
const order = values.map(({ isNegative, ...each }): Values => {
  return isNegative ? { ...each, limitIncrements: -each.limitIncrements } : each;
});

function decimal(value: bigint, places: number): string {
  const digits = String(value < 0n ? -value : value).padStart(places + 1, '0');
  const point = digits.length - places;
  const text = places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return value < 0n ? `-${text}` : text;
}

type Terms = typeof terms extends fc.Arbitrary<infer Value> ? Value : never;

/** The message by the law, as plain text. */
function lawful({ senderCompId, targetCompId, instruments }: Terms, of: Values): string {
  const { unitsPerLot, unitsPerIncrement, ...units } =
    instruments[Math.floor(of.template / SHAPES)]!;
  const shape = of.template % SHAPES;
  const id = (day: number, serial: number) =>
    `${String(day).padStart(8, '0')}-${String(serial).padStart(6, '0')}`;
  const time = new Date(of.unixMs).toISOString().replaceAll('-', '').replace('T', '-').slice(0, 21);
  const type = 'DDGGFDDGG'[shape]!;
  const orderType = [2, 2, 2, 2, 0, 1, 3, 1, 3][shape]!;
  const price = BigInt(of.limitIncrements) * BigInt(unitsPerIncrement);
  const fields = [
    ...[
      `35=${type}`,
      `34=${of.msgSeqNum}`,
      `49=${senderCompId}`,
      `52=${time}`,
      `56=${targetCompId}`,
    ],
    `11=${id(of.date, of.serial)}`,
    ...(shape === 1 || shape === 3 ? ['18=6'] : []),
    ...(type === 'F' ? [] : ['21=1']),
    `38=${decimal(BigInt(of.lots) * BigInt(unitsPerLot), units.lotDecimals)}`,
    ...(type === 'F' ? [] : [`40=${orderType}`]),
    ...(type === 'D' ? [] : [`41=${id(of.originalDate, of.originalSerial)}`]),
    ...(type === 'F' || orderType !== 2 ? [] : [`44=${decimal(price, units.priceDecimals)}`]),
    ...[`54=${of.side}`, `55=${units.symbol}`],
    ...(type === 'F' ? [] : [`59=${of.timeInForce}`]),
    `60=${time}`,
    ...(orderType === 3 ? [`99=${decimal(price, units.priceDecimals)}`] : []),
  ];
  const body = fields.map(field => `${field}\u0001`).join('');
  const framed = `8=FIX.4.4\u00019=${body.length}\u0001${body}`;
  const sum = Buffer.from(framed, 'latin1').reduce((total, byte) => total + byte, 0);
  return `${framed}10=${String(sum % 256).padStart(3, '0')}\u0001`;
}

describe.each(Object.entries(implementations))('%s', (_, implementation) => {
  it('writes what the law says, whatever was written before', () => {
    fc.assert(
      fc.property(terms, fc.array(order, { minLength: 1, maxLength: 20 }), (session, orders) => {
        const encoder = createOrderEncoder(session, implementation);
        for (const each of orders) {
          const template = each.template % (session.instruments.length * SHAPES);
          const message = encode(encoder, { ...each, template });
          expect(message).toBe(lawful(session, { ...each, template }));
        }
      }),
      { numRuns: 300 },
    );
  });

  const session = {
    ...{ senderCompId: 'GATEWAY', targetCompId: 'VENUE' },
    instruments: [
      {
        ...{ symbol: 'EUR/USD', unitsPerLot: 1000, lotDecimals: 0 },
        ...{ unitsPerIncrement: 1, priceDecimals: 5 },
      },
    ],
  };
  const good: Values = {
    ...{ template: 1, msgSeqNum: 2, unixMs: 1_399_024_800_123, side: 1, lots: 3 },
    ...{ limitIncrements: 138_700, date: 20_140_502, serial: 1, originalDate: 0 },
    ...{ originalSerial: 0, timeInForce: 0 },
  };

  const bad: Partial<Values>[] = [
    ...[{ template: 9 }, { template: -1 }, { template: 0.5 }, { msgSeqNum: 0 }],
    ...[{ msgSeqNum: 2 ** 31 }, { unixMs: -1 }, { unixMs: 253_402_300_800_000 }, { side: 0 }],
    ...[{ side: 3 }, { lots: -1 }, { lots: 1.5 }, { lots: 2 ** 53 / 1000 }, { date: 1e8 }],
    ...[{ limitIncrements: 2 ** 53 }, { limitIncrements: Number.NaN }, { serial: -1 }],
    ...[{ originalSerial: Number.POSITIVE_INFINITY }, { timeInForce: 10 }, { timeInForce: -1 }],
  ];
  it.each(bad)('refuses %o by name and keeps what it wrote before', each => {
    const encoder = createOrderEncoder(session, implementation);
    const before = encode(encoder, good);
    const [field, value] = Object.entries(each)[0]!;
    expect(() => encode(encoder, { ...good, ...each })).toThrow(`${field} ${value}`);
    expect(encode(encoder, good)).toBe(before);
  });

  it('refuses names and units that no message can hold, before memory is taken', () => {
    const opened = (change: Partial<OrderInstrument>) => () =>
      createOrderEncoder(
        { ...session, instruments: [{ ...session.instruments[0]!, ...change }] },
        implementation,
      );
    expect(opened({ symbol: '' })).toThrow('symbol has 0 characters');
    expect(opened({ symbol: 'x'.repeat(65) })).toThrow('symbol has 65 characters');
    expect(opened({ symbol: 'a\u0001b' })).toThrow('without SOH');
    expect(opened({ symbol: '\u20ac' })).toThrow('Latin-1');
    expect(opened({ unitsPerLot: 0 })).toThrow('unitsPerLot of EUR/USD is 0');
    expect(opened({ priceDecimals: 16 })).toThrow('priceDecimals of EUR/USD is 16');
    const many = Array.from({ length: 4097 }, () => session.instruments[0]!);
    expect(() => createOrderEncoder({ ...session, instruments: many }, implementation)).toThrow(
      '4097 instruments',
    );
  });

  it('stops when its memory was transferred away, or it would write what others own', () => {
    const encoder = createOrderEncoder(session, implementation);
    structuredClone(encoder.memory, { transfer: [encoder.memory.buffer as ArrayBuffer] });
    expect(() => encode(encoder, good)).toThrow('transferred');
  });
});

type Encoder = ReturnType<typeof createOrderEncoder>;

function encode(encoder: Encoder, of: Values): string {
  for (const [field, value] of Object.entries(of)) {
    encoder.order[ORDER[field as keyof Values]] = value;
  }
  const start = of.template * ORDER_BYTES_MAX;
  const length = encoder.encode();
  return Buffer.from(encoder.memory.subarray(start, start + length)).toString('latin1');
}
