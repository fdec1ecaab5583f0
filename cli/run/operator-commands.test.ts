/** kill, arm and limits as their commands: each step of docs/runbooks on real processes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { compareRun } from './compare.ts';
import { operatedDesk, outrider } from './operated-desk.ts';
import { checkReceived } from './remote-fix-checker.ts';
import { openProcesses, openTrader, type Processes, type Trader } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const SIMA = 0;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function trading(world: Processes, file: string) {
  const venue = await world.venue();
  let gateway = await world.gateway(['--desk', file]);
  const trader = await openTrader(venue.feedPort, gateway.port);
  opened.push(trader);
  await vi.waitFor(() => expect(trader.quotes.every(Boolean)).toBe(true), WAIT);
  return {
    desk: trader,
    async stop() {
      gateway.kill('SIGTERM');
      await gateway.exited;
    },
    async again() {
      gateway.kill('SIGKILL');
      await gateway.exited;
      gateway = await world.gateway(['--desk', file]);
      await vi.waitFor(() => expect(trader.link.state).toBe('up'), WAIT);
    },
  };
}

const typesIn = (world: Processes) =>
  checkReceived(world.received()).messages.map(message => message.get(35));
const countOf = (world: Processes, type: string) =>
  typesIn(world).filter(each => each === type).length;

/** Wishes for more than is held, far from the market, until such an order is at the venue. */
async function resting(world: Processes, trader: Trader): Promise<void> {
  const before = countOf(world, 'D');
  await vi.waitFor(() => {
    const lots = trader.positions[SIMA]! + 3;
    trader.wish(SIMA, { lots, style: 'join', offset: -20 });
    expect(countOf(world, 'D')).toBeGreaterThan(before);
  }, WAIT);
}

it(
  'kill cancels what rests and outlives a restart; arming takes two operators',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const { file, as } = await operatedDesk(world);
    const { desk: trader, again, stop } = await trading(world, file);
    await resting(world, trader);

    expect(await outrider('kill', ...as('ada'))).toEqual({
      ...{ exit: 0, text: 'applied: firm was active, is halted' },
    });
    await vi.waitFor(() => expect(typesIn(world).at(-1)).toBe('F'), WAIT);
    const orders = countOf(world, 'D');
    await again();
    for (let count = 0; count < 5; count++) {
      trader.wish(SIMA, { lots: 3 + count, style: 'cross' });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(countOf(world, 'D')).toBe(orders);
    const shown = await outrider('limits', 'show', '--out', world.directory);
    expect(shown.text).toContain('firm: halted by kill-switch');

    expect(await outrider('arm', ...as('ada'))).toMatchObject({ exit: 3 });
    expect(await outrider('arm', ...as('ada'))).toMatchObject({ exit: 1 });
    expect((await outrider('limits', 'show', '--out', world.directory)).text).toContain(
      'ada asked for {"kind":"state","scope":"firm","state":"active"}',
    );
    const armed = await outrider('arm', ...as('bea'));
    expect(armed).toMatchObject({ exit: 0, text: expect.stringContaining('asked for by ada') });
    await resting(world, trader);

    const evidence = readFileSync(join(world.directory, 'risk.jsonl'), 'utf8');
    const outcomes = evidence.split('\n').filter(line => line.includes('"kind":"operator"'));
    expect(outcomes.map(line => JSON.parse(line).status)).toEqual([
      ...['applied', 'waiting', 'refused', 'applied'],
    ]);
    await stop();
    expect(compareRun(world.directory)).toMatchObject({ kind: 'identical' });
  },
  TEST_MS,
);

it(
  'limits tighten by one operator, loosen by two, and hold at once',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const { file, as } = await operatedDesk(world);
    const { desk: trader } = await trading(world, file);
    await resting(world, trader);
    const limit = ['--scope', 'strategy:alpha', '--limit', 'orderLots', '--hard'];
    const set = (operator: string, hard: string) =>
      outrider('limits', 'set', ...as(operator), ...limit, hard);

    expect(await set('ada', '2')).toEqual({
      ...{ exit: 0, text: 'applied: strategy:alpha orderLots was none soft, 50 hard, ' },
      text: expect.stringContaining('is none soft, 2 hard lots'),
    });
    const orders = countOf(world, 'G');
    for (let count = 0; count < 5; count++) {
      trader.wish(SIMA, { lots: 4, style: 'join', offset: -20 - count });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    expect(countOf(world, 'G')).toBe(orders);
    expect((await set('ada', '60')).exit).toBe(3);
    expect((await set('bea', '60')).exit).toBe(0);
    await vi.waitFor(() => {
      trader.wish(SIMA, { lots: 4, style: 'join', offset: -20 });
      expect(countOf(world, 'G')).toBeGreaterThan(orders);
    }, WAIT);

    const nobody = { exit: 1, text: expect.stringContaining('that runs') };
    expect(await outrider('kill', ...as('ada').with(1, '/nowhere'))).toEqual(nobody);
    expect(await set('ada', 'x')).toMatchObject({ exit: 2 });
    expect(await outrider('limits', 'set', ...as('eve'))).toMatchObject({ exit: 2 });

    expect(await reconciled(world, trader.positions[SIMA]!)).toEqual({
      ...{ exit: 0, text: 'applied: 2 positions of clearing compared, 0 differ' },
    });
    expect(await reconciled(world, 9)).toEqual({
      ...{ exit: 1, text: expect.stringContaining('1 differ; fund SIMA: ours 0, theirs 9') },
    });
    expect(await reconciled(world, 0, 'nobody')).toMatchObject({ exit: 1 });
  },
  TEST_MS,
);

/** A statement of one position, held against those of the gateway. */
function reconciled({ directory }: Processes, lots: number, account = 'fund') {
  const file = join(directory, 'statement.json');
  const positions = [{ account, instrument: 'SIMA', lots }];
  writeFileSync(file, JSON.stringify({ source: 'clearing', positions }));
  return outrider('reconcile', '--out', directory, '--statement', file);
}
