/** A venue process that is killed: without this test, orders at work there could be forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { midnightBefore, SECOND_NS, wallClock, wallTimers } from '#engine';
import {
  type ApplicationMessage,
  connectFix,
  connectSession,
  memoryStore,
  newSession,
  SIMA_FLOW,
  sessionConfig,
} from '#gateway';
import { SENDER, TARGET } from './comp-ids.ts';
import { openProcesses, type Process, type Processes } from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const LOT_UNITS = 100;
const { startPriceIncrements: START } = SIMA_FLOW;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type Report = ApplicationMessage & { msgType: '8' };

/** A FIX session of its own, which outlives the connections to the venue. */
function openTerminal() {
  const originNs = midnightBefore(BigInt(Date.now()) * 1_000_000n);
  const clock = wallClock(originNs);
  const timers = wallTimers(clock);
  const names = { role: 'initiator', senderCompId: SENDER, targetCompId: TARGET } as const;
  const config = sessionConfig({ ...names, originNs, heartbeatNs: 30 * SECOND_NS });
  const state = newSession(config, memoryStore());
  const heard: ApplicationMessage[] = [];
  const session = connectSession(state, {
    ...{ clock, timers, onDisconnect() {} },
    onNotice(notice) {
      if (notice.kind === 'deliver') heard.push(notice.message);
    },
  });
  const transactTime = '20260101-00:00:00.000';
  const terms = { symbol: 'SIMA', side: '1', transactTime } as const;
  const priced = (lots: number, limit: number) => ({
    ...{ orderQty: String(lots * LOT_UNITS), price: (limit / 100).toFixed(2), postOnly: false },
  });
  return {
    heard,
    async connect({ port }: Process) {
      let handler: ReturnType<typeof session.opened> | undefined;
      const connection = await connectFix(
        { port },
        { onBytes: bytes => handler?.onBytes(bytes), onClose: () => handler?.onClose() },
        { clock, timers },
      );
      handler = session.opened(connection);
      await vi.waitFor(() => expect(state.status).toBe('active'), WAIT);
    },
    order: (clOrdId: string, lots: number, limit: number) =>
      session.send({ msgType: 'D', clOrdId, ...priced(lots, limit), ...terms }),
    replace: (clOrdId: string, origClOrdId: string, ...[lots, limit]: [number, number]) =>
      session.send({ msgType: 'G', clOrdId, origClOrdId, ...priced(lots, limit), ...terms }),
    cancel: (clOrdId: string, origClOrdId: string) =>
      session.send({ msgType: 'F', clOrdId, origClOrdId, orderQty: '100', ...terms }),
    status: (clOrdId: string) => session.send({ msgType: 'H', clOrdId, ...terms }),
    /** The report of a kind that names an order, once it is there. */
    async report(clOrdId: string, execType: string): Promise<Report> {
      const find = () =>
        heard.findLast(
          (each): each is Report =>
            each.msgType === '8' && each.clOrdId === clOrdId && each.execType === execType,
        );
      await vi.waitFor(() => expect(find()).toBeDefined(), WAIT);
      return find()!;
    },
  };
}

async function restarted(world: Processes, venue: Process): Promise<Process> {
  venue.kill('SIGKILL');
  await venue.exited;
  return world.venue();
}

it('has its orders after SIGKILL: their fills add up, and they can be cancelled', async () => {
  const world = openProcesses();
  opened.push(world);
  // Nobody subscribes to its feed, so nothing trades there but these orders.
  let venue = await world.venue();
  const terminal = openTerminal();
  await terminal.connect(venue);
  const { heard, report } = terminal;

  terminal.order('taker', 400, START + 2);
  const { leavesQty } = await report('taker', 'F');
  expect(Number(leavesQty)).toBeGreaterThan(0);
  terminal.order('resting', 3, START - 50);
  terminal.replace('moved', 'resting', 5, START - 40);
  await report('moved', '5');

  venue = await restarted(world, venue);
  await terminal.connect(venue);
  terminal.status('moved');
  expect(await report('moved', 'I')).toMatchObject({
    ...{ ordStatus: '0', orderQty: '500', cumQty: '0', leavesQty: '500', price: '99.60' },
  });
  terminal.order('resting', 1, START - 50);
  expect(await report('resting', '8')).toMatchObject({ text: 'duplicate ClOrdID resting' });
  terminal.cancel('end', 'moved');
  expect(await report('end', '4')).toMatchObject({ origClOrdId: 'moved', leavesQty: '0' });

  // Once more, and what is done stays done.
  venue = await restarted(world, venue);
  await terminal.connect(venue);
  terminal.cancel('again', 'moved');
  const isRefusal = (each: ApplicationMessage) => each.msgType === '9' && each.clOrdId === 'again';
  await vi.waitFor(() => expect(heard.find(isRefusal)).toMatchObject({ cxlRejReason: 0 }), WAIT);
  terminal.status('taker');
  const total = await report('taker', 'I');
  const reports = heard.filter((each): each is Report => each.msgType === '8');
  const fills = reports.filter(each => each.execType === 'F' && each.clOrdId === 'taker');
  const filled = fills.reduce((sum, each) => sum + Number(each.lastQty), 0);
  expect(filled).toBeGreaterThan(0);
  expect(Number(total.cumQty)).toBe(filled);
  expect(filled + Number(total.leavesQty)).toBe(400 * LOT_UNITS);
  const numbers = reports.map(({ execId }) => execId);
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('is not started twice on one directory: both would answer for the same orders', async () => {
  const world = openProcesses();
  opened.push(world);
  const venue = await world.venue();
  const own = ['--listen', '127.0.0.1:0', '--feed', '127.0.0.1:0', '--out', world.directory];
  const second = await world.start(['venue', ...own]);
  expect(await second.exited).toBe(2);
  expect(second.stderr).toMatch(/venue-store is being written by process \d+; end that first/);
  const [lock] = readdirSync(join(world.directory, 'venue-store')).filter(n => n.endsWith('lock'));
  const text = readFileSync(join(world.directory, 'venue-store', lock!), 'latin1');
  venue.kill('SIGTERM');
  expect(await venue.exited).toBe(0);
  expect(second.stderr).toContain(`by process ${text.split(' ')[0]};`);
});
