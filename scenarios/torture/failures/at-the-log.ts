/** Failures of the log itself: what a crash or a broken disk leaves behind its last record. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '#engine';
import { readConnections } from '../checker/evidence.ts';
import { isRequest, readFix } from '../checker/read-fix.ts';
import type { World } from '../world.ts';
import { writeReplay } from '../write-replay.ts';
import { between, type Failure, FailureMissed, pause } from './failure.ts';

const TAIL_BYTES_MAX = 64;
const LOST_BYTES_MAX = 900;
const SEGMENT_HEADER_BYTES = 28;
const RECORD_HEADER_BYTES = 8;
/** How long a gateway with a log that is too short is watched. */
const WATCH_MS = 1_500;

function tail(name: string, byteOf: (random: SeededRandom) => number): Failure {
  return {
    ...{ name, group: 'log' },
    async inflict(world, random) {
      await world.killGateway();
      const length = between(random, 1, TAIL_BYTES_MAX);
      const bytes = Buffer.from(Array.from({ length }, () => byteOf(random)));
      appendFileSync(lastSegment(world.directory), bytes);
    },
  };
}

/**
 * Cut at any byte: more is gone than was torn. Where nothing had left for the venue since, the
 * gateway goes on from there. Otherwise the venue knows more than the log: it refuses the Logon,
 * and no order may leave until the log is back from its copy.
 */
const cut: Failure = {
  ...{ name: 'log cut at any byte', group: 'log' },
  async inflict(world, random) {
    await world.killGateway();
    const { directory } = world;
    const log = join(directory, 'gateway.log');
    const kept = join(directory, 'gateway.log.kept');
    rmSync(kept, { recursive: true, force: true });
    cpSync(log, kept, { recursive: true });
    const segment = lastSegment(directory);
    const { size } = statSync(segment);
    // One that has lost its first record as well is a new log.
    const lostBytes = Math.min(between(random, 1, LOST_BYTES_MAX), size - startBytes(segment));
    if (lostBytes < 1) throw new FailureMissed('the log has only begun');
    truncateSync(segment, size - lostBytes);
    if (isVenueAhead(directory)) await watchRefused(world, { log, kept });
    rmSync(kept, { recursive: true, force: true });
  },
};

/** Whether the venue has had a number that the log, as it is now, has not come to. */
function isVenueAhead(directory: string): boolean {
  writeReplay(directory);
  const lines = readFileSync(join(directory, 'replay.jsonl'), 'latin1').split('\n');
  const replayed = lines.flatMap(line =>
    line === '' ? [] : [JSON.parse(line) as { venue: number; sent: string }],
  );
  return readConnections(directory).some((connections, at) => {
    const given = replayed.filter(({ venue }) => venue === at).map(({ sent }) => sent);
    return highestNumber(connections.map(({ up }) => up)) > highestNumber(given);
  });
}

function highestNumber(streams: readonly string[]): number {
  const numbers = streams.flatMap(text => readFix(text).messages.map(({ number }) => number));
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

/** Of the segment up to the end of its first record, which has the configuration. */
function startBytes(segment: string): number {
  const bytes = readFileSync(segment);
  const length =
    bytes.length < SEGMENT_HEADER_BYTES + 4 ? 0 : bytes.readUInt32LE(SEGMENT_HEADER_BYTES);
  return Math.min(bytes.length, SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + length);
}

async function watchRefused(
  world: World,
  { log, kept }: { log: string; kept: string },
): Promise<void> {
  const wire = join(world.directory, 'wire');
  const before = new Set(readdirSync(wire));
  await world.startGateway();
  await pause(WATCH_MS);
  await world.killGateway();
  const refused = join(world.directory, 'refused');
  mkdirSync(refused, { recursive: true });
  let orders = 0;
  for (const name of readdirSync(wire).filter(each => !before.has(each))) {
    const { messages } = readFix(readFileSync(join(wire, name), 'latin1'));
    if (name.endsWith('.up')) orders += messages.filter(isRequest).length;
    renameSync(join(wire, name), join(refused, name));
  }
  rmSync(log, { recursive: true });
  renameSync(kept, log);
  if (orders === 0) return;
  throw new Error(`a gateway whose log had lost what it sent traded on: ${orders} orders left`);
}

function lastSegment(directory: string): string {
  const folder = join(directory, 'gateway.log');
  const names = readdirSync(folder).filter(name => name.endsWith('.segment'));
  return join(folder, names.sort().at(-1)!);
}

/** It is passed over for an older one, or for the whole log. */
const damagedSnapshot: Failure = {
  ...{ name: 'newest snapshot damaged', group: 'snapshot' },
  async inflict(world, random) {
    await world.killGateway();
    const folder = join(world.directory, 'snapshots');
    const newest = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
    if (newest === undefined) throw new FailureMissed('there is no snapshot yet');
    const bytes = readFileSync(join(folder, newest));
    bytes[between(random, 0, bytes.length - 1)]! ^= between(random, 1, 255);
    writeFileSync(join(folder, newest), bytes);
  },
};

export const FAILURES_OF_THE_LOG: readonly Failure[] = [
  damagedSnapshot,
  tail('garbage behind the log', random => between(random, 0, 255)),
  tail('zeros behind the log', () => 0),
  cut,
];
