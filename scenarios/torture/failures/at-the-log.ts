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
import { isRequest } from '../checker/expect-orders.ts';
import { readFix } from '../checker/read-fix.ts';
import { readGatewayLog } from '../checker/read-log.ts';
import type { World } from '../world.ts';
import { writeReplay } from '../write-replay.ts';
import { between, type Failure, FailureMissed, pause } from './failure.ts';

const TAIL_BYTES_MAX = 64;
const LOST_BYTES_MAX = 900;
const SEGMENT_HEADER_BYTES = 28;
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
    cpSync(log, kept, { recursive: true });
    const segment = lastSegment(directory);
    const { size } = statSync(segment);
    const lostBytes = between(random, 1, LOST_BYTES_MAX);
    truncateSync(segment, Math.max(SEGMENT_HEADER_BYTES, size - lostBytes));
    if (hasSentSince(directory)) await watchRefused(world, { log, kept });
    rmSync(kept, { recursive: true, force: true });
  },
};

/** Whether a record that the log has lost had made bytes leave. */
function hasSentSince(directory: string): boolean {
  const left = readGatewayLog(join(directory, 'gateway.log')).records.length;
  const copy = join(directory, 'whole');
  mkdirSync(copy);
  cpSync(join(directory, 'gateway.log.kept'), join(copy, 'gateway.log'), { recursive: true });
  writeReplay(copy);
  const lines = readFileSync(join(copy, 'replay.jsonl'), 'latin1').split('\n');
  rmSync(copy, { recursive: true });
  return lines.some(line => line !== '' && (JSON.parse(line) as { record: number }).record >= left);
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
