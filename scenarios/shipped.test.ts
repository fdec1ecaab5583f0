/** The shipped scenarios, short: without them a loss, a crash or a burst could cost an order. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { newRunFolder, runCommand, startCommand } from './command.ts';
import { playShort } from './play-short.ts';

const TEST_MS = 600_000;
const WAIT = { timeout: 90_000, interval: 50 };

const SHIPPED: [name: string, invariants: number][] = [
  ['burst', 6],
  ['verifier-loss', 6],
  ['feed-interruption', 6],
  ['feed-reconnect', 6],
  ['gateway-crash', 6],
  ['gateway-failover', 6],
  ['gateway-hang', 6],
  ['venue-disconnect', 6],
  ['sequence-mismatch', 7],
  ['kill-switch-under-burst', 5],
  ['fat-finger', 4],
  ['runaway-strategy', 6],
  ['stale-feed', 6],
  ['disk-full', 6],
  ['rolling-upgrade', 6],
  ['disk-full-pair', 6],
  ['rolling-upgrade-pair', 6],
  ['stuck-order', 4],
  ['manual-takeover', 4],
  ['witness-lost', 4],
  ['venue-lost', 5],
  ['trading-day', 4],
  ['sequence-reset', 2],
];

it.concurrent.each(SHIPPED)('%s breaks no invariant', playShort, TEST_MS);

/** Faults that would last for a minute. */
const LONG = `
name: long
about: A frozen verifier and a dead gateway, until somebody interrupts.
load: [{ for: 90s, rate: 1 }]
faults:
  - { at: 100ms, for: 60s, target: verifier, kind: stop }
  - { at: 100ms, for: 60s, target: gateway, kind: kill }
`;

it(
  'undoes its faults and ends its processes on Ctrl-C',
  async () => {
    const out = newRunFolder();
    const file = join(dirname(out), 'long.yaml');
    writeFileSync(file, LONG);
    const scenario = startCommand(['scenario', file, '--out', out]);
    await vi.waitFor(() => {
      for (const fault of ['verifier stop', 'gateway kill']) {
        expect(scenario.stdout).toContain(fault);
      }
    }, WAIT);
    const children = childrenOf(scenario.pid);
    expect(children.length).toBeGreaterThan(3);
    scenario.kill('SIGINT');
    const { status, stdout } = await scenario.done;
    expect(status).toBe(107);
    for (const told of ['verifier stop: undone', 'gateway kill: undone', 'interrupted']) {
      expect(stdout).toContain(told);
    }
    expect(children.filter(isAlive)).toEqual([]);
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('interrupted');
  },
  TEST_MS,
);

it('refuses a bad file with status 104, and a folder that is in use with 107', async () => {
  const out = newRunFolder();
  const file = join(dirname(out), 'bad.yaml');
  writeFileSync(file, `${LONG}options: { parentSecond: 3 }\n`);
  const bad = await runCommand(['scenario', file, '--out', out]);
  expect(bad).toMatchObject({ status: 104, stderr: '' });
  expect(bad.stdout).toContain('parentSecond: unknown option');
  writeFileSync(file, LONG);
  const inUse = await runCommand(['scenario', file, '--out', dirname(out)]);
  expect(inUse.status).toBe(107);
  expect(inUse.stdout).toContain('not empty');
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
