/** Without these, bad input could crash or hang a run instead of naming itself. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newRunFolder, runCommand, startCommand } from './command.ts';
import { EURUSD, hasData } from './recordings.ts';

const FEED = ['--feed', 'h:1'];
const GATEWAY = ['--gateway', 'h:2'];

describe('the command line', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown option', ['--seeed', '3'], /--seeed/],
    ['a limit of 0', ['--position-lots', '0'], /positionLots: 0 .*>=1/],
    ['a number that is none', ['--branches', 'many'], /branches: "many"/],
    ['a fraction of a move', ['--moves', '2.5'], /moves: 2.5/],
    ['too large a speculation', ['--trajectories', '256', '--branches', '64'], /at most 65536/],
    ['lockstep at a pace', ['--lockstep', '--speed', '10'], /speed: 10 with lockstep/],
    ['max speed without ticks', ['--speed', 'max'], /speed: max.*--ticks/],
    ['a duration without a unit', ['--duration', '20'], /duration: "20"/],
    ['ticks that are not there', ['--ticks', 'nowhere.zip'], /nowhere\.zip/],
    ['a zone that is none', ['--ticks', EURUSD, '--time-zone', 'Mars/Base'], /Mars\/Base|EURUSD/i],
    ['a verifier without a port', ['--verifier', 'localhost'], /verifier: "localhost"/],
    ['a port beyond the last', ['--venue', 'here:65536'], /venue: "here:65536" .*1 to 65535/],
    ['a feed at max speed', [...FEED, '--speed', 'max'], /feed: h:1 with speed max: leave one out/],
    ['a gateway in lockstep', [...GATEWAY, '--lockstep'], /gateway: h:2 with lockstep: leave one/],
    ['a venue at max speed', ['--venue', 'h:3', '--speed', 'max'], /venue: h:3 with speed max/],
    [
      'two sources of ticks',
      [...FEED, '--ticks', 'a.zip'],
      /feed: h:1 with ticks a\.zip: give one/,
    ],
    ['stages without factors', ['--stages', '20s,10s'], /stages: "20s,10s" .*20s:1,30s:10/],
    ['stages for a feed', [...FEED, '--stages', '1s:2'], /stages: 1s:2 with feed/],
    ['a pace for a feed', [...FEED, '--speed', '2'], /feed: h:1 with speed 2: leave speed out/],
    ['two ways to a venue', [...GATEWAY, '--venue', 'h:3'], /venue: h:3 with gateway h:2: leave/],
    [
      'a feed that is not there',
      ['--feed', '127.0.0.1:1'],
      /feed 127.0.0.1:1: ECONNREFUSED; check/,
    ],
  ])('refuses %s by name', async (_, options, message) => {
    const { status, stderr } = await runCommand(['run', ...options, '--out', newRunFolder()]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect([1, 2]).toContain(status);
  });

  it('refuses a run folder that holds a run, or the run would be lost', async () => {
    const folder = newRunFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'report.json'), '{}');
    const { status, stderr } = await runCommand(['run', '--out', folder]);
    expect(stderr).toMatch(/needs a new or empty folder/);
    expect(status).toBe(2);
  });

  it('refuses unknown keys of the configuration file by name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-config-'));
    writeFileSync(join(folder, 'outrider.config.json'), '{"trajectorys": 3}');
    const { loadConfig } = await import('#cli');
    const before = process.cwd();
    // The file is looked for where the command is run.
    const load = () => {
      process.chdir(folder);
      try {
        loadConfig({});
      } finally {
        process.chdir(before);
      }
    };
    if (canChangeDirectory()) expect(load).toThrow(/trajectorys: unknown option/);
    else expect(() => loadConfig({ trajectorys: 3 })).toThrow(/trajectorys: unknown option/);
  });

  it('names the port that is in use', async () => {
    const server = net.createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { status, stderr } = await runCommand(['verifier', '--listen', `127.0.0.1:${port}`]);
    server.close();
    expect(stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*EADDRINUSE`));
    expect(status).toBe(1);
  });
});

describe.skipIf(!hasData)('a recording (needs OUTRIDER_DATA)', () => {
  it('that is cut off gives its whole rows and a readable run folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-cut-'));
    const zip = join(folder, '20140502_quote.zip');
    const bytes = readFileSync(EURUSD);
    writeFileSync(zip, bytes.subarray(0, 40_000));
    const out = newRunFolder();
    const run = ['run', '--ticks', zip, '--lockstep', '--out', out];
    expect(await runCommand(run)).toMatchObject({ status: 0 });
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    const { read, used, rejected } = report.ticks;
    const sum = Object.values<number>(rejected).reduce((total, n) => total + n, 0);
    expect(used).toBeGreaterThan(1000);
    expect(read).toBe(used + sum);
    expect((await runCommand(['replay', out])).stdout).toMatch(/^identical: /);
  });
});

describe.skipIf(!canMount())('a full disk (needs root to mount a small one)', () => {
  it('ends the run with a clear error and leaves logs that replay', async () => {
    const mount = mkdtempSync(join(tmpdir(), 'outrider-full-'));
    await sh(`mount -t tmpfs -o size=3m tmpfs ${mount}`);
    try {
      const out = join(mount, 'run');
      const run = startCommand(['run', '--ticks', EURUSD, '--lockstep', '--out', out]);
      const { status, stderr } = await run.done;
      expect(stderr).toMatch(/ENOSPC|no space/i);
      expect(status).toBe(1);
      expect(existsSync(join(out, 'run.json'))).toBe(true);
      expect((await runCommand(['replay', out])).stdout).toMatch(/^identical prefix: \d+ of \d+/);
    } finally {
      await sh(`umount ${mount}`);
    }
  });
});

/** vitest workers may be threads, which have no directory of their own. */
function canChangeDirectory(): boolean {
  try {
    process.chdir(process.cwd());
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  return hasData && process.platform === 'linux' && process.getuid?.() === 0;
}

async function sh(command: string): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  execFileSync('sh', ['-c', command]);
}
