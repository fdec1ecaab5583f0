/** Operators of a desk file: who may change limits, kill and arm, by the keys they sign with. */
import { z } from 'zod';
import { nameSchema } from './names.ts';

export const OPERATORS_MAX = 32;

const operatorSchema = z.strictObject({
  name: nameSchema,
  /** Ed25519: `outrider keys` makes one and prints this line. */
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits that outrider keys printed'),
});

export const operatorsSchema = z
  .array(operatorSchema)
  .max(OPERATORS_MAX, `give at most ${OPERATORS_MAX}`)
  .refine(own('name'), 'two have one name; give each its own')
  .refine(own('publicKey'), 'two have one key; a second operator signs with a key of their own')
  .default([]);

function own(field: 'name' | 'publicKey') {
  return (entries: readonly Record<typeof field, string>[]) =>
    new Set(entries.map(entry => entry[field])).size === entries.length;
}
