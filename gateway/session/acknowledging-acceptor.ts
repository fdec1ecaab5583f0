/** The acceptor that the crash test kills: reports every order once, with its numbers on disk. */
import fs from 'node:fs';
import { wallClock, wallTimers } from '#engine';
import type { ExecutionReport } from '../fix/execution-report.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import { listenFix } from '../fix/tcp.ts';
import { sessionConfig } from './config.ts';
import { connectSession } from './connection.ts';
import { fileStore } from './file-store.ts';
import { newSession } from './state.ts';

/** Reports an order as taken; its id comes back in the report. */
export function acknowledgement(order: NewOrderSingle): ExecutionReport {
  const { clOrdId, orderQty, price, side, symbol, transactTime } = order;
  return {
    ...{ msgType: '8', avgPx: '0', clOrdId, cumQty: '0', execId: `E-${clOrdId}` },
    ...{ orderId: `O-${clOrdId}`, orderQty, ordStatus: '0', price, side, symbol, transactTime },
    ...{ execType: '0', leavesQty: orderQty },
  };
}

/** Listens on a free port and prints it. */
async function acceptUntilKilled(directory: string, originNs: bigint): Promise<void> {
  const clock = wallClock(originNs);
  const timers = wallTimers(clock);
  const names = { role: 'acceptor', senderCompId: 'VENUE', targetCompId: 'GATEWAY' } as const;
  const state = newSession(sessionConfig({ ...names, originNs }), fileStore({ directory }));
  const session = connectSession(state, {
    clock,
    timers,
    onNotice(notice) {
      if (notice.kind !== 'deliver' || notice.message.msgType !== 'D') return;
      session.send(acknowledgement(notice.message));
    },
    onDisconnect() {},
  });
  const { port } = await listenFix({ port: 0 }, wire => session.opened(wire), { clock, timers });
  fs.writeSync(1, `${port}\n`);
}

const [program, directory, originNs] = process.argv.slice(1);
if (program === import.meta.filename && directory !== undefined && originNs !== undefined) {
  await acceptUntilKilled(directory, BigInt(originNs));
}
