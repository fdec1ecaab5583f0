/** What may change between the versions of a schema, and what is wrong where something else did. */

import type { SchemaDescription } from './schema.ts';

/**
 * Undefined where programs with either description can share a topic: one has all versions of the
 * other, word for word, and perhaps further ones. Else what differs, in one line.
 *
 * A version that was written stays as it is for good. Further ones append fields with a default
 * (`fields`; older programs skip them), or lay their bytes out anew (`fixed`; readers of the older
 * version refuse them, so readers are upgraded before writers).
 */
export function incompatibility(
  ours: SchemaDescription,
  theirs: SchemaDescription,
): string | undefined {
  if (ours.name !== theirs.name) return `is ${ours.name} here and ${theirs.name} there`;
  if (ours.form !== theirs.form) return `has form ${ours.form} here and ${theirs.form} there`;
  const shared = Math.min(ours.versions.length, theirs.versions.length);
  for (let index = 0; index < shared; index++) {
    const difference = differingLine(ours.versions[index]!, theirs.versions[index]!);
    if (difference !== undefined) return `version ${index + 1} ${difference}`;
  }
  return undefined;
}

function differingLine(ours: readonly string[], theirs: readonly string[]): string | undefined {
  for (let line = 0; line < Math.max(ours.length, theirs.length); line++) {
    const [here = 'nothing', there = 'nothing'] = [ours[line], theirs[line]];
    if (here !== there) return `has "${here}" here and "${there}" there`;
  }
  return undefined;
}
