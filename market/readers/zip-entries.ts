/** Lists what a zip holds and where, even where its directory is lost. */
import yauzl from 'yauzl';
import { salvageZip } from './zip-salvage.ts';

/** Where the bytes of one file in a zip lie. */
export type ZipEntry = {
  zipPath: string;
  /** Name of the entry, its folders included; never used as a path. */
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  dataStart: number;
  compressedBytes: number;
  /** Checksum of the content; absent where the directory that holds it is lost. */
  crc32?: number;
};

export type ZipListing = {
  entries: ZipEntry[];
  /** What is wrong with the zip, where something is. */
  damage?: string;
};

/** More entries than this are taken for an attack or a mistake. */
const ENTRIES_MAX = 4096;

/** Never throws: a file that is no zip at all has no entries, and the damage says why. */
export async function listZip(zipPath: string): Promise<ZipListing> {
  try {
    return { entries: await listDirectory(zipPath) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const entries = await salvageZip(zipPath, ENTRIES_MAX).catch(() => []);
    const remedy = entries.length > 0 ? 'What could be read of it is used; f' : 'F';
    return { entries, damage: `${zipPath} is no whole zip (${reason}). ${remedy}etch it again.` };
  }
}

async function listDirectory(zipPath: string): Promise<ZipEntry[]> {
  const zip = await yauzl.openPromise(zipPath, { autoClose: false });
  try {
    const entries: ZipEntry[] = [];
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if (entries.length === ENTRIES_MAX) throw new Error(`over ${ENTRIES_MAX} entries`);
      if (!entry.canDecodeFileData()) throw new Error('encrypted, or packed with no plain deflate');
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      entries.push({
        zipPath,
        name: entry.fileName,
        method: entry.compressionMethod,
        dataStart: fileDataStart,
        compressedBytes: entry.compressedSize,
        crc32: entry.crc32,
      });
    }
    return entries;
  } finally {
    zip.close();
  }
}
