/** The main job on an exchange's feed: without these, a real market could never reach an order. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { reportSchema } from '#bench';
import { checkReceived } from '#cli';
import { newRunFolder, type RunningCommand, runCommand, startCommand } from './command.ts';
import type { CoinbaseServer } from './runner/feed/coinbase-server.ts';
import { startSimulatedCoinbase } from './simulated-coinbase.ts';

const WAIT = { timeout: 120_000, interval: 50 };
const TEST_MS = 300_000;
const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function startMarket(): Promise<CoinbaseServer> {
  const market = await startSimulatedCoinbase();
  opened.push(() => market.close());
  return market;
}

function start(given: string[]): RunningCommand {
  const command = startCommand(given);
  opened.push(() => {
    command.kill('SIGKILL');
    return command.done;
  });
  return command;
}

const BUSY = ['--parent-seconds', '2', '--slices', '4', '--parent-lots', '20'];

it(
  'runs on an exchange’s feed: decisions, orders at the paper venue, a cut, and a replay',
  async () => {
    const market = await startMarket();
    const out = newRunFolder();
    const url = ['--feed', 'coinbase:SIM-USD', '--feed-url', `ws://127.0.0.1:${market.port}`];
    const run = start(['run', ...url, ...BUSY, '--out', out, '--json']);
    const received = join(out, 'fix', 'venue-received.fix');
    const orders = () =>
      existsSync(received)
        ? checkReceived(readFileSync(received, 'latin1')).messages.filter(m => m.get(35) === 'D')
        : [];
    await vi.waitFor(() => expect(orders().length, run.stderr).toBeGreaterThan(2), WAIT);
    market.cut();
    await new Promise(resolve => setTimeout(resolve, 1000));
    market.restore();
    const before = orders().length;
    await vi.waitFor(() => expect(orders().length).toBeGreaterThan(before + 2), WAIT);
    run.kill('SIGTERM');
    const { status, stderr } = await run.done;
    expect([status, stderr]).toEqual([0, expect.stringContaining('Coinbase Exchange: live')]);
    expect(stderr).toMatch(/SIM-USD: gap: closed by the venue: 1006/);
    expect(market.connections).toBe(2);
    const report = reportSchema.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    expect(report.ticks.taken).toBeGreaterThan(100);
    expect(report.forecasts.hits).toBeGreaterThan(0);
    expect(checkReceived(readFileSync(received, 'latin1')).problems).toEqual([]);
    expect(await runCommand(['replay', out])).toMatchObject({ status: 0 });
  },
  TEST_MS,
);

it(
  'records a feed, and a replay of the file is a run on its ticks',
  async () => {
    const market = await startMarket();
    const file = join(newRunFolder(), '..', 'feed.gz');
    const url = ['--feed', 'coinbase:SIM-USD', '--feed-url', `ws://127.0.0.1:${market.port}`];
    const recorder = start(['record', ...url, '--out', file, '--duration', '6s']);
    const { status, stdout, stderr } = await recorder.done;
    expect([status, stderr]).toEqual([0, expect.stringContaining('live')]);
    expect((JSON.parse(stdout) as { messages: number }).messages).toBeGreaterThan(50);
    const again = await runCommand(['record', ...url, '--out', file]);
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') });
    const out = newRunFolder();
    const replayed = await runCommand([
      'run',
      '--ticks',
      file,
      '--lockstep',
      '--json',
      '--out',
      out,
    ]);
    expect([replayed.status, replayed.stderr]).toEqual([0, expect.anything()]);
    const { ticks } = reportSchema.parse(JSON.parse(replayed.stdout));
    expect(ticks.taken).toBeGreaterThan(50);
  },
  TEST_MS,
);

it.each([
  [['--feed', 'coinbase:BTC USD'], "'BTC USD' is no symbol"],
  [['--feed', 'nasdaq:AAPL'], 'give HOST:PORT, or EXCHANGE:SYMBOL'],
  [['--feed-url', 'ws://127.0.0.1:1'], "without an exchange's feed"],
  [['--feed', 'okx:BTC-USDT', '--feed-url', 'http://x'], 'give ws://HOST:PORT'],
  [['--feed', 'okx:BTC-USDT', '--lockstep'], 'processes run in real time'],
  [['--feed', 'okx:BTC-USDT', '--feed-instrument', 'BTC'], 'SYMBOL=PRICE_INCREMENT:LOT'],
])('refuses %j by name, with the remedy', async (given, why) => {
  const { status, stderr } = await runCommand(['run', ...given]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
});

it('says that an exchange does not answer, and that it knows no such symbol', async () => {
  const market = await startMarket();
  const at = (port: number, symbol: string) =>
    runCommand(['run', '--feed', `coinbase:${symbol}`, '--feed-url', `ws://127.0.0.1:${port}`]);
  const [unknown, nobody] = await Promise.all([at(market.port, 'NO-USD'), at(1, 'SIM-USD')]);
  expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('HTTP 404') });
  expect(nobody.status).toBe(1);
  expect(nobody.stderr).toContain('--feed-instrument SIM-USD=PRICE_INCREMENT:LOT');
});
