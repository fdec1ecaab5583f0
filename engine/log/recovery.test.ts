/** Recovery: without these tests, a damaged log could open with records lost or changed. */
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logDigest } from './digest.ts';
import { openLog } from './open.ts';
import { errorOf, inDirectory, ORIGIN_NS, segmentsOf } from './passing-log.ts';
import { readLog } from './read.ts';
import { RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from './segment.ts';

const TEXTS = ['first', '', 'the third record', '4', 'fifth', 'and the last'];
const SEGMENT = { segmentBytesMax: 128, recordBytesMax: 64 };

type Part = { segmentBytesMax?: number; recordBytesMax?: number; originNs?: bigint };

function writeLog(directory: string, texts: readonly string[], part: Part = {}): void {
  const log = openLog({ directory, originNs: ORIGIN_NS, ...part });
  for (const text of texts) log.append(Buffer.from(text, 'latin1'));
  log.close();
}

/** Byte positions at which the records of a single segment begin, and where the last ends. */
function recordStarts(texts: readonly string[]): number[] {
  const starts = [SEGMENT_HEADER_BYTES];
  for (const text of texts) starts.push(starts.at(-1)! + RECORD_HEADER_BYTES + text.length);
  return starts;
}

function flipBit(file: string, bit: number): void {
  const bytes = fs.readFileSync(file);
  bytes[bit >>> 3]! ^= 1 << (bit & 7);
  fs.writeFileSync(file, bytes);
}

const reopen = (directory: string) => openLog({ directory, originNs: ORIGIN_NS });

/** All that reading finds: the records and the tear, or the code of the error. */
function outcome(directory: string) {
  const texts: string[] = [];
  try {
    const reading = readLog({ directory });
    for (const { payload } of reading) texts.push(Buffer.from(payload).toString('latin1'));
    return { texts, torn: reading.torn };
  } catch (error) {
    return { texts, code: (error as { code: string }).code };
  }
}

describe('recovery', () => {
  it('keeps every whole record when the end is torn at any byte, and can go on behind them', () =>
    inDirectory(directory => {
      writeLog(directory, TEXTS);
      const [file] = segmentsOf(directory) as [string];
      const whole = fs.readFileSync(file);
      const starts = recordStarts(TEXTS);
      expect(whole.length).toBe(starts.at(-1));
      for (let size = starts[TEXTS.length - 3]!; size <= whole.length; size++) {
        fs.writeFileSync(file, whole.subarray(0, size));
        const kept = starts.findLastIndex(start => start <= size);
        const tear =
          size === starts[kept]
            ? undefined
            : { file, cutAtOffset: kept, cutBytes: size - starts[kept]!, reason: 'truncated' };

        expect(outcome(directory)).toEqual({ texts: TEXTS.slice(0, kept), torn: tear });
        const digest = logDigest(directory);
        expect(fs.statSync(file).size).toBe(size);

        const log = reopen(directory);
        expect(log.recovery).toEqual(tear);
        expect(log.append(Buffer.from('new'))).toBe(kept);
        log.close();
        expect(outcome(directory).texts).toEqual([...TEXTS.slice(0, kept), 'new']);
        fs.truncateSync(file, starts[kept]!);
        expect(logDigest(directory)).toBe(digest);
      }
    }));

  it('finds any flipped bit: no record is ever given out changed', () =>
    inDirectory(directory => {
      writeLog(directory, TEXTS);
      const [file] = segmentsOf(directory) as [string];
      const starts = recordStarts(TEXTS);
      for (let bit = 0; bit < starts.at(-1)! * 8; bit++) {
        flipBit(file, bit);
        const record = starts.findLastIndex(start => start <= bit >>> 3);
        const found = outcome(directory);
        expect(found.texts).toEqual(TEXTS.slice(0, Math.max(0, record)));
        if (record === TEXTS.length - 1) expect(found.torn?.cutAtOffset).toBe(record);
        else expect(found.code).toBe('bad-log');
        flipBit(file, bit);
      }
      expect(outcome(directory).texts).toEqual(TEXTS);
    }));

  it('refuses to cut when whole records follow the damage, and says where', () =>
    inDirectory(directory => {
      writeLog(directory, TEXTS);
      const [file] = segmentsOf(directory) as [string];
      const [, second, third] = recordStarts(TEXTS) as [number, number, number];
      flipBit(file, (second + 4) * 8);
      const error = errorOf(() => reopen(directory));
      expect(error.code).toBe('bad-log');
      expect(error.message).toBe(
        `${file} has no whole record at offset 1 (byte ${second}): bad-checksum, although a ` +
          `whole record follows at byte ${third}; restore it from a copy, or truncate it to ` +
          `${second} bytes to give up what follows`,
      );
      fs.truncateSync(file, second);
      expect(reopen(directory).nextOffset).toBe(1);
    }));

  it('refuses damage in a segment before the last, at every byte of it', () =>
    inDirectory(directory => {
      writeLog(directory, ['x'.repeat(60), 'y'.repeat(40), 'z'.repeat(60)], SEGMENT);
      const [first, ...others] = segmentsOf(directory) as [string, string, string];
      expect(others.length).toBeGreaterThan(0);
      const whole = fs.readFileSync(first);
      for (let size = 0; size < whole.length; size++) {
        fs.writeFileSync(first, whole.subarray(0, size));
        const error = errorOf(() => reopen(directory));
        expect(error.code).toBe('bad-log');
        expect(error.message).toContain('.segment');
      }
      fs.writeFileSync(first, Buffer.concat([whole, Buffer.alloc(9)]));
      expect(errorOf(() => reopen(directory)).message).toMatch(/although a segment with later/);
    }));

  it('cuts zeros and noise behind the last record and says which', () => {
    const tails: [string, Uint8Array][] = [
      ['zero-filled', new Uint8Array(1)],
      ['zero-filled', new Uint8Array(5000)],
      ['bad-length', new Uint8Array(64).fill(0xff)],
      ['truncated', Uint8Array.of(200, 0, 0, 0, 1, 2, 3, 4, 5)],
      ['bad-checksum', Uint8Array.of(1, 0, 0, 0, 1, 2, 3, 4, 5)],
    ];
    for (const [reason, tail] of tails) {
      inDirectory(directory => {
        writeLog(directory, TEXTS);
        const [file] = segmentsOf(directory) as [string];
        fs.appendFileSync(file, tail);
        const tear = { file, cutAtOffset: TEXTS.length, cutBytes: tail.length, reason };
        expect(outcome(directory)).toEqual({ texts: TEXTS, torn: tear });
        expect(reopen(directory).recovery).toEqual(tear);
        expect(outcome(directory)).toEqual({ texts: TEXTS, torn: undefined });
      });
    }
  });

  it('gives a prefix, whole, or an error that says so for any bytes in the file', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (place, noise, atEnd) =>
          inDirectory(directory => {
            writeLog(directory, TEXTS);
            const [file] = segmentsOf(directory) as [string];
            const bytes = fs.readFileSync(file);
            const at = place % bytes.length;
            const rest = atEnd ? [] : [bytes.subarray(at + noise.length)];
            fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, at), noise, ...rest]));
            const found = outcome(directory);
            expect(found.texts).toEqual(TEXTS.slice(0, found.texts.length));
            if (found.code === undefined) reopen(directory).close();
            else expect(found.code).toBe('bad-log');
          }),
      ),
      { numRuns: 300 },
    );
  });
});

describe('a log that is not what it should be', () => {
  const damage = (change: (files: string[], directory: string) => void) =>
    inDirectory(directory => {
      writeLog(directory, ['x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60)], SEGMENT);
      const files = segmentsOf(directory);
      expect(files.length).toBe(3);
      change(files, directory);
      const error = errorOf(() => reopen(directory));
      expect(errorOf(() => [...readLog({ directory })]).message).toBe(error.message);
      expect(error.code).toBe('bad-log');
      return error.message;
    });
  const patch = (file: string, at: number, text: string) => {
    const bytes = fs.readFileSync(file);
    bytes.write(text, at, 'latin1');
    fs.writeFileSync(file, bytes);
  };
  const named = (file: string, offset: number) =>
    file.replace(/\d{20}/, String(offset).padStart(20, '0'));

  it('names a missing first, middle or renamed segment', () => {
    expect(damage(files => fs.rmSync(files[0]!))).toMatch(/0\.segment is missing, the log begins/);
    expect(damage(files => fs.rmSync(files[1]!))).toMatch(
      /2\.segment leaves a gap.*ends at offset 1/,
    );
    expect(damage(files => fs.renameSync(files[2]!, named(files[2]!, 7)))).toMatch(/leaves a gap/);
  });

  it('names a duplicate, by its name or by what it holds', () => {
    expect(
      damage((files, directory) => fs.copyFileSync(files[0]!, `${directory}/copy of 0.segment`)),
    ).toMatch(/copy of 0\.segment is not named by a first offset/);
    expect(damage(files => fs.copyFileSync(files[0]!, named(files[0]!, 3)))).toMatch(
      /says in its header that it begins at offset 0: a copy under another name/,
    );
    expect(
      damage(files => fs.appendFileSync(files[0]!, fs.readFileSync(files[1]!).subarray(28))),
    ).toMatch(/1\.segment repeats records: the segment before it ends at offset 2/);
  });

  it('names a wrong magic, version, checksum or short header', () => {
    expect(damage(files => patch(files[0]!, 0, 'PK'))).toMatch(/begins with "PKLG", not "ORLG"/);
    expect(damage(files => patch(files[1]!, 4, '\x09'))).toMatch(/format version 9, .* version 1/);
    expect(damage(files => patch(files[2]!, 9, '\x09'))).toMatch(/header whose checksum is wrong/);
    expect(damage(files => fs.truncateSync(files[2]!, 27))).toMatch(/has 27 of 28 header bytes/);
  });

  it('names a segment of another run', () =>
    inDirectory(other => {
      writeLog(other, ['a', 'b'], { originNs: 5n });
      const message = damage(files => {
        writeLog(`${other}2`, ['x'.repeat(60), 'y'.repeat(60)], { ...SEGMENT, originNs: 5n });
        fs.copyFileSync(segmentsOf(`${other}2`)[1]!, files[1]!);
      });
      expect(message).toMatch(/1\.segment has origin 5 ns, expected 17000/);
      expect(errorOf(() => reopen(other)).message).toMatch(/0\.segment has origin 5 ns/);
    }));

  it('names a directory without a log', () =>
    inDirectory(directory => {
      expect(errorOf(() => readLog({ directory })).message).toMatch(/holds no log; name the/);
      expect(fs.existsSync(directory)).toBe(false);
      fs.mkdirSync(directory);
      expect(errorOf(() => readLog({ directory })).code).toBe('bad-log');
    }));
});
