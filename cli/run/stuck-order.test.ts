/** The runbook of a stuck order with processes: without it, its steps could be a story. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { OrderExtract } from '#gateway';
import { askCommand } from '../commands/ask.ts';
import { keysCommand } from '../commands/keys.ts';
import { killCommand } from '../commands/kill.ts';
import { vouchCommand } from '../commands/vouch.ts';
import { SENDER, TARGET } from './comp-ids.ts';
import { dayReport } from './day-report.ts';
import { extractDifferences } from './extract-difference.ts';
import { orderLine } from './extract-lines.ts';
import { showGateway } from './operator-desk.ts';
import { extractOrders } from './order-extracts.ts';
import { openProcesses, openTrader, type Processes } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const TEST_MS = 600_000;
const SIMA = 0;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  vi.restoreAllMocks();
});

/** A desk of one operator, whose key `outrider keys` made. */
async function desk(world: Processes) {
  const key = join(world.directory, 'ada.pem');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line));
  await keysCommand.run(['--operator', 'ada', '--key', key]);
  const file = join(world.directory, 'desk.json');
  const content = {
    venues: [{ name: 'paper', senderCompId: SENDER, targetCompId: TARGET, postOnly: true }],
    strategies: [{ name: 'alpha', account: 'fund' }],
    accounts: [{ name: 'fund', baseCurrency: 'USD' }],
    operators: [JSON.parse(lines[0]!)],
  };
  writeFileSync(file, JSON.stringify(content));
  return { file, as: ['--out', world.directory, '--operator', 'ada', '--key', key] };
}

const texts = (extract: OrderExtract | undefined) =>
  extract?.items.map(item => {
    if (item.kind === 'sent') return `sent ${item.message.split('|35=')[1]![0]}`;
    return item.kind === 'answer' ? `answer ${item.news}` : item.kind;
  }) ?? [];

it(
  'an order that is not answered is seen, asked after, cancelled and accounted for',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const { file, as } = await desk(world);
    const venue = await world.venue();
    const gateway = await world.gateway(['--desk', file]);
    const trader = await openTrader(venue.feedPort, gateway.port);
    opened.push(trader);
    await vi.waitFor(() => expect(trader.quotes.every(Boolean)).toBe(true), WAIT);
    await vi.waitFor(async () => {
      const { venues } = await showGateway(world.directory);
      expect(venues[0]?.state).toBe('logged on');
    }, WAIT);

    venue.kill('SIGSTOP');
    trader.wish(SIMA, { lots: 3, style: 'join', offset: -20 });
    const orders = () => extractOrders(world.directory);
    await vi.waitFor(() => expect(orders()).toHaveLength(1), WAIT);
    const [stuck] = orders();
    expect(orderLine(stuck!)).toContain('unanswered');
    expect(texts(stuck).slice(-2)).toEqual(['request', 'sent D']);
    const extract = () => extractOrders(world.directory, stuck!.order)[0];

    expect(await askCommand.run([...as, '--order', stuck!.order])).toBe(0);
    expect(texts(extract()).at(-1)).toBe('sent H');
    expect(await askCommand.run([...as, '--order', '20140502-000099'])).toBe(1);
    // No desk is in doubt, and so even the first of two operators is refused.
    const alpha = ['--strategy', 'alpha', '--instrument', trader.instruments[SIMA]!.symbol];
    expect(await vouchCommand.run([...as, ...alpha])).toBe(1);

    gateway.kill('SIGKILL');
    await gateway.exited;
    venue.kill('SIGCONT');
    const again = await world.gateway(['--desk', file]);
    await vi.waitFor(() => {
      expect(texts(extract()).filter(text => text === 'sent H').length).toBeGreaterThan(1);
      expect(texts(extract())).toContain('answer known');
    }, WAIT);

    const scope = ['--scope', `instrument:${trader.instruments[SIMA]!.symbol}`];
    expect(await killCommand.run([...as, ...scope])).toBe(0);
    await vi.waitFor(() => expect(texts(extract()).at(-1)).toBe('answer cancelled'), WAIT);
    const held = join(world.directory, 'extract.json');
    writeFileSync(held, JSON.stringify(extract()));
    expect(extractDifferences(world.directory, held)).toEqual([]);

    again.kill('SIGTERM');
    expect(await again.exited).toBe(0);
    const { report } = dayReport(world.directory, new Date().toISOString().slice(0, 10));
    expect(report.openOrders).toEqual([]);
    expect(report.events.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('ada: applied: instrument:'),
    );
  },
  TEST_MS,
);
