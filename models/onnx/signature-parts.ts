/** Parts of the documented signatures that targets and drafts share. */
import { z } from 'zod';
import type { Port, Ports } from './ports.ts';

export const size = (most: number) => z.int().min(1).max(most);
export const int32 = (...shape: Port['shape']): Port => ({ type: 'int32', shape });
export const float32 = (...shape: Port['shape']): Port => ({ type: 'float32', shape });
export const each = (names: readonly string[], port: Port): Ports =>
  Object.fromEntries(names.map(name => [name, port]));

/** Of many moves and of one: token, the code it came under, the code after it. */
export const MANY = ['tokens', 'codes', 'next_codes'] as const;
export const ONE = ['token', 'code', 'next_code'] as const;
