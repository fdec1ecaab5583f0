/** Names in a desk file: they stand in reports, limits and the names of files. */
import { z } from 'zod';

const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/;

export const nameSchema = z
  .string()
  .regex(NAME, 'give 1 to 32 letters, digits and dashes, a dash not first');

/** A section whose entries have names of their own, at least one and `most` of them. */
export function namedList<Entry extends z.ZodType<{ name: string }>>(entry: Entry, most: number) {
  return z
    .array(entry)
    .min(1, 'give at least one')
    .max(most, `give at most ${most}`)
    .refine(hasOwnNames, 'two have one name; give each its own');
}

function hasOwnNames(entries: readonly { name: string }[]): boolean {
  return new Set(entries.map(({ name }) => name)).size === entries.length;
}
