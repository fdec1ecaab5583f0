/** Reading a log: without these tests, memory could grow with its length, or a reader change it. */
import fs from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../disk.ts';
import { faultyDisk } from './faulty-disk.ts';
import { openLog } from './open.ts';
import { errorOf, inDirectory, ORIGIN_NS, segmentsOf, textsOf } from './passing-log.ts';
import { readLog } from './read.ts';
import { READ_CHUNK_BYTES } from './segment-reader.ts';
import { INDEX_STRIDE_BYTES } from './sparse-index.ts';

const MEBIBYTE = 1024 * 1024;
const RECORD = 1000;

function writeMany(directory: string, sizeBytes: number, segmentBytesMax: number) {
  const log = openLog({ directory, originNs: ORIGIN_NS, segmentBytesMax });
  const payload = Buffer.alloc(RECORD);
  while (log.nextOffset * (RECORD + 8) < sizeBytes) {
    payload.writeUInt32LE(log.nextOffset);
    log.append(payload);
  }
  return log;
}

describe('readLog', () => {
  it('finds an offset without reading the log before it', () =>
    inDirectory(directory => {
      const log = writeMany(directory, 12 * MEBIBYTE, 4 * MEBIBYTE);
      log.sync();
      const end = log.nextOffset;
      log.close();
      const disk = faultyDisk(nodeDisk);
      const indexed = openLog({
        directory,
        originNs: ORIGIN_NS,
        disk,
        segmentBytesMax: 4 * MEBIBYTE,
      });
      for (const from of [0, 1, 5000, end - 1]) {
        for (const [records, bytesMax] of [
          [indexed.read(from), INDEX_STRIDE_BYTES + 4 * READ_CHUNK_BYTES],
          [readLog({ directory, fromOffset: from, disk }), 4 * MEBIBYTE + 2 * READ_CHUNK_BYTES],
        ] as const) {
          disk.plan.done.readBytes = 0;
          const [first] = records;
          expect(first?.offset).toBe(from);
          expect(Buffer.from(first!.payload).readUInt32LE()).toBe(from);
          expect(disk.plan.done.readBytes).toBeLessThan(bytesMax);
        }
      }
      indexed.close();
      expect(disk.openFiles.size).toBe(0);
    }));

  it('streams 50 MB without growing: a replay must not need memory of the size of its log', () =>
    inDirectory(directory => {
      writeMany(directory, 50 * MEBIBYTE, 16 * MEBIBYTE).close();
      setFlagsFromString('--expose-gc');
      const collect: () => void = runInNewContext('gc');
      const usedBytes = () => {
        collect();
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const before = usedBytes();
      let most = before;
      let sum = 0;
      for (const { offset, payload } of readLog({ directory })) {
        sum += payload.length;
        if (offset % 10_000 === 9_999) most = Math.max(most, usedBytes());
      }
      expect(sum).toBeGreaterThan(49 * MEBIBYTE);
      expect(Math.max(most, usedBytes()) - before).toBeLessThan(8 * MEBIBYTE);
    }));

  it('gives back records longer than its buffer, between short ones', () =>
    inDirectory(directory => {
      const sizes = [3, READ_CHUNK_BYTES - 8, READ_CHUNK_BYTES, 0, 900_000, 1, MEBIBYTE, 5];
      const log = openLog({ directory, originNs: ORIGIN_NS });
      for (const size of sizes) log.append(Buffer.alloc(size, size % 251));
      log.close();
      const seen: number[] = [];
      for (const { payload } of readLog({ directory })) {
        expect(payload.every(byte => byte === payload.length % 251)).toBe(true);
        seen.push(payload.length);
      }
      expect(seen).toEqual(sizes);
    }));

  it('never changes a file, can be read again, and stops when its reader does', () =>
    inDirectory(directory => {
      writeMany(directory, 300_000, 2 * MEBIBYTE).close();
      const [file] = segmentsOf(directory) as [string];
      fs.truncateSync(file, fs.statSync(file).size - 1);
      fs.chmodSync(file, 0o444);
      const bytes = fs.readFileSync(file);
      const disk = faultyDisk(nodeDisk, { writesLeft: 0, syncsLeft: 0 });
      const reading = readLog({ directory, disk });
      expect(reading.originNs).toBe(ORIGIN_NS);
      for (const { offset } of reading) if (offset === 3) break;
      expect(disk.openFiles.size).toBe(0);
      expect(reading.torn).toBeUndefined();
      const whole = textsOf(reading).length;
      expect(reading.torn).toMatchObject({ cutAtOffset: whole, cutBytes: RECORD + 7 });
      expect(textsOf(reading).length).toBe(whole);
      expect(fs.readFileSync(file).equals(bytes)).toBe(true);
    }));

  it('refuses an offset the log does not reach', () =>
    inDirectory(directory => {
      writeMany(directory, 5000, 2 * MEBIBYTE).close();
      const end = textsOf(readLog({ directory })).length;
      expect(textsOf(readLog({ directory, fromOffset: end }), end)).toEqual([]);
      const error = errorOf(() => [...readLog({ directory, fromOffset: end + 1 })]);
      expect(error.code).toBe('bad-usage');
      expect(error.message).toMatch(
        `fromOffset is ${end + 1}, but the log has records below ${end}`,
      );
      expect(errorOf(() => readLog({ directory, fromOffset: -1 })).code).toBe('bad-usage');
    }));
});
