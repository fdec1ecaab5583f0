/** The log as its users see it: without these tests it could lose, reorder or change records. */
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../disk.ts';
import { logDigest } from './digest.ts';
import { faultyDisk } from './faulty-disk.ts';
import { openLog } from './open.ts';
import { errorOf, inDirectory, ORIGIN_NS, segmentsOf, textsOf } from './passing-log.ts';
import { readLog } from './read.ts';

const SMALL = { segmentBytesMax: 256, recordBytesMax: 48, bufferBytesMax: 120 };
const bytes = (text: string) => Buffer.from(text, 'latin1');

type Command =
  | { kind: 'append'; text: string }
  | { kind: 'flush' | 'sync' | 'reopen' | 'crash' }
  | { kind: 'read'; part: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .string({ maxLength: SMALL.recordBytesMax })
      .map(text => ({ kind: 'append', text }) as const),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('flush', 'sync', 'reopen', 'crash').map(kind => ({ kind }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .double({ min: 0, max: 1, noNaN: true })
      .map(part => ({ kind: 'read', part }) as const),
  },
);

/** Runs commands against a log and a plain array of what it must hold. */
function compareWithArray(directory: string, commands: readonly Command[]): void {
  const disk = faultyDisk(nodeDisk, { syncs: false });
  const open = () => openLog({ directory, originNs: ORIGIN_NS, disk, ...SMALL });
  let log = open();
  let model: string[] = [];
  let flushed = 0;
  for (const each of commands) {
    if (each.kind === 'append') {
      expect(log.append(bytes(each.text))).toBe(model.length);
      model.push(each.text);
    } else if (each.kind === 'read') {
      const from = Math.floor(each.part * flushed);
      const seen = textsOf(log.read(from), from);
      expect(seen).toEqual(model.slice(from, from + seen.length));
      expect(from + seen.length).toBeGreaterThanOrEqual(flushed);
    } else if (each.kind === 'crash') {
      for (const file of disk.openFiles) disk.close(file);
      log = open();
      expect(log.nextOffset).toBeGreaterThanOrEqual(flushed);
      model = model.slice(0, log.nextOffset);
      expect(textsOf(log.read())).toEqual(model);
      flushed = model.length;
    } else {
      if (each.kind === 'reopen') log.close();
      else log[each.kind]();
      flushed = model.length;
      if (each.kind === 'reopen') log = open();
      expect(log.recovery).toBeUndefined();
      expect(textsOf(readLog({ directory, disk }))).toEqual(model);
    }
    expect(log.nextOffset).toBe(model.length);
  }
  log.close();
  expect(textsOf(readLog({ directory, disk }))).toEqual(model);
  expect(disk.openFiles.size).toBe(0);
}

describe('openLog', () => {
  it('holds what an array would, through flush, reopen, crash and seek', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), commands =>
        inDirectory(directory => compareWithArray(directory, commands)),
      ),
      { numRuns: 150 },
    );
  });

  it('rolls to segments named by their first offset and keeps each below its maximum', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS, ...SMALL });
      for (let index = 0; index < 20; index++) log.append(bytes('x'.repeat(42)));
      log.close();
      const segments = segmentsOf(directory);
      expect(segments.map(file => Number(file.slice(-28, -8)))).toEqual([0, 4, 8, 12, 16]);
      expect(segments[1]).toMatch(/00000000000000000004\.segment$/);
      for (const file of segments) expect(fs.statSync(file).size).toBeLessThanOrEqual(256);
    }));

  it('refuses a payload beyond its maximum and stays usable', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS, ...SMALL });
      const error = errorOf(() => log.append(bytes('x'.repeat(49))));
      expect(error.code).toBe('limit');
      expect(error.message).toMatch(/49 bytes, more than recordBytesMax 48/);
      expect(log.append(bytes('x'.repeat(48)))).toBe(0);
      log.close();
      expect(textsOf(readLog({ directory }))).toEqual(['x'.repeat(48)]);
    }));

  it('names the limit that makes no sense', () =>
    inDirectory(directory => {
      const open = (limits: object) => () => openLog({ directory, originNs: 0n, ...limits });
      const record = errorOf(open({ recordBytesMax: 2 ** 25 }));
      expect(record.code).toBe('bad-config');
      expect(record.message).toMatch(/recordBytesMax is 33554432.*from 0 to 16777216/);
      expect(errorOf(open({ bufferBytesMax: 4096 })).message).toMatch(/bufferBytesMax is 4096/);
      expect(errorOf(open({ segmentBytesMax: 1.5 })).message).toMatch(/segmentBytesMax is 1.5/);
      expect(errorOf(() => openLog({ directory, originNs: 2n ** 63n })).message).toMatch(
        /originNs/,
      );
      expect(fs.existsSync(directory)).toBe(false);
    }));

  it('reads only records flushed at the call, and none beyond the end', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS });
      const none = log.read();
      log.append(bytes('a'));
      log.flush();
      log.append(bytes('b'));
      expect(textsOf(none)).toEqual([]);
      expect(textsOf(log.read())).toEqual(['a']);
      expect(textsOf(log.read(1), 1)).toEqual([]);
      expect(errorOf(() => log.read(2)).code).toBe('bad-usage');
      expect(errorOf(() => log.read(0.5)).message).toMatch(/fromOffset is 0.5/);
      log.close();
    }));

  it('takes nothing once closed; closing twice does no harm', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS });
      log.append(bytes('a'));
      log.close();
      log.close();
      expect(errorOf(() => log.append(bytes('b'))).code).toBe('bad-usage');
      expect(errorOf(() => log.flush()).message).toMatch(/is closed/);
      expect(textsOf(readLog({ directory }))).toEqual(['a']);
    }));

  it('refuses a second writer, whose records would stand in the middle of the first one’s', () =>
    inDirectory(directory => {
      const open = () => openLog({ directory, originNs: ORIGIN_NS });
      const log = open();
      log.append(bytes('a'));
      log.flush();
      const error = errorOf(open);
      expect(error.code).toBe('bad-config');
      expect(error.message).toBe(
        `${directory} is being written by this process (${process.pid}); end that first, give ` +
          `another directory, or remove ${directory}/writer.lock if no such process writes there`,
      );
      // Reading asks nobody: a run can be replayed while it goes on.
      expect(textsOf(readLog({ directory }))).toEqual(['a']);
      log.append(bytes('b'));
      log.close();
      const later = open();
      expect(textsOf(later.read())).toEqual(['a', 'b']);
      log.close();
      expect(errorOf(open).code).toBe('bad-config');
      later.close();
      expect(fs.readdirSync(directory)).toEqual([`${'0'.repeat(20)}.segment`]);
    }));

  it('leaves no lock behind where it cannot open the log', () =>
    inDirectory(directory => {
      openLog({ directory, originNs: ORIGIN_NS }).close();
      const error = errorOf(() => openLog({ directory, originNs: ORIGIN_NS + 1n }));
      expect(error.code).toBe('bad-log');
      openLog({ directory, originNs: ORIGIN_NS }).close();
    }));

  it('copies the payload, so a caller may reuse its buffer', () =>
    inDirectory(directory => {
      const log = openLog({ directory, originNs: ORIGIN_NS });
      const reused = bytes('first');
      log.append(reused);
      reused.fill(0x7a);
      log.append(reused);
      log.close();
      expect(textsOf(readLog({ directory }))).toEqual(['first', 'zzzzz']);
    }));

  it('has a digest of its records alone, whatever the segments and flushes were', () => {
    const digestOf = (limits: object, flushEach: boolean) =>
      inDirectory(directory => {
        const log = openLog({ directory, originNs: ORIGIN_NS, ...limits });
        for (const text of ['', 'one', 'two', 'x'.repeat(48)]) {
          log.append(bytes(text));
          if (flushEach) log.flush();
        }
        log.close();
        return logDigest(directory);
      });
    // printf '\0\0\0\0\3\0\0\0one\3\0\0\0two\60\0\0\0<48 x>' | sha256sum
    expect(digestOf({}, false)).toBe(
      '12594046a0f9c7ab17b3be99775d5be915009a662e92e1802eaba5f8bcee7f30',
    );
    expect(digestOf({ ...SMALL, segmentBytesMax: 84 }, true)).toBe(digestOf({}, false));
  });
});
