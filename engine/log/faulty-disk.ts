/** A disk that fails on command, for tests: full, taking writes in part, or refusing to sync. */

import { type Disk, type DiskFile, diskError } from '../disk.ts';

export type FaultyDisk = Disk & {
  /** What goes wrong and how much has been done; tests change and read it between calls. */
  readonly plan: DiskPlan;
  /** Files opened and not closed. */
  readonly openFiles: ReadonlySet<DiskFile>;
};

export type DiskPlan = {
  /** Bytes the disk still takes; a write at 0 fails with ENOSPC. */
  bytesFree: number;
  /** Bytes one write takes at most: below a write's length it is a short write. */
  bytesAWrite: number;
  /** Writes that still succeed; the next fails with ENOSPC having taken nothing. */
  writesLeft: number;
  /** Syncs of files and directories that still succeed; the next fails with EIO. */
  syncsLeft: number;
  /** False makes a sync do nothing, which spares tests without loss of power the wait. */
  syncs: boolean;
  readonly done: { writes: number; syncs: number; readBytes: number };
};

export function faultyDisk(inner: Disk, faults: Partial<DiskPlan> = {}): FaultyDisk {
  const plan: DiskPlan = {
    bytesFree: Number.POSITIVE_INFINITY,
    bytesAWrite: Number.POSITIVE_INFINITY,
    writesLeft: Number.POSITIVE_INFINITY,
    syncsLeft: Number.POSITIVE_INFINITY,
    syncs: true,
    done: { writes: 0, syncs: 0, readBytes: 0 },
    ...faults,
  };
  const openFiles = new Set<DiskFile>();
  const sync = (path: string, action: () => void): void => {
    if (plan.syncsLeft-- <= 0) throw diskError('fdatasync', path, systemError('EIO'));
    plan.done.syncs += 1;
    if (plan.syncs) action();
  };
  return {
    ...inner,
    plan,
    openFiles,
    open(path, mode) {
      const file = inner.open(path, mode);
      openFiles.add(file);
      return file;
    },
    close(file) {
      openFiles.delete(file);
      inner.close(file);
    },
    read(file, target, position) {
      const read = inner.read(file, target, position);
      plan.done.readBytes += read;
      return read;
    },
    write(file, bytes, position) {
      const taken = Math.min(bytes.length, plan.bytesFree, plan.bytesAWrite);
      if (plan.writesLeft-- <= 0 || taken === 0) {
        throw diskError('write', file.path, systemError('ENOSPC'));
      }
      plan.done.writes += 1;
      plan.bytesFree -= taken;
      return inner.write(file, bytes.subarray(0, taken), position);
    },
    fdatasync: file => sync(file.path, () => inner.fdatasync(file)),
    syncDirectory: directory => sync(directory, () => inner.syncDirectory(directory)),
    // A test's crash is no death of its process, which would hold its locks on.
    lock: () => ({ release() {} }),
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}
