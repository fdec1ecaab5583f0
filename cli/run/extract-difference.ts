/** An extract that someone holds against the one that the logs give now. */
import { readFileSync } from 'node:fs';
import { OutriderError } from '#engine';
import { isSealed, type OrderExtract } from '#gateway';
import { extractOrders } from './order-extracts.ts';

const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Each difference as a line; none where the file says what the logs say. */
export function extractDifferences(directory: string, file: string): string[] {
  return readExtracts(file).flatMap(held => {
    const name = `order ${held.order}`;
    const [found] = extractOrders(directory, held.order);
    const lines = differences(held, found, name);
    return isSealed(held) ? lines : [`${name}: its sha256 is not that of its content`, ...lines];
  });
}

/** Extracts of a file as `outrider orders --json` writes them: one, or a list. */
export function readExtracts(file: string): OrderExtract[] {
  const text = readFileSync(file, 'utf8');
  const wrong = (what: string) =>
    new OutriderError('bad-usage', `verify: ${file} ${what}; give what --json printed`);
  if (text.length > FILE_BYTES_MAX) throw wrong(`has more than ${FILE_BYTES_MAX} bytes`);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new OutriderError('bad-usage', `verify: ${file} is no JSON`, { cause });
  }
  const list = Array.isArray(read) ? read : [read];
  for (const each of list) {
    if (typeof each?.order !== 'string' || !Array.isArray(each.items))
      throw wrong('has no extract');
  }
  return list;
}

/** By path, what the file has and what the logs give. */
function differences(held: unknown, found: unknown, path: string): string[] {
  if (!isObject(held) || !isObject(found)) {
    if (held === found) return [];
    return [`${path}: ${JSON.stringify(held)} in the file, ${JSON.stringify(found)} by the logs`];
  }
  const names = [...new Set([...Object.keys(held), ...Object.keys(found)])];
  return names.flatMap(name => {
    const deeper = Array.isArray(held) ? `${path}[${name}]` : `${path}.${name}`;
    return differences(held[name], found[name], deeper);
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
