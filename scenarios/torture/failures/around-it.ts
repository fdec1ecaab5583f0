/** Failures around the gateway's process: signals and limits, its network, its venue, its edge. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '#engine';
import type { Direction } from '../recorder.ts';
import type { World } from '../world.ts';
import { between, type Failure, FailureMissed, oneOf, pause, waitFor } from './failure.ts';

const REACH_MS = 4_000;
/** SIGTERM cancels, logs out and ends within this. */
const STOP_MS = 6_000;
/** Two heartbeat intervals and a TestRequest each way find a half-open connection. */
const HALF_OPEN_MS = 9_000;
const CUT_BYTES_MAX = 600;
/** An edge is lost after a second. */
const EDGE_LOST_MS = 1_300;

const stoppedFor = (name: string, [leastMs, mostMs]: [number, number]): Failure => ({
  ...{ name, group: 'process' },
  async inflict({ gateway }, random) {
    gateway?.signal('SIGSTOP');
    await pause(between(random, leastMs, mostMs));
    gateway?.signal('SIGCONT');
  },
});

const terminated: Failure = {
  ...{ name: 'SIGTERM', group: 'process' },
  async inflict(world) {
    world.gateway?.expectEnd();
    world.gateway?.signal('SIGTERM');
    if (await waitFor(() => !world.isGatewayAlive, STOP_MS)) return;
    await world.killGateway();
    throw new Error(`SIGTERM: the gateway did not end within ${STOP_MS} ms`);
  },
};

/** The system's own limit, beside the shim's word for it: no write beyond it until it is lifted. */
const fileSizeLimit: Failure = {
  ...{ name: 'file size limit (RLIMIT_FSIZE)', group: 'disk' },
  async inflict(world, random) {
    const before = refusedWrites(world);
    limitFiles(world, String(logBytes(world.directory) + between(random, 1, 400)));
    const isRefused = () => !world.isGatewayAlive || refusedWrites(world) > before;
    const hasCome = await waitFor(isRefused, REACH_MS);
    await pause(between(random, 0, 300));
    if (world.isGatewayAlive) limitFiles(world, 'unlimited');
    if (!hasCome) throw new FailureMissed('no write came to the limit');
  },
};

/** The soft limit alone: a hard one could not be lifted. */
function limitFiles({ gateway }: World, bytes: string): void {
  execFileSync('prlimit', [`--pid=${gateway?.pid}`, `--fsize=${bytes}:`], { stdio: 'ignore' });
}

/** As often as the gateway has said so. */
const refusedWrites = ({ directory }: World): number =>
  readFileSync(join(directory, 'gateway.txt'), 'utf8').split('EFBIG').length;

function logBytes(directory: string): number {
  const folder = join(directory, 'gateway.log');
  const segments = readdirSync(folder).filter(name => name.endsWith('.segment'));
  return statSync(join(folder, segments.sort().at(-1)!)).size;
}

const cutAtByte = (direction: Direction): Failure => ({
  name: `connection cut at a byte ${direction === 'up' ? 'to' : 'from'} the venue`,
  group: 'network',
  async inflict({ recorder }, random) {
    recorder.cutAfter(direction, between(random, 1, CUT_BYTES_MAX));
    if (await waitFor(() => !recorder.isToBeCut, REACH_MS)) return;
    throw new FailureMissed('no such byte came');
  },
});

const reset: Failure = {
  ...{ name: 'connection reset', group: 'network' },
  async inflict({ recorder }) {
    recorder.cut('reset');
  },
};

const halfOpen = (name: string, directions: Direction[]): Failure => ({
  ...{ name: `half-open: ${name}`, group: 'network' },
  async inflict({ recorder }) {
    const before = recorder.connections;
    for (const direction of directions) recorder.swallow(direction);
    if (await waitFor(() => recorder.connections > before, HALF_OPEN_MS)) return;
    throw new Error(`half-open: not noticed within ${HALF_OPEN_MS} ms`);
  },
});

const stalled: Failure = {
  ...{ name: 'network stalled', group: 'network' },
  async inflict({ recorder }, random) {
    const ms = between(random, 50, 900);
    recorder.stall(oneOf(random, ['up', 'down']), ms);
    await pause(ms);
  },
};

const venueKilled = (name: string, awayMs: number): Failure => ({
  ...{ name, group: 'venue' },
  async inflict(world) {
    await world.killVenue();
    await pause(awayMs);
    await world.startVenue();
  },
});

const venueStopped: Failure = {
  ...{ name: 'venue stopped (SIGSTOP)', group: 'venue' },
  async inflict({ venue }, random) {
    venue?.signal('SIGSTOP');
    await pause(between(random, 50, 1_500));
    venue?.signal('SIGCONT');
  },
};

const edgeLost: Failure = {
  ...{ name: 'edge lost', group: 'edge' },
  async inflict({ source }) {
    source.disconnect();
    await pause(EDGE_LOST_MS);
    source.connect();
  },
};

const atTheLink = (name: string, act: (world: World, random: SeededRandom) => void): Failure => ({
  ...{ name: `link of the edge ${name}`, group: 'edge' },
  async inflict(world, random) {
    act(world, random);
    await pause(between(random, 20, 300));
  },
});

export const FAILURES_AROUND: readonly Failure[] = [
  stoppedFor('SIGSTOP for a moment', [10, 400]),
  stoppedFor('SIGSTOP past every deadline', [2_600, 3_000]),
  terminated,
  fileSizeLimit,
  cutAtByte('up'),
  cutAtByte('down'),
  reset,
  halfOpen('the venue hears nothing', ['up']),
  halfOpen('the gateway hears nothing', ['down']),
  halfOpen('neither hears', ['up', 'down']),
  stalled,
  venueKilled('venue killed', 0),
  venueKilled('venue killed, away for a second', 1_150),
  venueStopped,
  edgeLost,
  atTheLink('cut', ({ link }) => link.closeAll()),
  atTheLink('half-open', ({ link }) => link.halfOpen()),
  atTheLink('stalled', ({ link }, random) => link.stall('both', between(random, 1e7, 9e8))),
];
