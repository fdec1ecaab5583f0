/** A run whose gateway slices: without these, slices could not be told from the log of a run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newRunFolder, runCommand } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const DESK = {
  venues: [{ name: 'paper', senderCompId: 'GATEWAY', targetCompId: 'VENUE', postOnly: true }],
  accounts: [{ name: 'fund' }],
  strategies: [
    {
      ...{ name: 'alpha', account: 'fund' },
      execution: {
        slicing: { kind: 'twap', durationSeconds: 60, slices: 6 },
        quotesEveryMs: 250,
      },
    },
  ],
};

it.skipIf(!hasData)(
  'gives the same bytes from its logs, and every slice by its record (needs OUTRIDER_DATA)',
  async () => {
    const folder = newRunFolder();
    const desk = `${folder}-desk.json`;
    writeFileSync(desk, JSON.stringify(DESK));
    const policy = ['--policy', 'follow-forecast', '--wait-spread-percent', '0'];
    const given = ['--ticks', EURUSD, '--speed', 'max', '--duration', '10m', '--desk', desk];
    const run = ['run', ...given, ...policy, '--parent-lots', '60', '--out', folder];
    expect(await runCommand(run)).toMatchObject({ status: 0 });
    const replayed = await runCommand(['replay', folder]);
    expect(replayed.stdout).toMatch(/^identical: \d{2,} messages/);
    const { stdout, status } = await runCommand(['replay', folder, '--parents']);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^record \d+ 20140502-00:\d\d:\d\d\.\d{3} parent 1: alpha EURUSD (buy|sell) 60: began, 0 /,
    );
    const second = lines.filter(line => line.includes(': slice of 10, 20 released'));
    expect(second.length).toBeGreaterThan(0);
  },
);

const SEVERAL = {
  ...DESK,
  venues: ['north', 'south', 'west'].map(name => ({
    ...{ name, senderCompId: 'GATEWAY', targetCompId: name.toUpperCase() },
    ...{ timesInForce: ['day', 'ioc'], postOnly: true },
  })),
};

it('chooses between paper venues of its own, whose bytes are those of its log', async () => {
  const folder = newRunFolder();
  const desk = `${folder}-desk.json`;
  writeFileSync(desk, JSON.stringify(SEVERAL));
  const policy = ['--policy', 'follow-forecast', '--wait-spread-percent', '0'];
  const given = ['--desk', desk, '--duration', '20s', '--parent-lots', '40'];
  expect(await runCommand(['run', ...given, ...policy, '--out', folder])).toMatchObject({
    status: 0,
  });
  const orders = ['', '-south', '-west'].map(name => {
    const received = join(folder, 'fix', `venue-received${name}.fix`);
    return readFileSync(received, 'latin1').split('\u000135=D\u0001').length - 1;
  });
  expect(orders[1]! + orders[2]!).toBeGreaterThan(0);
  const { stdout, status } = await runCommand(['replay', folder]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^identical: \d+ messages, sha256 \w+\n/);
}, 120_000);
