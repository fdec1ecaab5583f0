/** A torture case in one process on a virtual clock: its evidence, made in a second. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatewayConfig, loadConfig, startText } from '#cli';
import { MILLISECOND_NS, openLog, seededRandom, type VirtualTime, virtualTime } from '#engine';
import {
  createCounterparty,
  createGateway,
  createGatewayEncoder,
  type DeskFile,
  type GatewayConfig,
  type GatewayEvent,
  type GatewayPorts,
  memoryStore,
  parseDeskFile,
  recordedMarket,
  type Signal,
  type VenueEvent,
} from '#gateway';
import type { Instrument, Quote } from '#market';
import { wireFolder } from '../checker/evidence.ts';
import { JUDGED_LIMITS } from '../checker/start-terms.ts';
import { writeReplay } from '../write-replay.ts';

const ORIGIN_NS = 1_398_988_800_000_000_000n;
const START_NS = 36_000_000_000_000;
/** One way. */
const DELAY_NS = MILLISECOND_NS;
const TURNS = 240;
/** So many turns in which a strategy's edge is lost. */
const EDGES_LOST = 1 / 20;

const TERMS = {
  calendar: 'fx-week',
  ...{ multiplier: 1, timeZone: 'UTC', feePerMillion: 20, inferred: false },
  ...{ validFrom: '2014-01-01', validTo: '2099-12-31', baseCurrency: 'EUR', quoteCurrency: 'USD' },
} as const;
const INSTRUMENTS: Instrument[] = [
  {
    ...{ symbol: 'EURUSD', venueSymbol: 'EUR/USD', lotSize: '1000' },
    ...{ priceIncrement: '0.00001', priceDecimals: 5, ...TERMS },
  },
  {
    ...{ symbol: 'SMALL', venueSymbol: 'SMALL', lotSize: '0.001' },
    ...{ priceIncrement: '0.25', priceDecimals: 2, ...TERMS },
  },
];

/** One strategy keeps one order, another has a policy that works at both venues. */
export const TWO_VENUES: DeskFile = parseDeskFile({
  venues: ['NORTH', 'SOUTH'].map(name => ({
    ...{ name: name.toLowerCase(), senderCompId: 'DESK', targetCompId: name },
    ...{ heartbeatSeconds: 1, timesInForce: ['day', 'ioc'], postOnly: true },
  })),
  strategies: [
    { name: 'alpha', account: 'fund', instruments: ['EURUSD'] },
    { name: 'beta', account: 'fund', instruments: ['SMALL'], execution: { holdOffMs: 1 } },
  ],
  accounts: [{ name: 'fund' }],
});

type Connection = { up: string; down: string };
type SentWish = Pick<
  Signal,
  'instrument' | 'desiredLots' | 'limitIncrements' | 'style' | 'forecastId'
>;

/**
 * Trades at random through lost connections, dead processes and a venue that comes back late, and
 * writes the folder that checker/evidence.ts describes.
 */
export function writeVirtualCase(directory: string, seed: number, deskFile?: DeskFile): void {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random.nextFloat() * end);
  const edges = random.split('edges');
  const desk = openDesk(directory, deskFile);
  const { time } = desk;
  const source = createSource(below, deskFile === undefined ? [0, 0] : [0, 1]);
  const trade = (instrument: number, isLast: boolean) => {
    const held = isLast ? desk.said[instrument] : undefined;
    const { wish, quote } = source.next(instrument, time.nowNs(), held);
    desk.onQuote(quote);
    desk.onSignal(wish);
  };
  desk.connect();
  for (let turn = 0; turn < TURNS; turn++) {
    trade(below(INSTRUMENTS.length), false);
    time.advanceTo(time.nowNs() + below(5 * DELAY_NS));
    if (edges.nextFloat() < EDGES_LOST) desk.loseEdge(edges.nextFloat() < 0.5 ? 0 : 1);
    if (below(10) > 0) continue;
    if (below(2) === 0) desk.restart();
    else desk.cut(desk.connections.length === 1 ? 0 : below(desk.connections.length));
    time.advanceTo(time.nowNs() + below(3) * 800 * MILLISECOND_NS);
    desk.connect();
  }
  for (const instrument of INSTRUMENTS.keys()) {
    for (let turn = 0; turn < 20; turn++) {
      time.advanceTo(time.nowNs() + 10 * DELAY_NS);
      trade(instrument, true);
    }
  }
  time.advanceTo(time.nowNs() + 10 * DELAY_NS);
  desk.close();
  writeFolder(directory, { ...desk, sent: source.sent });
}

/** A gateway with its log, and venues behind wires that can be cut. */
function openDesk(directory: string, deskFile: DeskFile | undefined) {
  const time = virtualTime(START_NS);
  const config = loadConfig({ ...JUDGED_LIMITS, heartbeatSeconds: 1 });
  const setting = { config, originNs: ORIGIN_NS, instruments: INSTRUMENTS, deskFile };
  const terms = gatewayConfig(setting);
  const { journal, close } = openJournal(directory, setting);
  const ends = terms.venues.map((_, venue) => openVenue(terms, venue, time));
  const said = INSTRUMENTS.map(() => 0);
  const ports: GatewayPorts = {
    ...{ clock: time, timers: time, onEffects() {}, journal: journal.write },
    send: (bytes, venue) => ends[venue]!.send(bytes),
    disconnect: (_, venue) => void time.at(time.nowNs(), () => cut(venue)),
    onPosition(instrument, lots) {
      said[instrument] = lots;
    },
  };
  let gateway = createGateway(terms, ports);
  const cut = (venue: number) => ends[venue]!.hangUp() && gateway.onDisconnected(venue);
  return {
    ...{ time, connections: ends.map(({ connections }) => connections), said, close, cut },
    connect() {
      for (const [venue, end] of ends.entries()) {
        const onBytes = (bytes: Uint8Array) => gateway.onBytes(bytes, venue);
        if (end.connect({ onBytes, onEnd: () => cut(venue) })) gateway.onConnected(venue);
      }
    },
    restart() {
      gateway.close();
      for (const end of ends) end.hangUp();
      gateway = createGateway(terms, ports, journal.events.slice());
      gateway.restart();
    },
    onQuote(quote: Quote) {
      for (const end of ends) end.onQuote(quote);
      if (deskFile === undefined) return;
      const { instrument, bidIncrements, askIncrements, exchangeTimeNs: tickTimeNs } = quote;
      const sizes = { bidLots: 0, askLots: 0, tradedLots: 0, venue: undefined };
      gateway.onQuote({ instrument, bidIncrements, askIncrements, tickTimeNs, ...sizes });
    },
    onSignal: (signal: Signal) => gateway.onSignal(signal),
    loseEdge: (strategy: number) => gateway.onEdgeLost(strategy),
  };
}

/** A venue behind a wire: a cut loses what is under way. */
function openVenue({ venues }: GatewayConfig, at: number, time: VirtualTime) {
  const { senderCompId: targetCompId, targetCompId: senderCompId, heartbeatNs } = venues[at]!;
  const market = recordedMarket(INSTRUMENTS.map(() => ({ quoteSizeLots: 4, bandIncrements: 50 })));
  const counterparty = createCounterparty({
    ...{ clock: time, timers: time, originNs: ORIGIN_NS, instruments: INSTRUMENTS },
    ...{ market, store: memoryStore(), heartbeatNs, senderCompId, targetCompId },
  });
  const connections: Connection[] = [];
  let wire: ReturnType<typeof counterparty.opened> | undefined;
  const later = (callback: () => void) => {
    const current = wire;
    time.at(time.nowNs() + DELAY_NS, () => wire === current && callback());
  };
  return {
    connections,
    send: (bytes: Uint8Array) =>
      later(() => {
        connections.at(-1)!.up += Buffer.from(bytes).toString('latin1');
        wire?.onBytes(bytes);
      }),
    /** False where there is a connection already. */
    connect(on: { onBytes(bytes: Uint8Array): void; onEnd(): void }): boolean {
      if (wire !== undefined) return false;
      connections.push({ up: '', down: '' });
      const write = (bytes: Uint8Array) =>
        later(() => {
          connections.at(-1)!.down += Buffer.from(bytes).toString('latin1');
          on.onBytes(bytes);
        });
      wire = counterparty.opened({ write, end: () => later(on.onEnd) });
      return true;
    },
    /** Whether there was a connection to end. */
    hangUp(): boolean {
      const ending = wire;
      wire = undefined;
      ending?.onClose();
      return ending !== undefined;
    },
    onQuote(quote: Quote): void {
      const events: VenueEvent[] = [];
      market.onQuote(quote, events);
      counterparty.onMarket(events);
    },
  };
}

/** The gateway's log as a live one writes it, and its events for the next process. */
function openJournal(directory: string, setting: Parameters<typeof startText>[0]) {
  const log = openLog({ directory: join(directory, 'gateway.log'), originNs: ORIGIN_NS });
  const encode = createGatewayEncoder();
  log.append(encode({ kind: 'start', timeNs: START_NS, config: startText(setting) }));
  const events: GatewayEvent[] = [];
  const write = (event: GatewayEvent) => {
    log.append(encode(event));
    events.push(structuredClone(event));
  };
  return { journal: { write, events }, close: () => log.close() };
}

/** Wishes at random; the last ones of an instrument all want the same, and cross for it. */
function createSource(below: (end: number) => number, strategies: readonly number[]) {
  const bids = INSTRUMENTS.map(() => 100_000);
  const sent: SentWish[] = [];
  return {
    sent,
    next(instrument: number, timeNs: number, held: number | undefined) {
      const bidIncrements = bids[instrument]! + below(5) - 2;
      bids[instrument] = bidIncrements;
      const prices = { bidIncrements, askIncrements: bidIncrements + 3 };
      const isLast = held !== undefined;
      const desiredLots = isLast ? instrument + 1 : below(21) - 10;
      const style = isLast ? 'cross' : (['wait', 'join', 'cross', 'cross'] as const)[below(4)]!;
      const isBuy = desiredLots > (held ?? 0);
      const wish: Signal = {
        ...{
          strategy: strategies[instrument]!,
          instrument,
          timeNs,
          tickTimeNs: timeNs,
          forecastTimeNs: timeNs,
          ...prices,
        },
        ...{ desiredLots, style, limitIncrements: bidIncrements + (isBuy ? 6 : -3) },
        ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0, basis: 'verified' },
        forecastId: String(sent.length).padStart(32, '0'),
      };
      sent.push(wish);
      return {
        wish,
        quote: { kind: 'quote', instrument, exchangeTimeNs: timeNs, ...prices },
      } as const;
    },
  };
}

function writeFolder(
  directory: string,
  { connections, sent, said }: { connections: Connection[][]; sent: SentWish[]; said: number[] },
): void {
  for (const [venue, ofVenue] of connections.entries()) {
    const folder = wireFolder(directory, venue);
    mkdirSync(folder);
    for (const [index, { up, down }] of ofVenue.entries()) {
      const name = join(folder, String(index + 1).padStart(4, '0'));
      writeFileSync(`${name}.up`, up, 'latin1');
      writeFileSync(`${name}.down`, down, 'latin1');
    }
  }
  const lines = sent.map(({ forecastId: id, instrument, desiredLots, limitIncrements, style }) =>
    JSON.stringify({ id, instrument, desiredLots, limitIncrements, style }),
  );
  writeFileSync(join(directory, 'signals.jsonl'), `${lines.join('\n')}\n`);
  const desired = INSTRUMENTS.map((_, instrument) => instrument + 1);
  writeFileSync(join(directory, 'settled.json'), JSON.stringify({ desired, said }));
  writeReplay(directory);
}
