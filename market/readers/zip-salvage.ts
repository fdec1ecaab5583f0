/** Finds the entries of a zip whose directory is lost, from the header before each of them. */
import { type FileHandle, open } from 'node:fs/promises';
import type { ZipEntry } from './zip-entries.ts';

// A local file header, little-endian; the entry's bytes follow it.
//
//    0      4      6      8       10         18         22         26      28
//    +------+------+------+-------+----------+----------+----------+-------+-------+------+------+
//    | PK34 | need | flag | method| time,crc | packed   | full     | name n| more m| name | more |
//    +------+------+------+-------+----------+----------+----------+-------+-------+------+------+
//
// Sizes of 0xffffffff stand in the field of id 1 under `more`: full, then packed, 8 bytes each.
const HEADER_BYTES = 30;
const HEADER_SIGNATURE = 0x04034b50;
const FLAG_ENCRYPTED = 0x01;
const FLAG_SIZE_BEHIND = 0x08;
const SIZE_IN_EXTRA = 0xffffffff;
const ZIP64_EXTRA = 1;

/** The entries whose headers are still there, the last possibly cut off; empty for no zip. */
export async function salvageZip(zipPath: string, entriesMax: number): Promise<ZipEntry[]> {
  const file = await open(zipPath, 'r');
  try {
    const { size } = await file.stat();
    const entries: ZipEntry[] = [];
    let offset = 0;
    while (entries.length < entriesMax) {
      const entry = await readHeader(file, { zipPath, offset, size });
      if (entry === undefined) break;
      entries.push(entry);
      offset = entry.dataStart + entry.compressedBytes;
    }
    return entries;
  } finally {
    await file.close();
  }
}

type Place = { zipPath: string; offset: number; size: number };

async function readHeader(file: FileHandle, place: Place): Promise<ZipEntry | undefined> {
  const { zipPath, offset, size } = place;
  const header = await read(file, offset, HEADER_BYTES);
  if (header === undefined || header.readUInt32LE(0) !== HEADER_SIGNATURE) return undefined;
  const flags = header.readUInt16LE(6);
  const method = header.readUInt16LE(8);
  if ((flags & FLAG_ENCRYPTED) !== 0 || (method !== 0 && method !== 8)) return undefined;
  const nameBytes = header.readUInt16LE(26);
  const rest = await read(file, offset + HEADER_BYTES, nameBytes + header.readUInt16LE(28));
  if (rest === undefined) return undefined;
  const dataStart = offset + HEADER_BYTES + rest.length;
  const stated = compressedSize(header.readUInt32LE(18), rest.subarray(nameBytes));
  const untilEnd = size - dataStart;
  const known = (flags & FLAG_SIZE_BEHIND) === 0 && stated !== undefined;
  return {
    zipPath,
    name: rest.toString('utf8', 0, nameBytes),
    method,
    dataStart,
    compressedBytes: known ? Math.min(stated, untilEnd) : untilEnd,
  };
}

function compressedSize(inHeader: number, extra: Buffer): number | undefined {
  if (inHeader !== SIZE_IN_EXTRA) return inHeader;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA || at + 20 > extra.length) continue;
    return Number(extra.readBigUInt64LE(at + 12));
  }
  return undefined;
}

async function read(file: FileHandle, offset: number, bytes: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return bytesRead === bytes ? buffer : undefined;
}
