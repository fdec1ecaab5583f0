/** Two gateway processes and a witness: what a death, a hang or a cut of one may not cost. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { logDigest } from '#engine';
import { checkReceived } from './remote-fix-checker.ts';
import { openProcesses, type Process } from './remote-processes.ts';
import {
  at,
  keepTrading,
  openPair as openPairWorld,
  type PairSetting,
  type PairWorld,
} from './testing/pair-world.ts';

const TEST_MS = 600_000;
const LEASE_MS = 3_000;

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openPair(setting?: PairSetting): Promise<PairWorld> {
  const world = await openPairWorld(setting);
  opened.push(world);
  return world;
}

/** Whole logs are equal once the primary has ended in order and the other has followed to there. */
async function stopBoth(world: PairWorld, primary: Process, standby: Process): Promise<void> {
  primary.kill('SIGTERM');
  expect(await primary.exited).toBe(0);
  standby.kill('SIGTERM');
  expect(await standby.exited).toBe(0);
  expectSameLogs(world);
}

function expectSameLogs({ folders }: PairWorld): void {
  const [one, other] = (['A', 'B'] as const).map(name =>
    logDigest(join(folders[name], 'gateway.log')),
  );
  expect(one).toBe(other);
}

describe('a pair of gateway processes with a witness and watchdogs', () => {
  it(
    'goes on at the other node when one is killed, which then follows, and back again',
    async () => {
      const world = await openPair();
      await world.inSync();
      const trading = keepTrading(world.trader);
      await world.moreOrders();
      process.kill((await world.status('A')).pid, 'SIGKILL');
      await world.trades('B', 2);
      await world.moreOrders();
      const again = await world.startNode('A');
      await world.inSync();
      expect(await world.status('B')).toMatchObject({ pairing: 'paired', standby: 'A' });
      process.kill((await world.status('B')).pid, 'SIGKILL');
      await world.trades('A', 3);
      await world.moreOrders();
      const follower = await world.startNode('B');
      await world.inSync();
      await world.moreOrders();
      trading.stop();
      await stopBoth(world, again, follower);
      expect(checkReceived(world.received()).problems).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'has the watchdog end a node that hangs, before the other trades, and none that is ending',
    async () => {
      const world = await openPair();
      await world.inSync();
      const trading = keepTrading(world.trader);
      await world.moreOrders();
      process.kill((await world.status('A')).pid, 'SIGSTOP');
      await world.trades('B', 2);
      await world.moreOrders();
      trading.stop();
      expect(world.first.stderr).toContain('does not answer: killed');
      expect(await world.first.exited).toBe(137);
      expect(checkReceived(world.received()).problems).toEqual([]);
      // A venue that does not answer a Logout is waited for, longer than a node may hang.
      world.venueProcess.kill('SIGSTOP');
      world.second.kill('SIGTERM');
      expect(await world.second.exited).toBe(0);
    },
    TEST_MS,
  );
});

it(
  'a node that is stopped is not taken over from, though its venue has not answered the Logout',
  async () => {
    const world = await openPair({ leaseMs: LEASE_MS });
    await world.inSync();
    const trading = keepTrading(world.trader);
    await world.moreOrders();
    trading.stop();
    world.venueProcess.kill('SIGSTOP');
    world.first.kill('SIGTERM');
    expect(await world.first.exited).toBe(0);
    await new Promise(resolve => setTimeout(resolve, LEASE_MS));
    expect(await world.status('B')).toMatchObject({ epoch: 1, isTrading: false });
    expectSameLogs(world);
  },
  TEST_MS,
);

it('a node whose port is taken says so and ends, or its watchdog would wait for ever', async () => {
  const world = openProcesses();
  opened.push(world);
  const witness = await world.start(['witness', '--listen', at(0), '--out', world.directory]);
  const places = ['--listen', at(0), '--venue', at(9), '--replicate', at(witness.port)];
  const own = ['--out', join(world.directory, 'A'), '--node', 'A'];
  const node = await world.start(['gateway', ...places, ...own]);
  expect(await node.exited).toBe(1);
  expect(node.stderr).toContain(`listen on ${at(witness.port)}: EADDRINUSE`);
});
