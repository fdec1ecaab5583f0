/** Without these, the main job could stop running, or its report could stop saying what it must. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '#bench';
import { newRunFolder, runCommand, startCommand } from './command.ts';
import { EURUSD, GOLD, hasData } from './recordings.ts';

const reportOf = (folder: string) =>
  reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));

const FILES = [
  'run.json',
  'report.json',
  'report.html',
  'latency.hlog',
  'fix/outbound.fix',
  'fix/venue-received.fix',
];

describe('the main job on the built-in exchange', () => {
  it('streams, verifies, trades and replays, through the loss of its verifier', async () => {
    const out = newRunFolder();
    const run = startCommand(['run', '--duration', '90s', '--parent-seconds', '6', '--out', out]);
    const verifier = await childOf(run.pid, 'verifier');
    await until(() => /0:0[5-9] ticks/.test(run.stdout));
    process.kill(verifier, 'SIGSTOP');
    await until(() => /0:1\d ticks/.test(run.stdout));
    const hitsBefore = hitsIn(run.stdout);
    process.kill(verifier, 'SIGCONT');
    await until(() => hitsIn(run.stdout) > hitsBefore);
    run.kill('SIGINT');
    const { status, stdout } = await run.done;
    expect(status).toBe(0);
    expect(stdout).toMatch(/0:0[5-9] ticks \d+ moves \d+ hits \d+ .* verifier up/);
    const report = reportOf(out);
    expect(hitsBefore).toBeGreaterThan(0);
    expect(report.forecasts.late).toBeGreaterThan(0);
    expect(report.orders.filled! + report.orders.partiallyFilled!).toBeGreaterThan(0);
    expect(Object.keys(report.latencyNs)).toContain('tick-to-verified-hit');
    for (const file of FILES) expect(readFileSync(join(out, file)).length).toBeGreaterThan(0);
    expect((await runCommand(['replay', out])).stdout).toMatch(/^identical: \d+ messages/);
  });
});

describe.skipIf(!hasData)('the main job on recorded ticks (needs OUTRIDER_DATA)', () => {
  it('runs at ten times speed over real processes and sockets', async () => {
    const out = newRunFolder();
    const paths = ['--ticks', EURUSD, '--ticks', GOLD];
    const run = ['run', ...paths, '--speed', '10', '--duration', '8s', '--json', '--out', out];
    const { status, stdout } = await runCommand(run);
    expect(status).toBe(0);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.ticks.instruments.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'XAUUSD']);
    expect(report.forecasts.verified).toBeGreaterThan(0);
    expect((await runCommand(['replay', out])).stdout).toMatch(/^identical: \d+ messages/);
  });

  it('claims no latency on the virtual clock, and sends every kind of order', async () => {
    const out = newRunFolder();
    const run = ['run', '--ticks', GOLD, '--speed', 'max', '--duration', '2h', '--out', out];
    expect(await runCommand(run)).toMatchObject({ status: 0 });
    const { latencyNs, orders, ticks, forecasts } = reportOf(out);
    expect(latencyNs).toEqual({});
    expect(ticks.read).toBe(ticks.used + Object.values(ticks.rejected).reduce((a, b) => a + b, 0));
    expect(orders.sent).toBeGreaterThan(100);
    for (const kind of ['cancelled', 'replaced', 'partiallyFilled', 'rejected'] as const) {
      expect(orders[kind]).toBeGreaterThan(0);
    }
    expect(forecasts.hitRate).toBeGreaterThan(0.38);
    expect((await runCommand(['replay', out])).stdout).toMatch(/^identical: \d+ messages/);
  });
});

/** As the latest line says. */
const hitsIn = (stdout: string) => Number([...stdout.matchAll(/ hits (\d+) /g)].at(-1)?.[1]);

async function until(condition: () => boolean): Promise<void> {
  for (const startMs = Date.now(); !condition(); ) {
    if (Date.now() - startMs > 60_000) throw new Error('did not come about in 60 s');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** The process of a command that another one started, from the system's own table. */
async function childOf(parent: number, command: string): Promise<number> {
  const find = () => {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ');
    return children.find(
      pid => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command),
    );
  };
  await until(() => find() !== undefined);
  return Number(find());
}
