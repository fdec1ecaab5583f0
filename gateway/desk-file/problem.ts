/** What is wrong with a field of a desk file, in a line: the field, its value, the remedy. */
import type { z } from 'zod';

const SHOWN_MAX = 80;

export function problemText(issue: z.core.$ZodIssue, given: unknown): string {
  const field = issue.path.join('.') || 'desk file';
  if (issue.code === 'unrecognized_keys') {
    const remedy = 'no such field; docs/gateway.md lists them';
    const prefix = issue.path.length === 0 ? '' : `${field}.`;
    return issue.keys.map(key => `${prefix}${key}: ${remedy}`).join('; ');
  }
  const value = issue.path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const shown = value === undefined ? 'missing' : JSON.stringify(value).slice(0, SHOWN_MAX);
  return `${field}: ${shown}; ${issue.message}`;
}
