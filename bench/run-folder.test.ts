/** The folder of a run, on a good disk and on one that fills up. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Disk, diskError, nodeDisk, OutriderError, openLog, readLog } from '#engine';
import { createLatencyRecorder } from './latency/recorder.ts';
import { createReport } from './report.ts';
import type { RunInfo } from './run-folder/run-info.ts';
import { createRunFolder, readRunFolder } from './run-folder.ts';
import { smallRun } from './testing/small-run.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'outrider-run-folder-'));
});

afterEach(() => {
  rmSync(base, { recursive: true });
});

const INFO: RunInfo = {
  version: 1,
  config: { seed: 7, ticks: ['eurusd.zip'], lockstep: true },
  seed: 7,
  originNs: '1398988800000000000',
  instruments: ['EURUSD'],
  versions: { outrider: '0.1.0', node: '24.0.0' },
  hashes: { target: 'a'.repeat(64) },
  sideInputs: 0,
  threads: 'edge: the main thread, parks',
};

const message = (text: string) => Buffer.from(`8=FIX.4.4\u0001${text}\u000110=000\u0001`);

function errorOf(action: () => unknown): OutriderError {
  try {
    action();
  } catch (error) {
    if (error instanceof OutriderError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A disk with room for so many bytes. */
function smallDisk(bytes: number): Disk & { room: number } {
  const disk: Disk & { room: number } = {
    ...nodeDisk,
    room: bytes,
    write(file, given, position) {
      const taken = given.subarray(0, Math.min(given.length, disk.room, 700));
      if (taken.length === 0)
        throw diskError('write', file.path, new Error('ENOSPC: no space left'));
      disk.room -= taken.length;
      return nodeDisk.write(file, taken, position);
    },
  };
  return disk;
}

describe('a new run folder', () => {
  it('holds what was written, as it reads back: nothing of a run may get lost', () => {
    const path = join(base, 'run');
    const folder = createRunFolder(path);
    folder.writeRun(INFO);
    const messages = Array.from({ length: 5000 }, (_, n) =>
      message(`34=${n}\u000158=${'x'.repeat(n % 300)}`),
    );
    for (const one of messages) folder.outbound!.append(one);
    folder.received[0]!.append(messages[0]!);
    folder.flush();
    expect(readFileSync(folder.fixOutbound)).toEqual(Buffer.concat(messages));
    const recorder = createLatencyRecorder({ originNs: 0n, startNs: 0, hasIntervals: false });
    recorder.record('risk', 700);
    folder.writeLatency(recorder.log(1e9));
    recorder.destroy();
    const report = createReport(smallRun(1).evidence.findings(), {
      size: { branches: 1, trajectories: 1, moves: 1 },
      latencyNs: {},
      latencyComparable: true,
      logDigests: { edgeLog: '', gatewayLog: '' },
    });
    folder.writeReport(report, '<!doctype html>');
    folder.close();
    const read = readRunFolder(path);
    expect(read.run).toEqual(INFO);
    expect(read.report).toEqual(report);
    expect(read.latency?.risk?.summary.count).toBe(1);
    expect(readFileSync(read.venueReceived)).toEqual(messages[0]);
    expect(readFileSync(join(path, 'report.html'), 'utf8')).toBe('<!doctype html>');
  });

  it('has room for the two input logs', () => {
    const folder = createRunFolder(join(base, 'run'));
    for (const directory of [folder.edgeLog, folder.gatewayLog]) {
      const log = openLog({ directory, originNs: 0n });
      log.append(Buffer.from('first'));
      log.close();
      const [record] = readLog({ directory });
      expect(Buffer.from(record!.payload).toString()).toBe('first');
    }
    folder.close();
  });

  it.each([
    ['gateway', ['edge.log'], undefined],
    ['venue', ['edge.log', 'fix', 'gateway.log'], ['outbound.fix']],
  ] as const)(
    'has no empty file of a %s elsewhere: it would say that nothing was sent',
    (...row) => {
      const [elsewhere, names, fix] = row;
      const path = join(base, 'run');
      const folder = createRunFolder(path, { elsewhere });
      folder.outbound?.append(message('34=1'));
      folder.flush();
      folder.close();
      expect(readdirSync(path).toSorted()).toEqual(names);
      if (fix !== undefined) expect(readdirSync(join(path, 'fix'))).toEqual(fix);
    },
  );

  it('is made in an empty folder, and in none that holds anything', () => {
    const empty = join(base, 'empty');
    mkdirSync(empty);
    createRunFolder(empty).close();
    const error = errorOf(() => createRunFolder(empty));
    expect(error.code).toBe('bad-usage');
    expect(error.message).toContain(`${empty}: holds`);
    expect(error.message).toContain('give another path');
  });

  it('does not take the place of a file', () => {
    const file = join(base, 'file');
    writeFileSync(file, 'mine');
    expect(errorOf(() => createRunFolder(file))).toMatchObject({ code: 'bad-usage' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('on a full disk', () => {
  it('the FIX file ends with a whole message; what waited is written when there is room', () => {
    const disk = smallDisk(3000);
    const folder = createRunFolder(join(base, 'run'), { disk });
    const first = message('34=1');
    const second = message(`34=2\u000158=${'y'.repeat(5000)}`);
    folder.outbound!.append(first);
    folder.outbound!.flush();
    folder.outbound!.append(second);
    const error = errorOf(() => folder.outbound!.flush());
    expect(error.code).toBe('disk');
    expect(error.message).toContain('outbound.fix');
    expect(error.message).toContain('ENOSPC');
    expect(readFileSync(folder.fixOutbound)).toEqual(first);
    disk.room = 100_000;
    folder.outbound!.flush();
    expect(readFileSync(folder.fixOutbound)).toEqual(Buffer.concat([first, second]));
    folder.close();
  });

  it('takes no more messages than the buffer holds, and says so', () => {
    const folder = createRunFolder(join(base, 'run'), { disk: smallDisk(0) });
    const big = message('z'.repeat(60_000));
    const error = errorOf(() => {
      for (let n = 0; n < 10; n++) folder.outbound!.append(big);
    });
    expect(error.code).toBe('disk');
    expect(errorOf(() => folder.close()).code).toBe('disk');
    expect(readFileSync(folder.fixOutbound)).toHaveLength(0);
  });

  it('an earlier report stands whole, and the folder reads', () => {
    const disk = smallDisk(2000);
    const path = join(base, 'run');
    const folder = createRunFolder(path, { disk });
    folder.writeRun(INFO);
    disk.room = 50;
    const changed = { ...INFO, threads: 'x'.repeat(1000) };
    expect(errorOf(() => folder.writeRun(changed)).code).toBe('disk');
    folder.close();
    expect(readRunFolder(path)).toMatchObject({ run: INFO, report: undefined, latency: undefined });
  });
});

describe('what is no run folder', () => {
  it('is refused by its path, with what to give instead', () => {
    const error = errorOf(() => readRunFolder(base));
    expect(error.code).toBe('bad-usage');
    expect(error.message).toContain(`${base}: no run.json`);
  });

  it.each([
    ['no JSON', 'run.json', '{"version": 1'],
    ['a wrong field', 'field hashes.target', JSON.stringify({ ...INFO, hashes: { target: 7 } })],
  ])('or whose run.json is %s is refused by name', (_, named, text) => {
    writeFileSync(join(base, 'run.json'), text);
    const error = errorOf(() => readRunFolder(base));
    expect(error.code).toBe('bad-data');
    expect(error.message).toContain(named);
  });

  it('leaves nothing behind where it was refused', () => {
    writeFileSync(join(base, 'mine.txt'), '');
    errorOf(() => createRunFolder(base));
    expect(readdirSync(base)).toEqual(['mine.txt']);
  });
});
