/** How long nobody traded: from a node's failure to the other's first new order that is acked. */
import { join } from 'node:path';
import { ByteReader, type Nanoseconds, readLog } from '#engine';
import { readGatewayRecord } from '#gateway';
import { clientOrderId, readFix } from './fix-bytes.ts';
import type { Sample } from './metric.ts';

export type TakeoverInput = {
  /** Of a node that has the whole log. */
  folder: string;
  received: string;
  /** When a node was killed or stopped; as all times here on the clock of the harness. */
  failedNs: readonly Nanoseconds[];
  originNs: bigint;
  beginNs: Nanoseconds;
};

/** One value a failure; none where no new order was acknowledged before the next. */
export function measureTakeovers(input: TakeoverInput): Sample[] {
  const { failedNs, beginNs } = input;
  const acks = acknowledgements(input);
  return failedNs.flatMap((fromNs, at) => {
    const untilNs = failedNs[at + 1] ?? Number.POSITIVE_INFINITY;
    const claimNs = acks.claimsNs.find(ns => ns >= fromNs && ns < untilNs);
    if (claimNs === undefined) return [];
    const first = acks.orders.find(({ sentNs, ackNs }) => sentNs >= claimNs && ackNs < untilNs);
    return first === undefined ? [] : [{ atNs: fromNs - beginNs, value: first.ackNs - fromNs }];
  });
}

type Acknowledged = { sentNs: Nanoseconds; ackNs: Nanoseconds };

/** A new order is one that was sent for the first time: SendingTime is the time of its record. */
function acknowledgements({ folder, received, originNs }: TakeoverInput) {
  const sentNs = new Map<string, Nanoseconds>();
  for (const message of readFix(received).messages) {
    if (message.type !== 'D' || message.isDuplicate || sentNs.has(clientOrderId(message))) continue;
    const ns = Number(BigInt(message.sentMs) * 1_000_000n - originNs);
    sentNs.set(clientOrderId(message), ns + MILLISECOND_CUT_NS);
  }
  const log = readLog({ directory: join(folder, 'gateway.log') });
  const shiftNs = Number(log.originNs - originNs);
  const reader = new ByteReader();
  const claimsNs: Nanoseconds[] = [];
  const orders: Acknowledged[] = [];
  for (const { payload } of log) {
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    const ackNs = record.timeNs + shiftNs;
    if (record.kind === 'epoch-claim') claimsNs.push(ackNs);
    if (record.kind !== 'inbound') continue;
    for (const report of readFix(Buffer.from(record.bytes).toString('latin1')).messages) {
      const id = clientOrderId(report);
      const sent = sentNs.get(id);
      if (report.type !== '8' || sent === undefined) continue;
      orders.push({ sentNs: sent, ackNs });
      sentNs.delete(id);
    }
  }
  return { claimsNs, orders };
}

/** SendingTime has whole milliseconds, cut: an order of the same millisecond came after. */
const MILLISECOND_CUT_NS = 999_999;
