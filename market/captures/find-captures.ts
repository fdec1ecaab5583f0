/** Tells raw captures from other recordings by their content: gzip begins with two bytes. */
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OutriderError } from '#engine';

export type SortedPaths = {
  /** Capture files, each once. */
  captures: string[];
  /** All other paths, as they were given. */
  others: string[];
};

const GZIP = 0x1f8b;
const FILES_MAX = 4096;

/**
 * A folder that holds captures and no zips stands for all of them.
 * @throws OutriderError `bad-usage` for a capture given twice.
 */
export async function sortPaths(paths: readonly string[]): Promise<SortedPaths> {
  const sorted: SortedPaths = { captures: [], others: [] };
  const seen = new Set<string>();
  for (const path of paths) {
    const captures = await capturesIn(path);
    if (captures.length === 0) sorted.others.push(path);
    for (const capture of captures) {
      const real = await realpath(capture);
      if (seen.has(real)) {
        throw new OutriderError('bad-usage', `${capture} is given twice: name it once.`);
      }
      seen.add(real);
      sorted.captures.push(real);
    }
  }
  return sorted;
}

async function capturesIn(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return (await isGzip(path)) ? [path] : [];
  if (!found?.isDirectory()) return [];
  const names = (await readdir(path)).sort();
  if (names.length > FILES_MAX || names.some(name => /\.zip$/i.test(name))) return [];
  const captures: string[] = [];
  for (const name of names.filter(each => /\.gz$/i.test(each))) {
    if (await isGzip(join(path, name))) captures.push(join(path, name));
  }
  return captures;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === GZIP;
  } finally {
    await file.close();
  }
}
