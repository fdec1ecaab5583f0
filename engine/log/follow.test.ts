/** Following a log while it is written: without these, a reader could skip or double a record. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FAULTS_MAX, followLog, type LogFollower } from './follow.ts';
import { openLog } from './open.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outrider-follow-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const begun = (segmentBytesMax?: number) =>
  openLog({
    directory,
    originNs: 5n,
    ...(segmentBytesMax ? { segmentBytesMax, recordBytesMax: 400 } : undefined),
  });

const seen = (follower: LogFollower, recordsMax = 1_000) =>
  [...follower.next(recordsMax)].map(({ offset, payload }) => `${offset} ${payload[0]}`);

it('gives each record once, as it is flushed, over the ends of segments', () => {
  const log = begun(4096);
  const follower = followLog({ directory });
  const all: string[] = [];
  for (let at = 0; at < 40; at++) {
    log.append(new Uint8Array(300).fill(at));
    if (at % 3 !== 0) continue;
    log.flush();
    all.push(...seen(follower, 2), ...seen(follower));
  }
  log.close();
  all.push(...seen(follower));
  expect(readdirSync(directory).length).toBeGreaterThan(2);
  expect(all).toEqual(Array.from({ length: 40 }, (_, at) => `${at} ${at}`));
});

it('waits for the rest of a record that is half written', () => {
  const log = begun();
  log.append(Uint8Array.of(1));
  log.flush();
  const follower = followLog({ directory });
  expect(seen(follower)).toEqual(['0 1']);
  const [file] = readdirSync(directory);
  appendFileSync(join(directory, file!), Uint8Array.of(9, 0));
  expect(seen(follower)).toEqual([]);
});

it('says that a log became shorter, rather than wait for ever', () => {
  const log = begun();
  log.append(Uint8Array.of(1));
  log.close();
  const follower = followLog({ directory });
  expect(seen(follower)).toEqual(['0 1']);
  const [file] = readdirSync(directory);
  truncateSync(join(directory, file!), 30);
  const looks = () => {
    for (let at = 0; at < FAULTS_MAX; at++) seen(follower);
  };
  expect(looks).toThrow(/is shorter than it was|holds no/);
});
