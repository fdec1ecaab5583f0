/** The drop copy over TCP: without these, compliance could miss a report, or count one twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type EmbeddedLog,
  followLog,
  freePort,
  MILLISECOND_NS,
  openLog,
  SECOND_NS,
  wallClock,
  wallTimers,
} from '#engine';
import { readSessionSettings } from '../echo/session-settings.ts';
import type { GatewayEvent } from '../event.ts';
import { encodeMessage, encodeWhole } from '../fix/codec.ts';
import { validateMessage } from '../fix/dictionary/validate.ts';
import type { FixConnection } from '../fix/fix-connection.ts';
import { type FixView, fieldText, parseMessage } from '../fix/parse.ts';
import { connectFix } from '../fix/tcp.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { createReplay } from '../gateway.ts';
import { CONFIG, type PaperWorld, paperWorld, tradingWorld } from '../paper-world.ts';
import { createGatewayEncoder } from '../record.ts';
import { sessionConfig } from '../session/config.ts';
import { connectSession } from '../session/connection.ts';
import { fileStore } from '../session/file-store.ts';
import { memoryStore } from '../session/memory-store.ts';
import { newSession } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import { quickfixClassPath, startCounterparty } from '../testing/quickfixj/start-quickfixj.ts';
import { serveDropCopy } from './drop-copy.ts';
import { copyOf } from './report-copy.ts';
import { takenReports } from './taken-reports.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const originNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
const clock = wallClock(originNs);
const timers = wallTimers(clock);
const SETTINGS = readSessionSettings({ SenderCompID: 'DROPCOPY', TargetCompID: 'COMPLIANCE' });
const found = quickfixClassPath();
const jars = 'jars' in found ? found.jars : '';
const needs = 'missing' in found ? found.missing : 'java 17, mvn';

/** Orders are acknowledged, changed, filled; one connection is lost on the way. */
function tradedWorld(): PaperWorld {
  const world = tradingWorld();
  for (let lots = 1; lots < 9; lots++) {
    world.signal({ desiredLots: lots, style: lots % 3 === 0 ? 'join' : 'cross' });
    world.wait(lots === 5 ? MILLISECOND_NS : SECOND_NS);
    if (lots !== 5) continue;
    world.cut();
    world.wait(SECOND_NS);
    world.connect();
    world.wait(SECOND_NS);
  }
  return world;
}

const wire = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replaceAll('\u0001', '|');
const valueIn = (text: string, tag: number) => text.split(`|${tag}=`)[1]?.split('|')[0] ?? '';

/** ExecIDs of what the venue sent, each once as it came first; without answers to questions. */
function execIdsOf(events: readonly GatewayEvent[]): string[] {
  const texts = events.flatMap(each =>
    each.kind === 'inbound' ? wire(each.bytes).split(/(?<=\|10=\d{3}\|)/) : [],
  );
  const reports = texts.filter(text => /\|35=8\|/.test(text) && !/\|150=I\|/.test(text));
  return [...new Set(reports.map(text => valueIn(text, 17)))];
}

describe('reports taken', () => {
  const world = tradedWorld();

  const takenOf = (events: readonly GatewayEvent[]) => {
    const take = takenReports(createReplay(CONFIG));
    return events.flatMap(event => take(event));
  };
  const execIds = (events: readonly GatewayEvent[]) =>
    takenOf(events)
      .filter(({ view }) => view.msgType === '8' && fieldText(view, 150) !== 'I')
      .map(({ view }) => fieldText(view, 17));

  it('are each report of the venue once, over a lost connection', () => {
    expect(execIds(world.log)).toEqual(execIdsOf(world.log));
    expect(takenOf(world.log).map(({ count }) => count)).toEqual(
      takenOf(world.log).map((_, at) => at + 1),
    );
  });

  it('come in the order of their numbers, though they came the other way round', () => {
    const isReport = (each: GatewayEvent | undefined) =>
      each?.kind === 'inbound' && wire(each.bytes).includes('|35=8|');
    const at = world.log.findIndex((each, place) => isReport(each) && place > 10);
    const next = world.log.findIndex((each, place) => isReport(each) && place > at);
    const swapped = world.log.slice(0, next + 1);
    const [one, other] = [swapped[at]!, swapped[next]!];
    swapped[at] = { ...other, timeNs: one.timeNs };
    swapped[next] = { ...one, timeNs: other.timeNs };
    expect(execIds(swapped)).toEqual(execIds(world.log.slice(0, next + 1)));
  });
});

it('copies a cancel reject without 797, which FIX 4.4 gives to executions alone', () => {
  const names = { senderCompId: 'VENUE', targetCompId: 'GATEWAY', sendingTime: SENDING_TIME };
  const reject = { msgType: '9', clOrdId: 'b', orderId: '1', ordStatus: '0' } as const;
  const bytes = encodeMessage(
    { ...names, msgSeqNum: 7 },
    { ...reject, origClOrdId: 'a', cxlRejResponseTo: '1', text: 'Too late' },
  );
  const view = parseMessage(bytes) as FixView;
  const copy = copyOf({ count: 3, timeNs: 0, view }, CONFIG.originNs);
  const header = { ...names, senderCompId: 'DROPCOPY', targetCompId: 'COMPLIANCE', msgSeqNum: 9 };
  const said = wire(encodeWhole(header, copy));
  expect(said).toContain('|115=VENUE|627=1|628=GATEWAY|629=20140502-00:00:00.000|630=3|');
  expect(said).toContain('|11=b|37=1|39=0|41=a|58=Too late|434=1|10=');
  expect(validateMessage(parseMessage(encodeWhole(header, copy)) as FixView)).toBeUndefined();
});

const SENDING_TIME = '20140502-10:00:00.000';

describe('the drop copy', () => {
  const world = tradedWorld();
  const expected = execIdsOf(world.log);
  const half = Math.floor(world.log.length / 2);
  const folders: string[] = [];
  const closing: (() => unknown)[] = [];
  let folder: string;
  let log: EmbeddedLog;
  const encode = createGatewayEncoder();
  const write = (events: readonly GatewayEvent[]) => {
    for (const event of events) log.append(encode(event));
    log.flush();
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'outrider-drop-copy-'));
    folders.push(folder);
    log = openLog({ directory: join(folder, 'gateway.log'), originNs: CONFIG.originNs });
    log.append(encode({ kind: 'start', timeNs: 0, config: '{}' }));
    closing.push(() => log.close());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => {
    for (const each of folders) rmSync(each, { recursive: true });
  });

  /** A process of its own in all but that: `kill` leaves no Logout. */
  async function serve(port = 0) {
    const store = fileStore({ directory: join(folder, 'store') });
    const copy = await serveDropCopy({
      ...{ listen: { port }, settings: SETTINGS, store, originNs, clock, timers, onEnd() {} },
      log: followLog({ directory: join(folder, 'gateway.log') }),
      replayOf: () => createReplay(CONFIG),
    });
    let isOver = false;
    const kill = async () => {
      if (isOver) return;
      isOver = true;
      await copy.close();
      await copy.stop();
      store.close();
    };
    closing.push(kill);
    return { copy, kill };
  }

  /** Compliance: what it was told, in its order. */
  function compliance(store: SentStore = memoryStore()) {
    const names = { senderCompId: 'COMPLIANCE', targetCompId: 'DROPCOPY' };
    const config = { role: 'initiator', originNs, delivery: 'whole', ...names } as const;
    const state = newSession(sessionConfig(config), store);
    const told: FixView[] = [];
    const session = connectSession(state, {
      ...{ clock, timers, onDisconnect() {} },
      onNotice(notice) {
        if (notice.kind === 'deliver-whole') told.push(notice.view);
      },
    });
    let connection: FixConnection | undefined;
    closing.push(() => connection?.end());
    return {
      ...{ told, state, cut: () => connection?.end() },
      /** What nobody may ask of a drop copy. */
      order: () =>
        session.send({
          ...{ msgType: 'D', clOrdId: 'a', postOnly: false, orderQty: '1', price: '1', side: '1' },
          ...{ symbol: 'EURUSD', transactTime: formatUtcTimestamp(originNs, clock.nowNs()) },
        }),
      execIds: () =>
        told
          .filter(view => view.msgType === '8' && fieldText(view, 150) !== 'I')
          .map(view => fieldText(view, 17)),
      async connect(port: number) {
        let handler: ReturnType<typeof session.opened> | undefined;
        const onBytes = (bytes: Uint8Array) => handler?.onBytes(bytes);
        const onClose = () => handler?.onClose();
        connection = await connectFix({ port }, { onBytes, onClose }, { clock, timers });
        handler = session.opened(connection);
      },
    };
  }

  it('says each report once and in order, live, over a restart in the middle', async () => {
    const other = compliance();
    const first = await serve();
    await other.connect(first.copy.port);
    write(world.log.slice(0, half));
    const before = execIdsOf(world.log.slice(0, half));
    await vi.waitFor(() => expect(other.execIds()).toEqual(before), WAIT);
    other.order();
    await vi.waitFor(() => expect(other.told.at(-1)?.msgType).toBe('j'), WAIT);
    await first.kill();
    write(world.log.slice(half));
    const second = await serve();
    await vi.waitFor(() => expect(other.state.status).toBe('disconnected'), WAIT);
    await other.connect(second.copy.port);
    await vi.waitFor(() => expect(other.execIds()).toEqual(expected), WAIT);
    const copies = other.told.filter(view => view.msgType !== 'j');
    expect(copies.map(view => Number(fieldText(view, 630)))).toEqual(copies.map((_, at) => at + 1));
  });

  it('says whose report it is, by which way it came, and that it is a copy', async () => {
    const other = compliance();
    const { copy } = await serve();
    write(world.log);
    await other.connect(copy.port);
    await vi.waitFor(() => expect(other.execIds()).toEqual(expected), WAIT);
    const [view] = other.told;
    const tags = [115, 627, 628, 797].map(tag => fieldText(view!, tag));
    expect(tags).toEqual(['VENUE', '1', 'GATEWAY', 'Y']);
  });

  it('waits for a lost counterparty, and resends what it asks for again', async () => {
    const store = memoryStore();
    const other = compliance(store);
    const { copy } = await serve();
    await other.connect(copy.port);
    write(world.log.slice(0, half));
    const before = execIdsOf(world.log.slice(0, half));
    await vi.waitFor(() => expect(other.execIds()).toEqual(before), WAIT);
    other.cut();
    await vi.waitFor(() => expect(other.state.status).toBe('disconnected'), WAIT);
    write(world.log.slice(half));
    await other.connect(copy.port);
    await vi.waitFor(() => expect(other.execIds()).toEqual(expected), WAIT);
    other.cut();
    await vi.waitFor(() => expect(other.state.status).toBe('disconnected'), WAIT);
    // It restores an old copy of its own records: all of it is to come again.
    store.setNextTargetSeq(1);
    const { length } = other.told;
    await other.connect(copy.port);
    await vi.waitFor(() => expect(other.execIds()).toEqual([...expected, ...expected]), WAIT);
    expect(fieldText(other.told[length]!, 43)).toBe('Y');
  });

  it('refuses a store that is of another log', async () => {
    const other = compliance();
    const first = await serve();
    write(world.log);
    await other.connect(first.copy.port);
    await vi.waitFor(() => expect(other.execIds()).toEqual(expected), WAIT);
    await first.kill();
    log.close();
    rmSync(join(folder, 'gateway.log'), { recursive: true });
    log = openLog({ directory: join(folder, 'gateway.log'), originNs: CONFIG.originNs });
    log.append(encode({ kind: 'start', timeNs: 0, config: '{}' }));
    const longer = paperWorld();
    longer.quote(0, 100_000, 100_010);
    longer.connect();
    for (let lots = 1; lots < 20; lots++) {
      longer.wait(SECOND_NS);
      longer.signal({ desiredLots: -lots, limitIncrements: 100_000 });
    }
    write(longer.log);
    const second = await serve();
    await expect(second.copy.failed).rejects.toThrow('give each log a store of its own');
  });

  it.skipIf(jars === '')(`is taken by QuickFIX/J 2.3.2 (needs ${needs})`, async () => {
    const port = await freePort();
    const first = await serve(port);
    const other = startCounterparty(jars, 'initiator', {
      ...{ directory: folder, ConnectionType: 'initiator', HeartBtInt: 5, ReconnectInterval: 1 },
      ...{ SenderCompID: 'COMPLIANCE', TargetCompID: 'DROPCOPY' },
      ...{ StartTime: '00:00:00', EndTime: '00:00:00' },
      ...{ SocketConnectHost: '127.0.0.1', SocketConnectPort: port },
    });
    closing.push(() => other.stop());
    const said = () => other.events.filter(event => /^[89] |reject|failed/.test(event));
    const take = takenReports(createReplay(CONFIG));
    const told = (events: readonly GatewayEvent[]) =>
      events.flatMap(event =>
        take(event).map(({ view }) => `${view.msgType} ${fieldText(view, 11)}`),
      );
    const before = told(world.log.slice(0, half));
    const all = [...before, ...told(world.log.slice(half))];
    write(world.log.slice(0, half));
    await vi.waitFor(() => expect(said()).toEqual(before), WAIT);
    await first.kill();
    write(world.log.slice(half));
    await serve(port);
    await vi.waitFor(() => expect(said()).toEqual(all), WAIT);
  });
});
