/** Snapshot files: a bad one taken for good would go on from a state that never was. */
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeDisk } from '../disk.ts';
import { faultyDisk } from '../log/faulty-disk.ts';
import { errorOf, inDirectory, ORIGIN_NS } from '../log/passing-log.ts';
import {
  listSnapshots,
  pruneSnapshots,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from './snapshot-file.ts';

function snapshotOf(offset: number, text = `state at ${offset}`): Snapshot {
  const state = Buffer.from(text);
  return { offset, originNs: ORIGIN_NS, state, hash: hash('sha256', state) };
}

const offsets = (directory: string) =>
  listSnapshots(nodeDisk, directory).map(({ offset }) => offset);

it('comes back whole, the newest first, and only so many are kept', () => {
  inDirectory(directory => {
    for (const offset of [5, 1_000_000, 40]) {
      writeSnapshot(nodeDisk, directory, snapshotOf(offset));
    }
    fs.writeFileSync(path.join(directory, 'notes.txt'), 'none of ours');
    expect(offsets(directory)).toEqual([1_000_000, 40, 5]);
    const [newest] = listSnapshots(nodeDisk, directory);
    const read = readSnapshot(nodeDisk, newest!);
    expect({ ...read, state: Buffer.from(read.state) }).toEqual(snapshotOf(1_000_000));
    pruneSnapshots(nodeDisk, directory, 2);
    expect(offsets(directory)).toEqual([1_000_000, 40]);
    expect(fs.existsSync(path.join(directory, 'notes.txt'))).toBe(true);
  });
});

it('is refused where a byte changed, bytes are missing, or it has another name', () => {
  inDirectory(directory => {
    const file = writeSnapshot(nodeDisk, directory, snapshotOf(7));
    const whole = fs.readFileSync(file);
    const [found] = listSnapshots(nodeDisk, directory);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        // The origin is the log's to check.
        fc.pre(at < 16 || at >= 24);
        fs.writeFileSync(
          file,
          whole.map((byte, index) => (index === at ? byte ^ change : byte)),
        );
        expect(errorOf(() => readSnapshot(nodeDisk, found!)).code).toBe('bad-log');
      }),
    );
    for (let bytes = 0; bytes < whole.length; bytes++) {
      fs.writeFileSync(file, whole.subarray(0, bytes));
      expect(errorOf(() => readSnapshot(nodeDisk, found!)).code).toBe('bad-log');
    }
    fs.writeFileSync(file, whole);
    const other = path.join(directory, path.basename(file).replace('07-', '08-'));
    fs.renameSync(file, other);
    const [renamed] = listSnapshots(nodeDisk, directory);
    expect(errorOf(() => readSnapshot(nodeDisk, renamed!)).message).toContain('of offset 7');
  });
});

it('is not there at all where the disk failed half-way, and those before stay', () => {
  inDirectory(directory => {
    writeSnapshot(nodeDisk, directory, snapshotOf(1));
    for (const plan of [{ bytesFree: 60 }, { bytesFree: 0 }, { syncsLeft: 0 }]) {
      const disk = faultyDisk(nodeDisk, plan);
      expect(errorOf(() => writeSnapshot(disk, directory, snapshotOf(2))).code).toBe('disk');
      expect(disk.openFiles.size).toBe(0);
      expect(offsets(directory)).toEqual([1]);
    }
    pruneSnapshots(nodeDisk, directory, 3);
    expect(fs.readdirSync(directory)).toHaveLength(1);
    const inParts = faultyDisk(nodeDisk, { bytesAWrite: 7 });
    writeSnapshot(inParts, directory, snapshotOf(2));
    const [newest] = listSnapshots(nodeDisk, directory);
    expect(readSnapshot(nodeDisk, newest!).hash).toBe(snapshotOf(2).hash);
  });
});
