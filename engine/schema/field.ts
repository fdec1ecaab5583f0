/** Kinds of fields of a record: what each holds, with the bounds that are checked both ways. */

export type Field<Value> = {
  /** One line without spaces at its ends: two fields are the same where it is. */
  readonly text: string;
  /** What is wrong with a value, undefined for nothing. */
  problem(value: unknown): string | undefined;
  /** Where set, a later version may append the field: older records are read with it. */
  readonly absent?: Value;
};

type Scalar = string | number | boolean | null | Uint8Array;

/** UTF-8 of at most so many bytes. */
const text = (bytesMax: number): Field<string> => ({
  text: `text <= ${bytesMax} bytes`,
  problem(value) {
    if (typeof value !== 'string') return 'is no text';
    if (value.length > bytesMax || Buffer.byteLength(value) > bytesMax) {
      return `is longer than ${bytesMax} bytes`;
    }
    return value.isWellFormed() ? undefined : 'has a lone surrogate';
  },
});

/** Up to 2^53 - 1 either way. */
const integer: Field<number> = {
  text: 'integer',
  problem: value => (Number.isSafeInteger(value) ? undefined : 'is no integer up to 2^53 - 1'),
};

/** Finite; -0 is read as 0. */
const number: Field<number> = {
  text: 'number',
  problem: value => (Number.isFinite(value) ? undefined : 'is no finite number'),
};

const flag: Field<boolean> = {
  text: 'flag',
  problem: value => (typeof value === 'boolean' ? undefined : 'is neither true nor false'),
};

const bytes = (bytesMax: number): Field<Uint8Array> => ({
  text: `bytes <= ${bytesMax}`,
  problem(value) {
    if (!(value instanceof Uint8Array)) return 'are no bytes';
    return value.length > bytesMax ? `are ${value.length} bytes, at most ${bytesMax}` : undefined;
  },
});

/** One of a closed list of words; a later version may not add to it, older readers refuse more. */
const oneOf = <const Words extends readonly string[]>(...words: Words): Field<Words[number]> => ({
  text: `one of ${words.join(' ')}`,
  problem: value =>
    words.includes(value as string) ? undefined : `is none of ${words.join(', ')}`,
});

const list = <Value extends Scalar>(of: Field<Value>, countMax: number): Field<Value[]> => ({
  text: `list <= ${countMax} of (${of.text})`,
  problem(value) {
    if (!Array.isArray(value)) return 'is no list';
    if (value.length > countMax) return `has ${value.length} entries, at most ${countMax}`;
    for (const [index, each] of value.entries()) {
      const problem = of.problem(each);
      if (problem !== undefined) return `entry ${index} ${problem}`;
    }
    return undefined;
  },
});

/** `null` where there is none; what a later version appends is one, or has a default. */
const optional = <Value>(of: Field<Value>): Field<Value | null> => ({
  text: `optional ${of.text}`,
  problem: value => (value === null ? undefined : of.problem(value)),
  absent: null,
});

/** Older records, which lack the field, are read as if they had this. */
const withDefault = <Value>(of: Field<Value>, absent: Value): Field<Value> => ({
  ...of,
  text: `${of.text} = ${JSON.stringify(absent)}`,
  absent,
});

export const field = {
  ...{ text, integer, number, flag, bytes, oneOf, list, optional, withDefault },
} as const;
