/** Writing under failure: without these tests, a full disk could cost records. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Disk, nodeDisk } from '../disk.ts';
import { OutriderError } from '../error.ts';
import { type FaultyDisk, faultyDisk } from './faulty-disk.ts';
import { type EmbeddedLog, openLog } from './open.ts';
import { errorOf, inDirectory, ORIGIN_NS, textsOf } from './passing-log.ts';
import { readLog } from './read.ts';

const SMALL = { segmentBytesMax: 200, recordBytesMax: 60, bufferBytesMax: 130 };
const TEXTS = Array.from({ length: 14 }, (_, index) => `${index}`.padEnd(10 + index * 3, '.'));

const open = (directory: string, disk: FaultyDisk) =>
  openLog({ directory, originNs: ORIGIN_NS, disk, ...SMALL });

/** Appends and flushes until the disk fails; the count of flushed records, the error if any. */
function appendAll(log: EmbeddedLog): { flushed: number; error: OutriderError | undefined } {
  let flushed = log.nextOffset;
  try {
    for (let index = flushed; index < TEXTS.length; index++) {
      log.append(Buffer.from(TEXTS[index]!));
      if (index % 3 === 0) continue;
      log.flush();
      flushed = index + 1;
    }
    log.flush();
    return { flushed: TEXTS.length, error: undefined };
  } catch (error) {
    if (error instanceof OutriderError) return { flushed, error };
    throw error;
  }
}

/** Checks that flushed records stay readable on a full disk, and frees it; false if never full. */
function checkAfterFull(
  disk: FaultyDisk,
  at: { readonly directory: string; readonly log: EmbeddedLog },
): boolean {
  const { directory, log } = at;
  const { flushed, error } = appendAll(log);
  if (error === undefined) {
    log.close();
    expect(textsOf(readLog({ directory }))).toEqual(TEXTS);
    return false;
  }
  expect(error.code).toBe('disk');
  const written = Number(/Written: records below (\d+)/.exec(error.message)![1]);
  expect(error.message).toMatch(/\.segment(\.tmp)?: write failed: ENOSPC.*Free disk space/);
  expect(written).toBeGreaterThanOrEqual(flushed);
  expect(textsOf(readLog({ directory }))).toEqual(TEXTS.slice(0, written));
  expect(textsOf(log.read())).toEqual(TEXTS.slice(0, written));
  disk.plan.writesLeft = Number.POSITIVE_INFINITY;
  disk.plan.bytesFree = Number.POSITIVE_INFINITY;
  return true;
}

describe('a full disk', () => {
  it('loses nothing: after space is freed the same log goes on, at each write', () => {
    let failures = 0;
    for (let write = 0, failed = true; failed; write++) {
      failed = inDirectory(directory => {
        const disk = faultyDisk(nodeDisk, { syncs: false });
        const log = open(directory, disk);
        disk.plan.writesLeft = write;
        if (!checkAfterFull(disk, { directory, log })) return false;
        expect(appendAll(log).error).toBeUndefined();
        log.close();
        expect(textsOf(readLog({ directory }))).toEqual(TEXTS);
        expect(disk.openFiles.size).toBe(0);
        return true;
      });
      if (failed) failures += 1;
    }
    expect(failures).toBeGreaterThan(10);
  });

  it('keeps what was written when the process ends instead, at each byte', () => {
    let torn = 0;
    for (let bytesFree = 0, failed = true; failed; bytesFree++) {
      failed = inDirectory(directory => {
        const disk = faultyDisk(nodeDisk, { syncs: false });
        const first = open(directory, disk);
        disk.plan.bytesFree = bytesFree;
        if (!checkAfterFull(disk, { directory, log: first })) return false;
        for (const file of disk.openFiles) disk.close(file);
        const log = open(directory, disk);
        if (log.recovery !== undefined) torn += 1;
        expect(textsOf(log.read())).toEqual(TEXTS.slice(0, log.nextOffset));
        expect(appendAll(log).error).toBeUndefined();
        log.close();
        expect(textsOf(readLog({ directory }))).toEqual(TEXTS);
        return true;
      });
    }
    expect(torn).toBeGreaterThan(100);
  });

  it('makes no half log when even the first header does not fit', () =>
    inDirectory(directory => {
      for (let bytesFree = 0; bytesFree < 28; bytesFree++) {
        const disk = faultyDisk(nodeDisk, { bytesFree });
        expect(errorOf(() => open(directory, disk)).code).toBe('disk');
        expect(disk.openFiles.size).toBe(0);
      }
      open(directory, faultyDisk(nodeDisk)).close();
      expect(textsOf(readLog({ directory }))).toEqual([]);
    }));

  it('tells how many records still wait, and close does not hide them', () =>
    inDirectory(directory => {
      const disk = faultyDisk(nodeDisk);
      const log = open(directory, disk);
      log.append(Buffer.from('kept'));
      log.flush();
      disk.plan.writesLeft = 0;
      log.append(Buffer.from('a'));
      log.append(Buffer.from('b'));
      const text = /Written: records below 1\. Not written: 2 buffered records/;
      expect(errorOf(() => log.flush()).message).toMatch(text);
      expect(errorOf(() => log.close()).message).toMatch(text);
      expect(disk.openFiles.size).toBe(0);
    }));
});

describe('short writes', () => {
  it('are continued where they stopped, whatever their size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 140 }), bytesAWrite =>
        inDirectory(directory => {
          const disk = faultyDisk(nodeDisk, { bytesAWrite, syncs: false });
          const log = open(directory, disk);
          expect(appendAll(log).error).toBeUndefined();
          log.close();
          expect(textsOf(readLog({ directory }))).toEqual(TEXTS);
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('of nothing at all are an error, not an endless loop', () =>
    inDirectory(directory => {
      const disk = { ...nodeDisk };
      const log = openLog({ directory, originNs: ORIGIN_NS, disk });
      disk.write = () => 0;
      log.append(Buffer.from('a'));
      expect(errorOf(() => log.flush()).message).toMatch(/took none of the bytes/);
      disk.write = nodeDisk.write;
      log.close();
      expect(textsOf(readLog({ directory }))).toEqual(['a']);
    }));
});

describe('a failing sync', () => {
  it('ends the log: nothing is appended on top of records that may be gone', () =>
    inDirectory(directory => {
      const disk = faultyDisk(nodeDisk);
      const log = open(directory, disk);
      log.append(Buffer.from('synced'));
      log.sync();
      log.append(Buffer.from('not sure'));
      disk.plan.syncsLeft = 0;
      const error = errorOf(() => log.sync());
      expect(error.code).toBe('disk');
      expect(error.message).toMatch(
        /fdatasync failed: EIO.*Kept: records below 1\. Not sure to be kept: .* to below 2\./,
      );
      disk.plan.syncsLeft = Number.POSITIVE_INFINITY;
      for (const use of [() => log.append(Buffer.from('c')), log.flush, log.sync]) {
        expect(errorOf(use).message).toMatch(/takes no records: a sync has failed/);
      }
      expect(log.nextOffset).toBe(2);
      expect(textsOf(log.read())).toEqual(['synced', 'not sure']);
      log.close();
      expect(disk.openFiles.size).toBe(0);
    }));

  it('at any point of the log leaves a prefix that opens again', () => {
    let failures = 0;
    for (let syncsLeft = 0, failed = true; failed; syncsLeft++) {
      failed = inDirectory(directory => {
        const disk = faultyDisk(nodeDisk, { syncsLeft });
        let kept = 0;
        let code: string | undefined;
        try {
          const log = open(directory, disk);
          const { flushed, error } = appendAll(log);
          kept = flushed;
          code = error?.code;
          log.close();
        } catch (error) {
          code = (error as OutriderError).code;
        }
        expect(disk.openFiles.size).toBe(0);
        if (code === undefined) return false;
        expect(code).toBe('disk');
        const log = open(directory, faultyDisk(nodeDisk));
        expect(log.nextOffset).toBeGreaterThanOrEqual(kept);
        expect(textsOf(log.read())).toEqual(TEXTS.slice(0, log.nextOffset));
        log.close();
        return true;
      });
      if (failed) failures += 1;
    }
    expect(failures).toBeGreaterThan(8);
  });

  it('is not even tried when nothing new was written', () =>
    inDirectory(directory => {
      const disk = faultyDisk(nodeDisk);
      const log = open(directory, disk);
      log.append(Buffer.from('a'));
      log.sync();
      const before = disk.plan.done.syncs;
      log.sync();
      expect(disk.plan.done.syncs).toBe(before);
      log.close();
    }));
});

describe('append', () => {
  it('allocates nothing a record, or the collector would stop the tick thread', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS, bufferBytesMax: 2 ** 23 });
      const payload = Buffer.alloc(64, 1);
      const append = (records: number) => {
        for (let count = 0; count < records; count++) log.append(payload);
      };
      append(50_000);
      log.flush();
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      const before = process.memoryUsage().heapUsed;
      append(50_000);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 50_000);
      log.close();
    }));
});

describe('a segment that fills', () => {
  it('is brought to the medium as it grows, one sync at a time, or its end would stop us', () =>
    inDirectory(directory => {
      const started: (() => void)[] = [];
      const disk = {
        ...nodeDisk,
        startSync: (_: unknown, onOver: () => void) => started.push(onOver),
      };
      const log = openLog({ directory, originNs: ORIGIN_NS, disk });
      const payload = Buffer.alloc(1024 * 1024, 1);
      const grow = (mebibytes: number) => {
        for (let count = 0; count < mebibytes; count++) {
          log.append(payload.subarray(0, payload.length - 8));
          log.flush();
        }
      };
      grow(3);
      expect(started).toHaveLength(0);
      grow(6);
      expect(started).toHaveLength(1);
      started[0]!();
      grow(1);
      expect(started).toHaveLength(2);
      log.close();
      expect(Array.from(readLog({ directory }))).toHaveLength(10);
    }));

  it('lets a full segment grow while the medium is slow, or its writer would wait for it', () =>
    inDirectory(directory => {
      const started: (() => void)[] = [];
      const synced: number[] = [];
      const disk: Disk = {
        ...nodeDisk,
        startSync: (_, onOver) => void started.push(onOver),
        fdatasync(file) {
          synced.push(nodeDisk.sizeOf(file));
          nodeDisk.fdatasync(file);
        },
      };
      const mebibyte = 1024 * 1024;
      const segmentBytesMax = 32 * mebibyte;
      const log = openLog({ directory, originNs: ORIGIN_NS, disk, segmentBytesMax });
      const payload = Buffer.alloc(mebibyte / 2 - 8, 1);
      const grow = (mebibytes: number) => {
        for (let count = 0; count < 2 * mebibytes; count++) {
          log.append(payload);
          log.flush();
        }
      };
      const segments = () => nodeDisk.list(directory)!.filter(name => name.endsWith('.segment'));
      grow(36);
      // The first sync is not over yet.
      expect([started.length, segments().length]).toEqual([1, 1]);
      started.shift()!();
      grow(1);
      // Much was written since it began.
      expect([started.length, segments().length]).toEqual([1, 1]);
      started.shift()!();
      grow(1);
      expect(segments()).toHaveLength(2);
      // What came during the last sync alone had to be waited for, before the next segment began.
      expect(synced.slice(-2)).toEqual([37 * mebibyte + 28, 28]);
      grow(49);
      expect(segments()).toHaveLength(3);
      log.close();
      expect(Array.from(readLog({ directory }))).toHaveLength(2 * (36 + 1 + 1 + 49));
    }));
});
