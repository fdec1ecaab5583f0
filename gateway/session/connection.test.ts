/** Sessions on connections: the order of commits, and an acceptor that is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Clock,
  midnightBefore,
  type Timers,
  virtualTime,
  wallClock,
  wallTimers,
} from '#engine';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import { connectFix } from '../fix/tcp.ts';
import { acknowledgement } from './acknowledging-acceptor.ts';
import { sessionConfig } from './config.ts';
import {
  connectSession,
  type SessionConnection,
  type Wire,
  type WireHandler,
} from './connection.ts';
import { memoryStore } from './memory-store.ts';
import { ORIGIN_NS } from './session-script.ts';
import { newSession } from './state.ts';
import type { SentStore } from './store.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'outrider-session-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

const order = (clOrdId: string): NewOrderSingle => ({
  ...{ msgType: 'D', clOrdId, postOnly: false, orderQty: '5', price: '1.50', side: '1' },
  ...{ symbol: 'X', transactTime: '20260921-00:00:00.000' },
});

/** Two connected sessions on a virtual clock; bytes arrive when `flow` is called. */
function pair(acceptorStore: SentStore = memoryStore()) {
  const time = virtualTime();
  const reports: string[] = [];
  const orders: string[] = [];
  const endings: string[] = [];
  const names = [
    { role: 'initiator', senderCompId: 'GATEWAY', targetCompId: 'VENUE' },
    { role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'GATEWAY' },
  ] as const;
  const originNs = ORIGIN_NS;
  const initiator = connectSession(
    newSession(sessionConfig({ ...names[0], originNs }), memoryStore()),
    {
      ...{ clock: time, timers: time, onDisconnect: reason => endings.push(reason) },
      onNotice(notice) {
        if (notice.kind === 'deliver')
          reports.push((notice.message as { clOrdId: string }).clOrdId);
      },
    },
  );
  const acceptor: SessionConnection = connectSession(
    newSession(sessionConfig({ ...names[1], originNs }), acceptorStore),
    {
      ...{ clock: time, timers: time, onDisconnect: reason => endings.push(reason) },
      onNotice(notice) {
        if (notice.kind !== 'deliver' || notice.message.msgType !== 'D') return;
        orders.push(notice.message.clOrdId);
        acceptor.send(acknowledgement(notice.message));
      },
    },
  );
  return { time, initiator, acceptor, reports, orders, endings, ...joined(initiator, acceptor) };
}

/** Connects two sessions by queues of chunks. */
function joined(initiator: SessionConnection, acceptor: SessionConnection) {
  const toAcceptor: Uint8Array[] = [];
  const toInitiator: Uint8Array[] = [];
  let ends = 0;
  const wireTo = (queue: Uint8Array[]): Wire => ({
    write: bytes => void queue.push(bytes),
    end: () => void ends++,
  });
  const join = () => {
    const atAcceptor = acceptor.opened(wireTo(toInitiator));
    const atInitiator = initiator.opened(wireTo(toAcceptor));
    const flow = () => {
      while (toAcceptor.length > 0 || toInitiator.length > 0) {
        for (const bytes of toAcceptor.splice(0)) atAcceptor.onBytes(bytes);
        for (const bytes of toInitiator.splice(0)) atInitiator.onBytes(bytes);
      }
    };
    return { atAcceptor, atInitiator, flow };
  };
  return { join, toAcceptor, toInitiator, wireTo, ends: () => ends };
}

describe('a session on a connection', () => {
  it('carries orders and reports, and stays alive by heartbeats alone', () => {
    const { time, initiator, reports, endings, join } = pair();
    const { flow } = join();
    flow();
    for (const id of ['a', 'b', 'c']) initiator.send(order(id));
    flow();
    for (let second = 1; second <= 600; second++) {
      time.advanceTo(second * 1e9);
      flow();
    }
    expect(reports).toEqual(['a', 'b', 'c']);
    expect(endings).toEqual([]);
  });

  it('answers a request before the Logout that came in one piece with it', () => {
    const { initiator, join, toAcceptor, reports, orders } = pair();
    const { atAcceptor, flow } = join();
    flow();
    initiator.send(order('last'));
    initiator.logout();
    atAcceptor.onBytes(Buffer.concat(toAcceptor.splice(0)));
    flow();
    expect([orders, reports]).toEqual([['last'], ['last']]);
  });

  it('commits what a message caused before any byte of it leaves', () => {
    const log: string[] = [];
    const store = memoryStore();
    const { initiator, join, toInitiator } = pair({
      ...store,
      append: (...stored) => {
        log.push('append');
        store.append(...stored);
      },
      setNextTargetSeq: number => {
        log.push('received');
        store.setNextTargetSeq(number);
      },
      commit: () => log.push(`commit with ${toInitiator.length} on the wire`),
    });
    const { flow } = join();
    flow();
    log.length = 0;
    initiator.send(order('a'));
    flow();
    expect(log).toEqual(['received', 'append', 'commit with 0 on the wire']);
  });

  it('ends a second connection at once and keeps the first: only one may trade', () => {
    const { acceptor, initiator, reports, join, wireTo, ends } = pair();
    const { flow } = join();
    flow();
    const stranger = acceptor.opened(wireTo([]));
    expect(ends()).toBe(1);
    stranger.onBytes(Buffer.from('8=FIX.4.4\u00019=5\u0001'));
    stranger.onClose();
    initiator.send(order('a'));
    flow();
    expect(reports).toEqual(['a']);
  });

  it('forgets half a message with its connection', () => {
    const { initiator, reports, orders, join, toAcceptor } = pair();
    const first = join();
    first.flow();
    initiator.send(order('a'));
    const [bytes] = toAcceptor.splice(0);
    first.atAcceptor.onBytes(bytes!.subarray(0, 50));
    first.atAcceptor.onClose();
    first.atInitiator.onClose();
    const { flow } = join();
    flow();
    expect(orders).toEqual(['a']);
    expect(reports).toEqual(['a']);
  });

  it('says why it ended', () => {
    const { initiator, endings, join } = pair();
    const { flow } = join();
    flow();
    initiator.logout('done');
    flow();
    expect(endings).toEqual(['logged-out: ']);
  });
});

const SCRIPT = path.join(import.meta.dirname, 'acknowledging-acceptor.ts');

/** Starts the acceptor on its directory; resolves to its process and port. */
function startAcceptor(directory: string, originNs: bigint): Promise<[ChildProcess, number]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, directory, String(originNs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout!.once('data', port => resolve([child, Number(port)]));
    child.once('error', reject);
    child.once('close', () => reject(new Error('the acceptor ended by itself')));
  });
}

/** Connects over TCP; `closed` resolves once the connection is gone. */
async function connectTo(session: SessionConnection, port: number, time: Clock & Timers) {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let handler: WireHandler | undefined;
  const connection = await connectFix(
    { port },
    {
      onBytes: bytes => handler?.onBytes(bytes),
      onClose() {
        handler?.onClose();
        resolve();
      },
    },
    { clock: time, timers: time },
  );
  handler = session.opened(connection);
  return { closed };
}

describe('an acceptor that is killed', () => {
  const KILLS = 4;
  const ORDERS = 400;

  it('reports every order exactly once in order, whenever SIGKILL came', async () => {
    const originNs = midnightBefore(BigInt(Date.now()) * 1_000_000n);
    const clock = wallClock(originNs);
    const time = { ...clock, ...wallTimers(clock) };
    const names = { role: 'initiator', senderCompId: 'GATEWAY', targetCompId: 'VENUE' } as const;
    const reports: string[] = [];
    const state = newSession(sessionConfig({ ...names, originNs }), memoryStore());
    const session = connectSession(state, {
      ...{ clock: time, timers: time, onDisconnect() {} },
      onNotice(notice) {
        if (notice.kind !== 'deliver' || notice.message.msgType !== '8') return;
        reports.push(notice.message.clOrdId!);
      },
    });
    const sent: string[] = [];
    for (let life = 0; life <= KILLS; life++) {
      const [child, port] = await startAcceptor(path.join(root, 'killed'), originNs);
      const { closed } = await connectTo(session, port, time);
      while (sent.length < ((life + 1) * ORDERS) / (KILLS + 1)) {
        for (let burst = sent.length % 7; burst >= 0; burst--) {
          sent.push(`${sent.length}`);
          session.send(order(sent.at(-1)!));
        }
        await setTimeout(1);
      }
      if (life === KILLS) await until(() => reports.length >= sent.length);
      child.kill('SIGKILL');
      await closed;
    }
    expect(reports).toEqual(sent);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waits = 0; waits < 2_000 && !condition(); waits++) await setTimeout(5);
}
