/** A pair upgraded node by node: rules that one of them lacks would part their logs. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { logDigest } from '#engine';
import { NEWEST_STEP_VERSION, STEP_VERSIONS, stepsText } from '#gateway';
import { checkReceived } from './remote-fix-checker.ts';
import type { Process } from './remote-processes.ts';
import { keepTrading, openPair, PAIR_WAIT as WAIT } from './testing/pair-world.ts';

const TEST_MS = 600_000;
const OLDER_STEPS = STEP_VERSIONS.filter(version => version !== NEWEST_STEP_VERSION);
const OLDER = Math.max(...OLDER_STEPS);
const KNOWN = stepsText({ steps: OLDER_STEPS });
const hook = pathToFileURL(join(import.meta.dirname, 'testing', 'older-build.mjs'));
const OLDER_BUILD = { environment: { NODE_OPTIONS: `--import ${hook}` } };
const SWITCHING = { further: ['--step-version', String(NEWEST_STEP_VERSION)] };

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function stopped(node: Process): Promise<void> {
  node.kill('SIGTERM');
  expect(await node.exited).toBe(0);
}

it(
  'follows under the rules of the log, and changes them once both nodes know the new ones',
  async () => {
    const world = await openPair({ starting: { first: OLDER_BUILD, second: SWITCHING } });
    opened.push(world);
    await world.inSync();
    const trading = keepTrading(world.trader);
    await world.moreOrders();
    expect(await world.status('A')).toMatchObject({ stepVersion: OLDER, standby: 'B' });

    await stopped(world.first);
    await world.promote('B', 'Ada');
    await world.trades('B', 2);
    const again = await world.startNode('A', OLDER_BUILD);
    await world.inSync();
    await world.moreOrders();
    const waits = `step version ${NEWEST_STEP_VERSION} is not switched to: A knows ${KNOWN}`;
    expect(world.second.stderr).toContain(waits);
    expect(await world.status('B')).toMatchObject({ stepVersion: OLDER });

    await stopped(again);
    const upgraded = await world.startNode('A');
    await world.inSync();
    await vi.waitFor(async () => {
      for (const name of ['A', 'B'] as const) {
        expect((await world.status(name)).stepVersion).toBe(NEWEST_STEP_VERSION);
      }
    }, WAIT);
    await world.moreOrders();
    trading.stop();
    await stopped(world.second);
    await stopped(upgraded);
    const logs = [world.folders.A, world.folders.B].map(folder => join(folder, 'gateway.log'));
    expect(logDigest(logs[0]!)).toBe(logDigest(logs[1]!));
    expect(checkReceived(world.received()).problems).toEqual([]);

    const back = await world.startNode('A', OLDER_BUILD);
    expect(await back.exited).not.toBe(0);
    expect(back.stderr).toContain(`step version ${NEWEST_STEP_VERSION}: this build knows ${KNOWN}`);
  },
  TEST_MS,
);
