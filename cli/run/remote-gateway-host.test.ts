/** The gateway as a process: what is lost when it, its edge or its venue dies, and what is not. */
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockFrom, wallTimers } from '#engine';
import { connectGateway } from '#gateway';
import type { Instrument } from '#market';
import { compareRun } from './compare.ts';
import { checkReceived, filledUnits } from './remote-fix-checker.ts';
import { openProcesses, openTrader, type Processes, type Trader } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
/** Of SIMA and SIMB. */
const LOT_UNITS = 100;
const SIMA = 0;
const SIMB = 1;

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

function processes(): Processes {
  const each = openProcesses();
  opened.push(each);
  return each;
}

async function trader(feedPort: number, gatewayPort: number): Promise<Trader> {
  const each = await openTrader(feedPort, gatewayPort);
  opened.push(each);
  await isUp(each);
  await vi.waitFor(() => expect(each.quotes.every(Boolean)).toBe(true), WAIT);
  return each;
}

const isUp = ({ link }: Trader) => vi.waitFor(() => expect(link.state).toBe('up'), WAIT);

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Wants one thing after the other, faster than the venue answers. */
function keepTrading(desk: Trader): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    turn++;
    const lots = (turn % 7) - 3;
    desk.wish(SIMA, { lots: 4 * lots, style: turn % 3 === 0 ? 'cross' : 'join', offset: -2 });
    desk.wish(SIMB, { lots: lots, style: 'cross', offset: 3 });
  }, 25);
  return { stop: () => clearInterval(timer) };
}

const typesIn = (world: Processes) =>
  checkReceived(world.received()).messages.map(message => message.get(35));

const ordersIn = (world: Processes) => typesIn(world).filter(type => type === 'D');

/** No wish any more: what works is cancelled, and the venue's fills are the gateway's position. */
async function settled(desk: Trader, { directory }: Processes): Promise<void> {
  await vi.waitFor(() => {
    for (const instrument of [SIMA, SIMB]) desk.wish(instrument, { lots: 0, style: 'wait' });
    const units = filledUnits(join(directory, 'venue-store'));
    expect(desk.positions).toEqual(['SIMA', 'SIMB'].map(s => (units.get(s) ?? 0) / LOT_UNITS));
  }, WAIT);
}

describe('a gateway process', () => {
  it(
    'is killed three times while orders work, and no order goes twice and no fill is lost',
    async () => {
      const world = processes();
      const venue = await world.venue();
      let gateway = await world.gateway();
      const desk = await trader(venue.feedPort, gateway.port);
      const trading = keepTrading(desk);
      for (const afterMs of [700, 450, 620]) {
        await pause(afterMs);
        gateway.kill('SIGKILL');
        expect(await gateway.exited).toBe(null);
        gateway = await world.gateway();
        await isUp(desk);
      }
      await pause(500);
      trading.stop();
      await settled(desk, world);
      gateway.kill('SIGTERM');
      expect(await gateway.exited).toBe(0);
      const { messages, problems } = checkReceived(world.received());
      expect(problems).toEqual([]);
      const types = messages.map(message => message.get(35));
      expect(types.filter(type => type === 'A')).toHaveLength(4);
      expect(types.filter(type => type === 'D').length).toBeGreaterThan(10);
      expect(types.at(-1)).toBe('5');
      expect(compareRun(world.directory)).toMatchObject({ kind: 'identical' });
    },
    TEST_MS,
  );

  it(
    'trades on when the venue is killed and comes back, and what was open there is settled',
    async () => {
      const world = processes();
      let venue = await world.venue();
      const gateway = await world.gateway();
      const desk = await trader(venue.feedPort, gateway.port);
      const trading = keepTrading(desk);
      for (const afterMs of [800, 600]) {
        await pause(afterMs);
        venue.kill('SIGKILL');
        await venue.exited;
        venue = await world.venue();
      }
      await vi.waitFor(() => expect(desk.gaps).toBe(2), WAIT);
      const before = ordersIn(world).length;
      await vi.waitFor(() => expect(ordersIn(world).length).toBeGreaterThan(before + 5), WAIT);
      trading.stop();
      await settled(desk, world);
      gateway.kill('SIGTERM');
      expect(await gateway.exited).toBe(0);
      expect(checkReceived(world.received()).problems).toEqual([]);
      expect(compareRun(world.directory)).toMatchObject({ kind: 'identical' });
    },
    TEST_MS,
  );

  it(
    'cancels for an edge that dies, keeps its session alive, and serves the next edge',
    async () => {
      const world = processes();
      const venue = await world.venue();
      const gateway = await world.gateway(['--heartbeat-seconds', '1']);
      const desk = await trader(venue.feedPort, gateway.port);
      desk.wish(SIMA, { lots: 3, style: 'join', offset: -40 });
      await vi.waitFor(() => expect(typesIn(world)).toContain('D'), WAIT);
      expect(typesIn(world)).not.toContain('F');
      desk.close();
      await vi.waitFor(() => expect(typesIn(world)).toContain('F'), WAIT);
      const silent = typesIn(world).length;
      await vi.waitFor(() => expect(typesIn(world).slice(silent)).toContain('0'), WAIT);
      expect(typesIn(world).filter(type => type === 'A')).toHaveLength(1);
      const next = await trader(venue.feedPort, gateway.port);
      next.wish(SIMA, { lots: 1, style: 'cross', offset: 5 });
      await vi.waitFor(() => expect(next.positions[SIMA]).toBe(1), WAIT);
    },
    TEST_MS,
  );

  it(
    'cancels at once what an edge of before a crash wished for, when no edge comes any more',
    async () => {
      const world = processes();
      const venue = await world.venue();
      const gateway = await world.gateway();
      const desk = await trader(venue.feedPort, gateway.port);
      desk.wish(SIMA, { lots: 3, style: 'join', offset: -40 });
      await vi.waitFor(() => expect(typesIn(world)).toContain('D'), WAIT);
      desk.close();
      gateway.kill('SIGKILL');
      await gateway.exited;
      await world.gateway();
      await vi.waitFor(() => expect(typesIn(world).slice(-2)).toEqual(['H', 'F']), WAIT);
    },
    TEST_MS,
  );
});

describe('what a gateway process refuses', () => {
  it(
    'is an edge of other instruments, a second edge and broken frames; it trades on',
    async () => {
      const world = processes();
      const venue = await world.venue();
      const gateway = await world.gateway();
      const desk = await trader(venue.feedPort, gateway.port);
      const stranger = (instruments: Instrument[]) => {
        const problems: string[] = [];
        const clock = clockFrom(0);
        const ports = { clock, timers: wallTimers(clock), onPosition() {} };
        const onProblem = (text: string) => void problems.push(text);
        opened.push(connectGateway({ port: gateway.port, instruments, ...ports, onProblem }));
        return problems;
      };
      const second = stranger(desk.instruments);
      await vi.waitFor(() => expect(second.join()).toContain('another edge is connected'), WAIT);
      for (const bytes of ['ffffffff01', '03000000010900', '00000000']) {
        const socket = createConnection({ host: '127.0.0.1', port: gateway.port });
        socket.end(Buffer.from(bytes, 'hex'));
        await new Promise(resolve => socket.resume().once('close', resolve));
      }
      desk.wish(SIMA, { lots: 1, style: 'cross', offset: 5 });
      await vi.waitFor(() => expect(desk.positions[SIMA]).toBe(1), WAIT);
      desk.close();
      const other = stranger(desk.instruments.map(row => ({ ...row, symbol: `${row.symbol}X` })));
      const reason = 'instrument 0 is SIMAX; here they are SIMA, SIMB';
      await vi.waitFor(() => expect(other.join()).toContain(reason), WAIT);
      const said = ['4294967295 bytes', "link version is 9, this side's 5", '0 bytes', reason];
      for (const text of said) {
        await vi.waitFor(() => expect(gateway.stderr).toContain(text), WAIT);
      }
    },
    TEST_MS,
  );

  it(
    'is a port that is taken, and options that its log was not begun with',
    async () => {
      const world = processes();
      const venue = await world.venue();
      const gateway = await world.gateway();
      const listen = ['--listen', `127.0.0.1:${gateway.port}`, '--venue', '127.0.0.1:9'];
      const taken = await world.start(['gateway', ...listen, '--out', `${world.directory}/other`]);
      expect(await taken.exited).toBe(1);
      expect(taken.stderr).toContain(`listen on 127.0.0.1:${gateway.port}: EADDRINUSE`);
      const feed = ['--feed', `127.0.0.1:${venue.feedPort}`, '--out', `${world.directory}/other`];
      const both = await world.start(['venue', '--listen', '127.0.0.1:0', ...feed]);
      expect(await both.exited).toBe(1);
      expect(both.stderr).toContain('EADDRINUSE');
      const own = ['--feed', '127.0.0.1:0', '--out', `${world.directory}/other`];
      const fix = await world.start(['venue', '--listen', `127.0.0.1:${venue.port}`, ...own]);
      expect(await fix.exited).toBe(1);
      expect(fix.stderr).toContain(`listen on 127.0.0.1:${venue.port}`);
      await trader(venue.feedPort, gateway.port);
      gateway.kill('SIGTERM');
      await gateway.exited;
      const changed = await world.gateway(['--position-lots', '7']);
      expect(await changed.exited).toBe(2);
      expect(changed.stderr).toMatch(
        /positionLots: 7; .*gateway.log was begun with 500: give that/,
      );
    },
    TEST_MS,
  );

  it.each([
    [['gateway', '--listen', '127.0.0.1:0', '--venue', '127.0.0.1:1'], 'out: missing'],
    [['gateway', '--venue', '127.0.0.1:1', '--out', '/nowhere'], 'listen: missing'],
    [
      ['gateway', '--listen', 'here', '--venue', '127.0.0.1:1', '--out', '/nowhere'],
      'listen: here',
    ],
    [['venue', '--listen', '127.0.0.1:0', '--feed', '127.0.0.1:0'], 'out: missing'],
    [['venue', '--listen', '127.0.0.1:0', '--out', '/nowhere'], 'feed: missing'],
  ])('is to be started as %j', async (parameters, reason) => {
    const { exited, stderr } = await processes().start(parameters);
    expect(await exited).toBe(2);
    expect(stderr).toContain(reason);
  });
});
