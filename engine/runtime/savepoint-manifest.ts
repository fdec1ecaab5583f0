/** The manifest of a savepoint: what it is of, where its application had read to, its files. */

import path from 'node:path';
import type { Disk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import type { TaskName } from './assignment.ts';

export type SavepointManifest = {
  readonly version: 1;
  readonly applicationId: string;
  /** Digest of the topology. */
  readonly topology: string;
  /** Milliseconds since 1970. */
  readonly madeAtMs: number;
  /** Partitions of each sub-topology. */
  readonly partitions: readonly { readonly index: number; readonly count: number }[];
  readonly offsets: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  }[];
  /** Records of the sources that were not processed. */
  readonly recordsLeft: number;
  readonly tasks: readonly SavepointTask[];
};

export type SavepointTask = {
  readonly task: TaskName;
  /** Within the savepoint's folder. */
  readonly file: string;
  /** SHA-256 of its state. */
  readonly hash: string;
};

const NAME = 'savepoint.json';
const BYTES_MAX = 16 * 1024 * 1024;

/** Written last, so that a folder with a manifest is whole. Errors: `bad-config`, `disk`. */
export function writeManifest(disk: Disk, directory: string, manifest: SavepointManifest): void {
  if (disk.list(directory)?.includes(NAME)) {
    const text = `directory: ${directory} has a savepoint already`;
    throw new OutriderError('bad-config', `${text}; name an empty one`);
  }
  disk.makeDirectory(directory);
  const file = disk.open(path.join(directory, `${NAME}.tmp`), 'create');
  try {
    const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
    for (let at = 0; at < bytes.length; ) at += disk.write(file, bytes.subarray(at), at);
    disk.fdatasync(file);
  } finally {
    disk.close(file);
  }
  disk.rename(file.path, path.join(directory, NAME));
  disk.syncDirectory(directory);
}

/** Errors: `bad-config` where there is none, `bad-data` where it is none of this version. */
export function readManifest(disk: Disk, directory: string): SavepointManifest {
  if (!disk.list(directory)?.includes(NAME)) {
    throw new OutriderError('bad-config', `directory: ${directory} has no ${NAME}; name another`);
  }
  const file = disk.open(path.join(directory, NAME), 'read');
  try {
    const size = disk.sizeOf(file);
    if (size > BYTES_MAX) throw notOurs(directory, `${size} bytes`);
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; ) {
      const read = disk.read(file, bytes.subarray(at), at);
      if (read === 0) throw notOurs(directory, 'it became shorter');
      at += read;
    }
    return parse(directory, bytes.toString());
  } finally {
    disk.close(file);
  }
}

function parse(directory: string, text: string): SavepointManifest {
  let parsed: Partial<SavepointManifest> | null;
  try {
    parsed = JSON.parse(text) as Partial<SavepointManifest> | null;
  } catch {
    throw notOurs(directory, 'no JSON');
  }
  const isOurs =
    parsed?.version === 1 &&
    typeof parsed.topology === 'string' &&
    typeof parsed.recordsLeft === 'number' &&
    [parsed.partitions, parsed.offsets, parsed.tasks].every(Array.isArray);
  if (!isOurs) throw notOurs(directory, 'other fields');
  return parsed as SavepointManifest;
}

const notOurs = (directory: string, what: string) =>
  new OutriderError('bad-data', `${directory}/${NAME}: ${what}; it is no savepoint of version 1`);
