/** Snapshots beside a log: files that are whole or not there, each named by offset and hash. */
import { hash as hashOf } from 'node:crypto';
import path from 'node:path';
import { type Disk, type DiskFile, diskError } from '../disk.ts';
import { OutriderError } from '../error.ts';

/*
  <directory>/00000000000000001042-0f3a90bb02c1d4e5.snapshot    the state after records 0 to 1041

           0         4         8        16          24         56
           +---------+---------+--------+-----------+----------+------------
           | "ORSN"  | version | offset | origin ns | SHA-256  | state ...
           | 4 bytes | u32     | u64    | i64       | of state |
           +---------+---------+--------+-----------+----------+------------

  The name has the first 16 hexadecimal digits of the hash. A file is written under a passing name,
  synced and renamed, so a crash leaves no half of one.
*/
export type Snapshot = {
  /** Records of the log that are in it: the first that is not has this offset. */
  readonly offset: number;
  /** Of the log. */
  readonly originNs: bigint;
  readonly state: Uint8Array;
  /** SHA-256 of `state` in hexadecimal digits. */
  readonly hash: string;
};

export type FoundSnapshot = { readonly path: string; readonly offset: number };

const MAGIC = 'ORSN';
const VERSION = 1;
const HEADER_BYTES = 56;
const HASH_AT = 24;
const HASH_DIGITS = 16;
/** A longer file is refused before memory is made for it. */
export const SNAPSHOT_BYTES_MAX = 256 * 1024 * 1024;
const NAME = new RegExp(`^(\\d{20})-([0-9a-f]{${HASH_DIGITS}})\\.snapshot$`);

/** Returns the file's path once it is on the medium. Errors: `limit`, `disk`. */
export function writeSnapshot(disk: Disk, directory: string, snapshot: Snapshot): string {
  const { offset, hash, state } = snapshot;
  if (HEADER_BYTES + state.length > SNAPSHOT_BYTES_MAX) {
    const size = `a state of ${state.length} bytes, more than ${SNAPSHOT_BYTES_MAX}`;
    throw new OutriderError('limit', `${directory}: ${size}; go on from the log alone`);
  }
  disk.makeDirectory(directory);
  const name = `${String(offset).padStart(20, '0')}-${hash.slice(0, HASH_DIGITS)}.snapshot`;
  const file = path.join(directory, name);
  const draft = disk.open(`${file}.tmp`, 'create');
  try {
    writeAll(disk, draft, { bytes: headerOf(snapshot), at: 0 });
    writeAll(disk, draft, { bytes: state, at: HEADER_BYTES });
    disk.fdatasync(draft);
  } finally {
    disk.close(draft);
  }
  disk.rename(draft.path, file);
  disk.syncDirectory(directory);
  return file;
}

/** The newest first; files of other names are none of ours. */
export function listSnapshots(disk: Disk, directory: string): FoundSnapshot[] {
  return (disk.list(directory) ?? [])
    .flatMap(name => {
      const offset = Number(NAME.exec(name)?.[1] ?? Number.NaN);
      return Number.isSafeInteger(offset) ? [{ path: path.join(directory, name), offset }] : [];
    })
    .sort((one, other) => other.offset - one.offset);
}

/**
 * A snapshot whose every byte is as it was written. Errors: `bad-log` naming the file and what is
 * wrong with it: torn, changed, renamed, of another format; `disk`.
 */
export function readSnapshot(disk: Disk, { path: file, offset }: FoundSnapshot): Snapshot {
  const bytes = readWhole(disk, file);
  const header = Buffer.from(bytes.buffer, 0, Math.min(bytes.length, HEADER_BYTES));
  if (header.length < HEADER_BYTES) throw bad(file, `has ${header.length} bytes`);
  if (header.toString('latin1', 0, 4) !== MAGIC) throw bad(file, `does not begin with ${MAGIC}`);
  const version = header.readUInt32LE(4);
  if (version !== VERSION) throw bad(file, `has format ${version}, this program reads ${VERSION}`);
  if (header.readBigUInt64LE(8) !== BigInt(offset)) {
    throw bad(file, `says in its header that it is of offset ${header.readBigUInt64LE(8)}`);
  }
  const hash = header.toString('hex', HASH_AT, HEADER_BYTES);
  const state = bytes.subarray(HEADER_BYTES);
  const isNamed = NAME.exec(path.basename(file))?.[2] === hash.slice(0, HASH_DIGITS);
  if (!isNamed || hashOf('sha256', state) !== hash)
    throw bad(file, 'has not the bytes of its hash');
  return { offset, originNs: header.readBigInt64LE(16), state, hash };
}

/** Removes all but the newest `kept`; what a crash left half-written goes too. */
export function pruneSnapshots(disk: Disk, directory: string, kept: number): void {
  for (const { path: file } of listSnapshots(disk, directory).slice(kept)) disk.remove(file);
  for (const name of disk.list(directory) ?? []) {
    if (name.endsWith('.snapshot.tmp')) disk.remove(path.join(directory, name));
  }
}

function headerOf({ offset, originNs, hash }: Snapshot): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(VERSION, 4);
  header.writeBigUInt64LE(BigInt(offset), 8);
  header.writeBigInt64LE(originNs, 16);
  header.write(hash, HASH_AT, 'hex');
  return header;
}

function readWhole(disk: Disk, file: string): Uint8Array {
  const opened = disk.open(file, 'read');
  try {
    const size = disk.sizeOf(opened);
    if (size > SNAPSHOT_BYTES_MAX) throw bad(file, `has ${size} bytes`);
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const read = disk.read(opened, bytes.subarray(at), at);
      if (read === 0) throw bad(file, 'became shorter while it was read');
      at += read;
    }
    return bytes;
  } finally {
    disk.close(opened);
  }
}

function writeAll(disk: Disk, file: DiskFile, piece: { bytes: Uint8Array; at: number }): void {
  for (let done = 0; done < piece.bytes.length; ) {
    const written = disk.write(file, piece.bytes.subarray(done), piece.at + done);
    if (written === 0) throw diskError('write', file.path, new Error('the disk took no bytes'));
    done += written;
  }
}

const bad = (file: string, what: string) =>
  new OutriderError('bad-log', `${file}: ${what}; an older snapshot or the whole log does as well`);
