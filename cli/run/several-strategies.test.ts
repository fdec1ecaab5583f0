/** Edges of two strategies at one gateway: what each holds and loses is its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { compareRun } from './compare.ts';
import { checkReceived } from './remote-fix-checker.ts';
import { openProcesses, openTrader, type Processes, type Trader } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const SIMA = 0;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function trader(feedPort: number, gatewayPort: number, strategy: string): Promise<Trader> {
  const each = await openTrader(feedPort, gatewayPort, { strategy });
  opened.push(each);
  await vi.waitFor(() => expect(each.link.state).toBe('up'), WAIT);
  await vi.waitFor(() => expect(each.quotes.every(Boolean)).toBe(true), WAIT);
  return each;
}

const requestsIn = (world: Processes, type: string) =>
  checkReceived(world.received()).messages.filter(message => message.get(35) === type);

it(
  'trade apart; of one that dies the orders are cancelled, the other’s stay',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const desk = join(world.directory, 'desk.json');
    const parties = { senderCompId: 'OUTRIDER', targetCompId: 'VENUE', postOnly: true };
    const strategies = ['alpha', 'beta'].map(name => ({ name, account: 'fund' }));
    writeFileSync(
      desk,
      JSON.stringify({
        venues: [{ name: 'paper', ...parties }],
        ...{ strategies, accounts: [{ name: 'fund' }] },
      }),
    );
    const venue = await world.venue();
    const gateway = await world.gateway(['--desk', desk]);
    const alpha = await trader(venue.feedPort, gateway.port, 'alpha');
    const beta = await trader(venue.feedPort, gateway.port, 'beta');
    await vi.waitFor(() => {
      alpha.wish(SIMA, { lots: 2, style: 'cross', offset: 5 });
      beta.wish(SIMA, { lots: -3, style: 'cross', offset: 5 });
      expect([alpha.positions[SIMA], beta.positions[SIMA]]).toEqual([2, -3]);
    }, WAIT);
    const before = requestsIn(world, 'D').length;
    // One lot and four, far enough away to stay; a wish on a tick that is too old is refused.
    await vi.waitFor(() => {
      alpha.wish(SIMA, { lots: 3, style: 'join', offset: -40 });
      expect(requestsIn(world, 'D')).toHaveLength(before + 1);
    }, WAIT);
    await vi.waitFor(() => {
      beta.wish(SIMA, { lots: 1, style: 'join', offset: -40 });
      expect(requestsIn(world, 'D')).toHaveLength(before + 2);
    }, WAIT);
    beta.close();
    await vi.waitFor(() => expect(requestsIn(world, 'F')).toHaveLength(1), WAIT);
    // As long again: were alpha lost too, its order would be cancelled by now.
    await new Promise(resolve => setTimeout(resolve, 1500));
    const [cancelled] = requestsIn(world, 'F');
    const order = requestsIn(world, 'D').find(each => each.get(11) === cancelled!.get(41));
    expect(order!.get(38)).toBe('400');
    expect(requestsIn(world, 'F')).toHaveLength(1);
    const again = await trader(venue.feedPort, gateway.port, 'beta');
    await vi.waitFor(() => expect(again.positions[SIMA]).toBe(-3), WAIT);
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(checkReceived(world.received()).problems).toEqual([]);
    expect(compareRun(world.directory)).toMatchObject({ kind: 'identical' });
  },
  TEST_MS,
);
