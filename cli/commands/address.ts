/** HOST:PORT as an option gives it. */
import { OutriderError } from '#engine';

export type Address = { host: string; port: number };

export function parseAddress(option: string, value: unknown): Address {
  const match = typeof value === 'string' ? /^(.+):(\d{1,5})$/.exec(value) : null;
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    const given = value === undefined ? 'missing' : String(value);
    throw new OutriderError('bad-usage', `${option}: ${given}; give HOST:PORT, port 0 to 65535`);
  }
  return { host: match[1]!, port };
}
