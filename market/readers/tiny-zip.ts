/** Packs small zips for tests: whole ones, and ones broken in a chosen way. */
import { crc32, deflateRawSync } from 'node:zlib';

export type TinyZipOptions = {
  /** Leave sizes out of the header before the bytes, as writers to a pipe do. */
  sizesBehind?: boolean;
  /** Write the content as it is. */
  stored?: boolean;
  /** A checksum the content does not have. */
  wrongChecksum?: boolean;
};

/** A zip of the given texts by entry name. */
export function tinyZip(files: Record<string, string>, options: TinyZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = options.stored ? Buffer.from(text) : deflateRawSync(text);
    const fields = entryFields(text, packed, options);
    const hidden = options.sizesBehind ? { ...fields, crc: 0, packed: 0, full: 0 } : fields;
    const local = [header(0x04034b50, hidden, name), Buffer.from(name), packed];
    const central = header(0x02014b50, { ...fields, offset }, name);
    directory.push(central, Buffer.from(name));
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

type Fields = {
  flags: number;
  method: number;
  crc: number;
  packed: number;
  full: number;
  offset?: number;
};

function entryFields(text: string, packed: Buffer, options: TinyZipOptions): Fields {
  return {
    flags: options.sizesBehind ? 8 : 0,
    method: options.stored ? 0 : 8,
    crc: crc32(text) ^ (options.wrongChecksum ? 1 : 0),
    packed: packed.length,
    full: Buffer.byteLength(text),
  };
}

/** The header before an entry's bytes, or its line in the directory, which has more fields. */
function header(signature: number, fields: Fields, name: string): Buffer {
  const central = fields.offset !== undefined;
  const shift = central ? 2 : 0;
  const buffer = Buffer.alloc(central ? 46 : 30);
  buffer.writeUInt32LE(signature, 0);
  buffer.writeUInt16LE(20, 4);
  buffer.writeUInt16LE(fields.flags, 6 + shift);
  buffer.writeUInt16LE(fields.method, 8 + shift);
  buffer.writeUInt32LE(fields.crc >>> 0, 14 + shift);
  buffer.writeUInt32LE(fields.packed, 18 + shift);
  buffer.writeUInt32LE(fields.full, 22 + shift);
  buffer.writeUInt16LE(Buffer.byteLength(name), 26 + shift);
  if (fields.offset !== undefined) buffer.writeUInt32LE(fields.offset, 42);
  return buffer;
}
