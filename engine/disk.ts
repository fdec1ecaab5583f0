/** The disk as a port: the few synchronous operations the logs need, each breakable in tests. */

import fs from 'node:fs';
import type { Records, RecordWrite } from '#native';
import { OutriderError } from './error.ts';
import { type ProcessLock, takeProcessLock } from './process-lock.ts';

/** An open file; `path` is kept so that every error can name it. */
export type DiskFile = { readonly path: string; readonly descriptor: number };

/** `read` and `update` need an existing file; `create` makes an empty one in place of any other. */
export type DiskMode = 'read' | 'update' | 'create';

/** Every method throws an OutriderError `disk` naming operation, path and the system's error. */
export type Disk = {
  open(path: string, mode: DiskMode): DiskFile;
  close(file: DiskFile): void;
  /** Size in bytes. */
  sizeOf(file: DiskFile): number;
  /** Fills `target` from byte `position` on; returns the bytes read, maybe fewer, 0 at the end. */
  read(file: DiskFile, target: Uint8Array, position: number): number;
  /** Writes at byte `position`; returns the bytes written, which may be fewer than asked. */
  write(file: DiskFile, bytes: Uint8Array, position: number): number;
  /** Returns once the file's bytes and size are on the medium. */
  fdatasync(file: DiskFile): void;
  /**
   * Begins the same beside the caller, whose own `fdatasync` then finds little left to do, and
   * tells what failed. Calls back once it is over.
   */
  startSync?(file: DiskFile, onOver: () => void): void;
  truncate(file: DiskFile, sizeBytes: number): void;
  /** The names in a directory in no order, or undefined when there is no such directory. */
  list(directory: string): string[] | undefined;
  /** Makes the directory and its parents; one that exists is left as it is. */
  makeDirectory(directory: string): void;
  /** Returns once the directory's names are on the medium. */
  syncDirectory(directory: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** An empty one; where there is none, nothing is done. */
  removeDirectory(path: string): void;
  /** Takes the file `path` as a lock of this process, or says which living process holds it. */
  lock(path: string): ProcessLock;
};

const FLAGS = { read: 'r', update: 'r+', create: 'w+' } as const;

/** The disk of this machine. */
export const nodeDisk: Disk = {
  open: (path, mode) =>
    attempt('open', path, () => ({ path, descriptor: fs.openSync(path, FLAGS[mode]) })),
  close: file => attempt('close', file.path, () => fs.closeSync(file.descriptor)),
  sizeOf: file => attempt('stat', file.path, () => fs.fstatSync(file.descriptor).size),
  read: (file, target, position) =>
    attempt('read', file.path, () =>
      fs.readSync(file.descriptor, target, 0, target.length, position),
    ),
  write: (file, bytes, position) =>
    attempt('write', file.path, () =>
      fs.writeSync(file.descriptor, bytes, 0, bytes.length, position),
    ),
  fdatasync: file => attempt('fdatasync', file.path, () => fs.fdatasyncSync(file.descriptor)),
  startSync(file, onOver) {
    // On a descriptor of its own: the caller's may be closed meanwhile, and keeps its errors.
    fs.open(file.path, 'r', (error, descriptor) => {
      if (error !== null) onOver();
      else fs.fdatasync(descriptor, () => fs.close(descriptor, onOver));
    });
  },
  truncate: (file, sizeBytes) =>
    attempt('truncate', file.path, () => fs.ftruncateSync(file.descriptor, sizeBytes)),
  list: directory =>
    attempt('list', directory, () =>
      fs.existsSync(directory) ? fs.readdirSync(directory) : undefined,
    ),
  makeDirectory: directory =>
    attempt('mkdir', directory, () => void fs.mkdirSync(directory, { recursive: true })),
  syncDirectory: directory =>
    attempt('fsync', directory, () => {
      const descriptor = fs.openSync(directory, 'r');
      try {
        fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    }),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(from, to)),
  remove: path => attempt('remove', path, () => fs.unlinkSync(path)),
  removeDirectory: path =>
    attempt('rmdir', path, () => {
      if (fs.existsSync(path)) fs.rmdirSync(path);
    }),
  lock: path => attempt('lock', path, () => takeProcessLock(path)),
};

/** The error of a failed operation on a file or directory, for every implementation of the port. */
export function diskError(operation: string, path: string, cause: unknown): OutriderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OutriderError('disk', `${path}: ${operation} failed: ${reason}`, { cause });
}

/** A disk that takes nothing and reports no error would make the caller try for ever. */
export function tookSome(path: string, writtenBytes: number): number {
  if (writtenBytes > 0) return writtenBytes;
  throw diskError('write', path, new Error('the disk took none of the bytes'));
}

/** `write` of this machine's disk for bytes of a bound buffer. */
export function writtenBy(path: string, records: Records, what: RecordWrite): number {
  try {
    return tookSome(path, records.write(what));
  } catch (cause) {
    throw cause instanceof OutriderError ? cause : diskError('write', path, cause);
  }
}

function attempt<Result>(operation: string, path: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw cause instanceof OutriderError ? cause : diskError(operation, path, cause);
  }
}
