/** Keeps the feed going until service has returned from the last fault, or its time is up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Nanoseconds } from '#engine';
import type { Scenario } from '../file/scenario.ts';
import { clockShiftNs } from '../measure/clock-shift.ts';
import { readEdgeHistory } from '../measure/edge-history.ts';
import { isOrderMessage, readFix } from '../measure/fix-bytes.ts';
import type { PlayedFault } from './faults.ts';
import { waitUntil } from './wait.ts';
import type { World } from './world.ts';

export type ReturnPorts = {
  scenario: Scenario;
  world: World;
  clock: Clock;
  /** Unix ns at which that clock begins. */
  originNs: bigint;
  abort: AbortSignal;
  faults: readonly PlayedFault[];
};

const LOOK_NS = 250_000_000;

/** Only looks: what is seen here is judged later, from the whole of what was left behind. */
export async function untilReturned(ports: ReturnPorts): Promise<void> {
  const { scenario, clock, abort, faults } = ports;
  const { verifiedAgainWithin, ordersAgainWithin } = scenario.invariants;
  const overNs = Math.max(0, ...faults.map(({ undoneNs }) => undoneNs ?? 0));
  const isOver = (withinNs: Nanoseconds | undefined, lastNs: () => Nanoseconds) =>
    withinNs === undefined || clock.nowNs() > overNs + withinNs || lastNs() > overNs;
  while (!abort.aborted) {
    const isVerified = isOver(verifiedAgainWithin, () => lastVerifiedNs(ports));
    if (isVerified && isOver(ordersAgainWithin, () => lastOrderNs(ports))) return;
    await waitUntil(clock, clock.nowNs() + LOOK_NS, abort);
  }
}

function lastVerifiedNs({ world }: ReturnPorts): Nanoseconds {
  const history = readEdgeHistory(join(world.folders.run, 'edge.log'));
  const last = history.forecasts.findLast(({ kind }) => kind !== 'provisional');
  return (last?.timeNs ?? 0) + (clockShiftNs(history, world.relay.delivered) ?? 0);
}

function lastOrderNs({ world, originNs }: ReturnPorts): Nanoseconds {
  const file = join(world.folders.trading, 'fix', 'venue-received.fix');
  const last = readFix(readFileSync(file, 'latin1')).messages.findLast(isOrderMessage);
  return last === undefined ? 0 : Number(BigInt(last.sentMs) * 1_000_000n - originNs);
}
