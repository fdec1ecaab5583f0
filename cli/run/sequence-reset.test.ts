/** docs/runbooks/sequence-reset.md on real processes: a gateway that lost its log trades again. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { operatedDesk, outrider } from './operated-desk.ts';
import { checkReceived } from './remote-fix-checker.ts';
import { openProcesses, openTrader, type Processes } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const SIMA = 0;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const receivedBy = (world: Processes) => checkReceived(world.received()).messages;

it(
  'halts, says what the venue expects, and trades again once two operators asked for a reset',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const { file, as } = await operatedDesk(world, { massStatus: true });
    const venue = await world.venue();
    const gateway = await world.gateway(['--desk', file]);
    const trader = await openTrader(venue.feedPort, gateway.port);
    opened.push(trader);
    await vi.waitFor(() => expect(trader.quotes.every(Boolean)).toBe(true), WAIT);
    const orders = () => receivedBy(world).filter(message => message.get(35) === 'D');
    const rest = () => {
      const before = orders().length;
      return vi.waitFor(() => {
        trader.wish(SIMA, { lots: trader.positions[SIMA]! + 3, style: 'join', offset: -20 });
        expect(orders().length).toBeGreaterThan(before);
      }, WAIT);
    };
    await rest();
    const lost = orders().at(-1)!;

    gateway.kill('SIGKILL');
    await gateway.exited;
    rmSync(join(world.directory, 'gateway.log'), { recursive: true });
    await world.gateway(['--desk', file]);
    const show = () => outrider('sequence', 'show', '--out', world.directory);
    const expected = Number(receivedBy(world).at(-1)!.get(34)) + 1;
    const halted = `paper: halted, it expects number ${expected}; next outgoing 2`;
    await vi.waitFor(async () => expect((await show()).text).toContain(halted), WAIT);

    const scope = ['--scope', 'venue:paper'];
    expect(await outrider('kill', ...as('ada'), ...scope)).toMatchObject({ exit: 0 });
    const set = (operator: string, ...numbers: string[]) =>
      outrider('sequence', 'set', ...as(operator), '--venue', 'paper', ...numbers);
    expect(await set('ada')).toMatchObject({ exit: 2 });
    expect(await set('ada', '--next-outgoing', '0')).toMatchObject({ exit: 2 });
    expect(await set('ada', '--reset')).toMatchObject({ exit: 3 });
    expect(await set('ada', '--reset')).toMatchObject({ exit: 1 });
    // Others than those that wait: it takes the very same.
    expect(await set('bea', '--next-outgoing', '9')).toMatchObject({ exit: 3 });
    const done = await set('bea', '--reset');
    expect(done).toMatchObject({ exit: 0, text: expect.stringContaining('asked for by ada') });

    const since = () => {
      const messages = receivedBy(world);
      return messages.slice(messages.findIndex(message => message.get(141) === 'Y'));
    };
    const types = () => since().map(message => message.get(35));
    await vi.waitFor(() => expect(types()).toEqual(['A', 'AF', 'F']), WAIT);
    const [logon, , cancel] = since();
    expect(logon!.get(34)).toBe('1');
    expect(cancel!.get(41)).toBe(lost.get(11));
    expect((await show()).text).toContain('paper: logged on; next outgoing 4');

    for (const operator of ['ada', 'bea']) await outrider('arm', ...as(operator), ...scope);
    await rest();
    const ids = orders().map(message => message.get(11)!);
    expect(new Set(ids).size).toBe(ids.length);
  },
  TEST_MS,
);
