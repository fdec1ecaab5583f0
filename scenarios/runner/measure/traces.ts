/** What a scenario left behind, read once: logs and bytes, with their clocks brought together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Nanoseconds, OutriderError } from '#engine';
import type { Scenario } from '../file/scenario.ts';
import type { OrderBytes } from '../invariants/orders-once.ts';
import type { SeenOrder, SeenSignal } from '../invariants/tick-age.ts';
import { NODES } from '../play/pair.ts';
import { SECOND_VENUE } from '../play/parameters.ts';
import type { Played } from '../play/play.ts';
import { clockShiftNs } from './clock-shift.ts';
import { type EdgeHistory, readEdgeHistory } from './edge-history.ts';
import { clientOrderId, readFix } from './fix-bytes.ts';
import { readSignals } from './signals.ts';

/** Every clock is turned into nanoseconds since the feed began, or into that of the harness. */
export type Traces = {
  edge: EdgeHistory;
  fromEdge: (ns: Nanoseconds) => Nanoseconds;
  fromUnixMs: (ms: number) => Nanoseconds;
  /** FIX bytes as the venue received them, as the gateway sent them, and what the venue said. */
  received: string;
  sent: string;
  answers: string;
  /** The same of the second venue, where there is one. */
  second: OrderBytes | undefined;
  /** On the clock of the harness. */
  signals: SeenSignal[];
  orders: SeenOrder[];
};

/** Of the gateway's log and of what it sent. */
export function gatewayFolder({ gateway }: Scenario, { folders }: Played): string {
  switch (gateway) {
    case 'process':
      return folders.trading;
    case 'run':
      return folders.run;
    case 'pair':
      // Both have the same log in the end.
      return join(folders.trading, NODES[0]);
  }
}

/** Of all nodes, one after the other. */
function readSent(scenario: Scenario, played: Played): string {
  const ofPair = NODES.map(name => join(played.folders.trading, name));
  const folders = scenario.gateway === 'pair' ? ofPair : [gatewayFolder(scenario, played)];
  const files = folders.map(folder => join(folder, 'fix', 'outbound.fix'));
  return files.map(file => (existsSync(file) ? readBytes(file) : '')).join('');
}

/** `originNs`: of the clock of the harness. Throws `bad-data` where clocks cannot be compared. */
export function readTraces(scenario: Scenario, played: Played, originNs: bigint): Traces {
  const { folders, delivered, beginNs, instruments } = played;
  const directory = gatewayFolder(scenario, played);
  const edge = readEdgeHistory(join(folders.run, 'edge.log'));
  const shiftNs = clockShiftNs(edge, delivered);
  if (shiftNs === undefined) {
    throw new OutriderError(
      'bad-data',
      'the edge took no quote that the feed gave: see processes/',
    );
  }
  const toHarness = (ms: number) => Number(BigInt(ms) * 1_000_000n - originNs);
  const received = readBytes(join(folders.trading, 'fix', 'venue-received.fix'));
  return {
    ...{ edge, received },
    fromEdge: ns => ns + shiftNs - beginNs,
    fromUnixMs: ms => toHarness(ms) - beginNs,
    sent: readSent(scenario, played),
    answers: readStore(join(folders.trading, 'venue-store')),
    second: scenario.venues > 1 ? readSecond(folders.trading) : undefined,
    signals: readSignals(join(directory, 'gateway.log'), originNs),
    orders: firstReceived(received).map(({ id, symbol, sentMs }) => ({
      ...{ id, sentNs: toHarness(sentMs) },
      instrument: instruments.findIndex(({ venueSymbol }) => venueSymbol === symbol),
    })),
  };
}

/** New and replaced orders; of one that came again, the first. */
function firstReceived(received: string): { id: string; symbol: string; sentMs: number }[] {
  const ids = new Set<string>();
  return readFix(received).messages.flatMap(message => {
    const id = clientOrderId(message);
    if ((message.type !== 'D' && message.type !== 'G') || ids.has(id)) return [];
    ids.add(id);
    return [{ id, symbol: message.fields.get(55) ?? '', sentMs: message.sentMs }];
  });
}

function readSecond(trading: string): OrderBytes {
  const folder = join(trading, SECOND_VENUE);
  return {
    received: readBytes(join(folder, 'fix', 'venue-received.fix')),
    sent: readBytes(join(trading, 'fix', `outbound-${SECOND_VENUE}.fix`)),
    answers: readStore(join(folder, 'venue-store')),
  };
}

const readBytes = (file: string) => readFileSync(file, 'latin1');

/** Whatever format its files have: messages are found by their own beginning and checksum. */
export function readStore(directory: string): string {
  const names = readdirSync(directory).sort();
  return names.map(name => readBytes(join(directory, name))).join('\n');
}
