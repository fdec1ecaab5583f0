/** Records of schemas: without these a damaged or hostile record would pass for a good one. */
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { incompatibility } from './evolution.ts';
import { field } from './field.ts';
import { recordSchema } from './record-schema.ts';
import { checkSchemaHeader, ofSchema, SCHEMA_HEADER } from './schema-header.ts';

const FIRST = {
  symbol: field.text(32),
  price: field.number,
  count: field.integer,
  isLast: field.flag,
  raw: field.bytes(64),
  levels: field.list(field.number, 8),
  note: field.optional(field.text(16)),
} as const;
const SECOND = { side: field.withDefault(field.oneOf('buy', 'sell'), 'buy') } as const;
const one = recordSchema({ name: 'test.order', versions: [FIRST] });
const two = recordSchema({ name: 'test.order', versions: [FIRST, SECOND] });
const three = recordSchema({
  name: 'test.order',
  versions: [FIRST, SECOND, { tags: field.optional(field.list(field.text(8), 4)) }],
});

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map(each => (each === 0 ? 0 : each));
const firstValue = fc.record(
  {
    symbol: fc.string({ unit: 'grapheme', maxLength: 4 }).filter(fits(32)),
    price: number,
    count: fc.maxSafeInteger(),
    isLast: fc.boolean(),
    raw: fc.uint8Array({ maxLength: 64 }),
    levels: fc.array(number, { maxLength: 8 }),
    note: fc.option(fc.string({ maxLength: 5 })),
  },
  { noNullPrototype: true },
);
const value = fc
  .tuple(firstValue, fc.constantFrom('buy' as const, 'sell' as const))
  .map(([first, side]) => ({ ...first, side }));
const thirdValue = fc
  .tuple(value, fc.option(fc.array(fc.string({ maxLength: 2 }), { maxLength: 4 })))
  .map(([second, tags]) => ({ ...second, tags }));

describe('records of fields', () => {
  it('come back as they were written, or a topic would change what it carries', () => {
    fc.assert(
      fc.property(thirdValue, given => {
        expect(plain(three.codec.decode(copy(three.codec.encode(given))))).toEqual(plain(given));
      }),
    );
  });

  it('of an older version are read with the defaults of what it lacks', () => {
    fc.assert(
      fc.property(firstValue, given => {
        const read = three.codec.decode(copy(one.codec.encode(given)));
        expect(plain(read)).toEqual(plain({ ...given, side: 'buy', tags: null }));
      }),
    );
  });

  it('of a newer version are read by older programs, which skip what was appended', () => {
    fc.assert(
      fc.property(thirdValue, ({ tags, ...given }) => {
        const bytes = copy(three.codec.encode({ ...given, tags }));
        const { side, ...first } = given;
        expect(plain(two.codec.decode(bytes))).toEqual(plain({ ...first, side }));
        expect(plain(one.codec.decode(bytes))).toEqual(plain(first));
      }),
    );
  });

  it('say their version in the first byte alone: no record carries its structure', () => {
    const order = {
      ...{ symbol: 'EURUSD', price: 1.5, count: 70, isLast: true, raw: new Uint8Array([7]) },
      ...{ levels: [1], note: null, side: 'sell' as const },
    };
    const bytes = Buffer.from(two.codec.encode(order)).toString('hex');
    expect(bytes).toBe(`41a6455552555344cb3ff8000000000000cc46c3c4010791${'01'}c0a473656c6c`);
  });

  it('keep nothing of the bytes they were read from', () => {
    const bytes = copy(one.codec.encode({ ...EMPTY, raw: new Uint8Array([1, 2, 3]) }));
    const { raw } = one.codec.decode(bytes);
    bytes.fill(0);
    expect([...raw]).toEqual([1, 2, 3]);
  });
});

const EMPTY = {
  ...{ symbol: '', price: 0, count: 0, isLast: false, raw: new Uint8Array(0) },
  ...{ levels: [], note: null },
};

describe('bytes that are no record', () => {
  it('are refused as bad data wherever they are cut', () => {
    fc.assert(
      fc.property(thirdValue, given => {
        const bytes = copy(three.codec.encode(given));
        for (let end = 0; end < bytes.length; end++) {
          expect(() => three.codec.decode(bytes.slice(0, end))).toThrow(badData);
        }
        expect(() => three.codec.decode(Buffer.concat([bytes, Buffer.of(1)]))).toThrow(badData);
      }),
      { numRuns: 30 },
    );
  });

  it('are refused or read, whatever they are, and never change how later ones are read', () => {
    const good = copy(two.codec.encode({ ...EMPTY, side: 'sell' }));
    const noise = fc.uint8Array({ maxLength: 200 });
    const headed = fc
      .tuple(fc.integer({ min: 0x3f, max: 0x61 }), noise)
      .map(([first, rest]) => new Uint8Array([first, ...rest]));
    const damaged = fc
      .tuple(value, fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([given, at, byte]) => {
        const bytes = copy(two.codec.encode(given));
        bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(noise, headed, damaged), bytes => {
        refusedOr(() => two.codec.encode(two.codec.decode(bytes)));
      }),
      { numRuns: 3_000 },
    );
    expect(plain(two.codec.decode(good))).toEqual(plain({ ...EMPTY, side: 'sell' }));
  });

  it('cannot define structures: a foreign record would change how all others are read', () => {
    const foreign = new Packr({ useRecords: true });
    const bytes = copy(foreign.pack({ price: 'no', symbol: 4 }));
    expect(() => two.codec.decode(bytes)).toThrow(/begins with byte 212/);
    const inside = Buffer.concat([Buffer.of(0x40), bytes]);
    expect(() => one.codec.decode(inside)).toThrow(/value 0 of the record has kind 212/);
  });

  it('cannot claim more than they have: six bytes must not become two gigabytes', () => {
    const claims = ['40dbffffffff61', '40c6ffffffff61', '40ddffffffff61', '40dd0000000501'];
    for (const claim of claims) {
      expect(() => one.codec.decode(Buffer.from(claim, 'hex'))).toThrow(badData);
    }
  });

  it('are refused above the bound, before a byte of them is read', () => {
    const tight = recordSchema({ name: 'x', versions: [{ a: field.text(8) }], bytesMax: 10 });
    expect(() => tight.codec.decode(new Uint8Array(11).fill(0x40))).toThrow(/11 bytes, at most 10/);
  });

  it('name the field, its value and what was expected', () => {
    const lenient = recordSchema({
      name: 'test.order',
      versions: [{ ...FIRST, levels: field.list(field.number, 50) }],
    });
    const bytes = copy(lenient.codec.encode({ ...EMPTY, levels: new Array(9).fill(1) }));
    expect(() => one.codec.decode(bytes)).toThrow(/field levels which has 9 entries, at most 8/);
  });
});

describe('writers', () => {
  it('are told which field of theirs is wrong', () => {
    expect(() => one.codec.encode({ ...EMPTY, count: 0.5 })).toThrow(/field count .*: 0.5/);
    expect(() => one.codec.encode({ ...EMPTY, symbol: 'x'.repeat(33) })).toThrow(
      /symbol is longer/,
    );
  });

  it('cannot make versions that older readers could not read', () => {
    const make = (...versions: Parameters<typeof recordSchema>[0]['versions'][number][]) =>
      recordSchema({ name: 'x', versions });
    expect(() => make({ a: field.flag }, { b: field.flag })).toThrow(/field b, .* needs a default/);
    expect(() => make({ a: field.flag }, { a: field.optional(field.flag) })).toThrow(/a is there/);
    expect(() => make()).toThrow(/0 versions/);
    expect(() => make({ __proto__x: field.flag })).toThrow(/camel case/);
  });
});

describe('the header of a record', () => {
  const { headers, checkHeaders } = ofSchema(two);

  it('is taken from writers of older and newer versions', () => {
    expect(() => checkHeaders(headers)).not.toThrow();
    expect(() => checkHeaders(ofSchema(three).headers)).not.toThrow();
    expect(() => checkSchemaHeader(three, ofSchema(one).headers)).not.toThrow();
  });

  it('keeps records of other schemas out, each with its reason', () => {
    const other = recordSchema({ name: 'test.other', versions: [FIRST] });
    expect(() => checkHeaders(ofSchema(other).headers)).toThrow(/names schema \d+, not test.order/);
    expect(() => checkHeaders([])).toThrow(/header outrider-schema: missing/);
    expect(() => checkHeaders([[SCHEMA_HEADER, new Uint8Array(5)]])).toThrow(/5 bytes, not 6/);
    const zero = Buffer.from(headers[0]![1]);
    zero[4] = 0;
    expect(() => checkHeaders([[SCHEMA_HEADER, zero]])).toThrow(/version 0/);
  });
});

describe('evolution', () => {
  const { description } = two;

  it('takes further versions from either side', () => {
    expect(incompatibility(description, three.description)).toBeUndefined();
    expect(incompatibility(description, one.description)).toBeUndefined();
  });

  it('names the first line that was changed in a version that had been written', () => {
    const changed = recordSchema({
      name: 'test.order',
      versions: [{ ...FIRST, count: field.number }],
    });
    expect(incompatibility(changed.description, description)).toBe(
      'version 1 has "count: number" here and "count: integer" there',
    );
  });
});

function fits(bytesMax: number) {
  return (text: string) => Buffer.byteLength(text) <= bytesMax && text.isWellFormed();
}

/** As another process would get them. */
const copy = (bytes: Uint8Array) => Buffer.from(bytes);

/** Buffers as the bytes they hold. */
function plain(value: object): object {
  const entries = Object.entries(value).map(([name, each]) => {
    return [name, each instanceof Uint8Array ? [...each] : each];
  });
  return Object.fromEntries(entries);
}

const badData = expect.objectContaining({ code: 'bad-data' });

function refusedOr(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof OutriderError) || error.code !== 'bad-data') throw error;
  }
}
