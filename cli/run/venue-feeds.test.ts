/** Two venues with quotes of their own: without this test, the router could be blind live. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { ByteReader, readLog } from '#engine';
import { readGatewayRecord } from '#gateway';
import { tinyZip } from '#market';
import { SENDER, TARGET } from './comp-ids.ts';
import { compareRun } from './compare.ts';
import { checkReceived, filledUnits, parseFix } from './remote-fix-checker.ts';
import { openProcesses, openTrader, type Process, type Processes } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const SLOW_WAIT = { timeout: 60_000, interval: 250 };
const TEST_MS = 600_000;
const DAY = '20140502';
const LOTS = 40;
/** EURUSD, in units. */
const LOT_UNITS = 1000;
const SECONDS = 120;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

/** Ten quotes a second around a price, a spread of ten increments. */
function recording(directory: string, bidIncrements: number): string {
  const price = (increments: number) => (increments / 100_000).toFixed(5);
  const rows = Array.from({ length: SECONDS * 10 }, (_, at) => {
    const bid = bidIncrements - (at % 2);
    return `${36_000_000 + at * 100},${price(bid)},${price(bid + 10)}\n`;
  });
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${DAY}_quote.zip`);
  writeFileSync(file, tinyZip({ [`${DAY}_eurusd_tick_quote.csv`]: rows.join('') }));
  return file;
}

type PaperVenue = {
  process: Process;
  /** What its process received, whole messages. */
  received(type: string): number;
  boughtLots(): number;
  /** The same folder and ports. */
  again(): Promise<void>;
};

async function paperVenue(world: Processes, name: string, bid: number): Promise<PaperVenue> {
  const directory = join(world.directory, name);
  const ticks = recording(directory, bid);
  const start = (port = 0, feedPort = 0) =>
    world.start([
      ...['venue', '--listen', `127.0.0.1:${port}`, '--feed', `127.0.0.1:${feedPort}`],
      ...['--out', directory, '--ticks', ticks, '--quote-size-lots', '50'],
    ]);
  const venue: PaperVenue = {
    process: await start(),
    received(type) {
      const bytes = readFileSync(join(directory, 'fix', 'venue-received.fix'), 'latin1');
      return parseFix(bytes).messages.filter(message => message.get(35) === type).length;
    },
    boughtLots: () => (filledUnits(join(directory, 'venue-store')).get('EUR/USD') ?? 0) / LOT_UNITS,
    async again() {
      const { port, feedPort } = venue.process;
      venue.process = await start(port, feedPort);
    },
  };
  return venue;
}

function deskFile(world: Processes, venues: Record<string, PaperVenue>): string {
  const file = join(world.directory, 'desk.json');
  const content = {
    venues: Object.entries(venues).map(([name, { process }]) => ({
      ...{ name, senderCompId: SENDER, targetCompId: TARGET, timesInForce: ['day', 'ioc'] },
      address: `127.0.0.1:${process.port}`,
      feed: `127.0.0.1:${process.feedPort}`,
    })),
    strategies: [
      {
        ...{ name: 'alpha', account: 'fund' },
        execution: {
          slicing: { kind: 'twap', durationSeconds: 10, slices: 20 },
          // By price alone: on a busy machine latency is worth more than any spread.
          router: { missPerMillion: 0, latencyPerMillion: 0, quoteAgeMs: 60_000 },
        },
      },
    ],
    accounts: [{ name: 'fund' }],
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Whether the gateway's log has quotes of both venues. */
function hasQuotes(world: Processes): boolean {
  const venues = new Set<number | undefined>();
  const reader = new ByteReader();
  for (const { payload } of readLog({ directory: join(world.directory, 'gateway.log') })) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind === 'quote') venues.add(record.quote.venue);
  }
  return venues.has(0) && venues.has(1);
}

const sentTo = (world: Processes, file: string) =>
  parseFix(readFileSync(join(world.directory, 'fix', file), 'latin1')).messages.filter(
    message => message.get(35) === 'D',
  ).length;

it(
  'works a parent where the price is better, and elsewhere once that venue is killed',
  async () => {
    const world = openProcesses();
    opened.push(world);
    const north = await paperVenue(world, 'north', 138_010);
    const south = await paperVenue(world, 'south', 138_000);
    const listen = ['--listen', '127.0.0.1:0', '--out', world.directory, '--tick-age-ms', '60000'];
    const gateway = await world.start([
      ...['gateway', ...listen, '--desk', deskFile(world, { north, south })],
    ]);
    const trader = await openTrader(north.process.feedPort, gateway.port);
    opened.push(trader);
    await vi.waitFor(() => expect(trader.quotes[0]).toBeDefined(), WAIT);
    await vi.waitFor(() => expect(hasQuotes(world)).toBe(true), WAIT);
    const both = () => [north, south].map(venue => venue.boughtLots());
    const total = () => both().reduce((sum, lots) => sum + lots, 0);

    // The edge knows the dearer venue alone: by its quotes both would be the same.
    await vi.waitFor(() => {
      trader.wish(0, { lots: LOTS, style: 'cross', offset: 20 });
      expect(south.boughtLots()).toBeGreaterThan(2);
    }, WAIT);
    expect(north.received('D')).toBe(0);

    // Orders on their way to a venue that has stopped: they may have been taken or not.
    south.process.kill('SIGSTOP');
    const sent = sentTo(world, 'outbound-south.fix');
    await vi.waitFor(() => {
      trader.wish(0, { lots: LOTS, style: 'cross', offset: 20 });
      expect(sentTo(world, 'outbound-south.fix')).toBeGreaterThan(sent);
    }, SLOW_WAIT);
    south.process.kill('SIGKILL');
    await south.process.exited;
    await vi.waitFor(() => expect(north.boughtLots()).toBeGreaterThan(2), WAIT);
    expect(gateway.stderr).toMatch(/south: feed 127\.0\.0\.1:\d+: .*; connecting again/);
    expect(total()).toBeLessThanOrEqual(LOTS);

    await south.again();
    await vi.waitFor(() => {
      // Where the schedule's time is over by now, the wish begins another for the rest.
      trader.wish(0, { lots: LOTS, style: 'cross', offset: 20 });
      expect(gateway.stderr).toContain('south: its feed is back');
      expect(total()).toBe(LOTS);
      expect(trader.positions[0]).toBe(LOTS);
    }, SLOW_WAIT);
    gateway.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(total()).toBe(LOTS);
    for (const name of ['north', 'south']) {
      const bytes = readFileSync(join(world.directory, name, 'fix', 'venue-received.fix'));
      expect(checkReceived(bytes.toString('latin1')).problems).toEqual([]);
    }
    expect(readdirSync(join(world.directory, 'fix'))).toContain('outbound-south.fix');
    expect(compareRun(world.directory)).toMatchObject({ kind: 'identical' });
  },
  TEST_MS,
);
