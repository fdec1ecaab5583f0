/** Loss of power: without this test, records called durable could be gone after it. */
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Disk, nodeDisk } from '../disk.ts';
import { faultyDisk } from './faulty-disk.ts';
import { openLog } from './open.ts';
import { inDirectory, ORIGIN_NS, textsOf } from './passing-log.ts';

const SMALL = { segmentBytesMax: 200, recordBytesMax: 60, bufferBytesMax: 130 };

type Loss = { keptPart: number; zeroFilled: boolean; namesLost: boolean } | 'only the process';

/** Remembers what was synced; `lose` leaves of the rest what a loss of power may leave. */
function powerDisk(): Disk & { lose(loss: Loss): void } {
  const inner = faultyDisk(nodeDisk, { syncs: false });
  const syncedBytes = new Map<string, number>();
  const unsyncedRenames = new Map<string, string>();
  return {
    ...inner,
    fdatasync: file => syncedBytes.set(file.path, inner.sizeOf(file)),
    rename(from, to) {
      inner.rename(from, to);
      syncedBytes.set(to, syncedBytes.get(from) ?? 0);
      unsyncedRenames.set(to, from);
    },
    syncDirectory: () => unsyncedRenames.clear(),
    lose(loss) {
      for (const file of inner.openFiles) inner.close(file);
      if (loss === 'only the process') return;
      const { keptPart, zeroFilled, namesLost } = loss;
      for (const [file, synced] of syncedBytes) {
        if (!fs.existsSync(file)) continue;
        const size = fs.statSync(file).size;
        fs.truncateSync(file, synced + Math.floor(keptPart * (size - synced)));
        if (zeroFilled) fs.truncateSync(file, size);
      }
      for (const [to, from] of namesLost ? unsyncedRenames : []) fs.renameSync(to, from);
      syncedBytes.clear();
      unsyncedRenames.clear();
    },
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.nat(SMALL.recordBytesMax) },
  { weight: 1, arbitrary: fc.constantFrom('flush' as const, 'sync' as const) },
);
const loss: fc.Arbitrary<Loss> = fc.oneof(
  fc.constant('only the process' as const),
  fc.record({
    keptPart: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
    zeroFilled: fc.boolean(),
    namesLost: fc.boolean(),
  }),
);

describe('a loss of power', () => {
  it('loses no synced record and always leaves a log that opens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(step, { maxLength: 25 }), loss)), rounds =>
        inDirectory(directory => {
          const disk = powerDisk();
          let model: string[] = [];
          let synced = 0;
          for (const [steps, lost] of rounds) {
            const log = openLog({ directory, originNs: ORIGIN_NS, disk, ...SMALL });
            expect(log.nextOffset).toBeGreaterThanOrEqual(synced);
            model = model.slice(0, log.nextOffset);
            expect(textsOf(log.read())).toEqual(model);
            synced = model.length;
            for (const each of steps) {
              if (each === 'flush' || each === 'sync') log[each]();
              else {
                const text = String(model.length).padEnd(each, '.');
                expect(log.append(Buffer.from(text))).toBe(model.length);
                model.push(text);
              }
              if (each === 'sync') synced = model.length;
            }
            disk.lose(lost);
          }
        }),
      ),
      { numRuns: 150 },
    );
  });
});
