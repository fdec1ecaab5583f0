/** Names of nodes and operators, as options give them and as logs and frames carry them. */
import { OutriderError } from '#engine';

export const NODE_NAME_BYTES_MAX = 64;

/** Throws `bad-usage` naming the option, the value and what is taken. */
export function checkNodeName(option: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value)) return value;
  const given = value === undefined ? 'missing' : String(value);
  const remedy = 'give 1 to 64 letters, digits, dots, hyphens or underscores';
  throw new OutriderError('bad-usage', `${option}: ${given}; ${remedy}`);
}
