/** A gateway's log of so many mixed records, from a seed, through the real gateway and venues. */
import { createHash } from 'node:crypto';
import {
  MILLISECOND_NS,
  nodeDisk,
  openLog,
  type SeededRandom,
  seededRandom,
  virtualTime,
  writeSnapshot,
} from '#engine';
import {
  createGateway,
  createGatewayEncoder,
  type Gateway,
  type GatewayEvent,
  type GatewayPorts,
  type Style,
} from '#gateway';
import { FIRST_BID, mixedConfig, START_NS } from './mixed-config.ts';
import { type MixedVenues, mixedVenues } from './mixed-venues.ts';

export type MixedLog = { records: number; kinds: Record<string, number>; sha256: string };

export type MixedLogOptions = { directory: string; seed: number; records: number };

/** Records gather before they reach the file: this measures no disk. */
const FLUSH_RECORDS = 1_000;
const STYLES: readonly Style[] = ['join', 'cross', 'join', 'wait'];

type World = {
  gateway: Gateway;
  venues: MixedVenues;
  random: SeededRandom;
  bids: number[];
  wait(durationNs: number): void;
  restart(): void;
};

/** Writes log and one snapshot, taken half-way; `sha256` is over all that the gateway sent. */
export function writeMixedLog({ directory, seed, records }: MixedLogOptions): MixedLog {
  const config = mixedConfig();
  const { originNs } = config;
  const log = openLog({ directory: `${directory}/gateway.log`, originNs });
  const encode = createGatewayEncoder();
  log.append(encode({ kind: 'start', timeNs: START_NS, config: `seed ${seed}` }));
  const sent = createHash('sha256');
  const kinds: Record<string, number> = { start: 1 };
  const journal = (event: GatewayEvent) => {
    const offset = log.append(encode(event));
    if (offset % FLUSH_RECORDS === 0) log.flush();
    kinds[event.kind] = (kinds[event.kind] ?? 0) + 1;
  };
  const world = openWorld(seed, journal, bytes => void sent.update(bytes));
  let isHalfWay = false;
  while (log.nextOffset < records) {
    act(world);
    if (isHalfWay || log.nextOffset < records / 2) continue;
    isHalfWay = true;
    const offset = log.nextOffset;
    const { bytes: state, mark } = world.gateway.snapshot()!;
    const snapshot = { offset, originNs, state, hash: mark.stateHash };
    writeSnapshot(nodeDisk, `${directory}/snapshots`, snapshot);
  }
  world.gateway.close();
  log.close();
  return { records: log.nextOffset, kinds, sha256: sent.digest('hex') };
}

function openWorld(
  seed: number,
  journal: (event: GatewayEvent) => void,
  onSent: (bytes: Buffer) => void,
): World {
  const config = mixedConfig();
  const time = virtualTime(START_NS);
  const ports: GatewayPorts = {
    ...{ clock: time, timers: time, journal, onPosition() {}, onEffects() {} },
    send(bytes, venue) {
      onSent(bytes);
      venues.deliver(venue, bytes);
    },
    disconnect: (_, venue) => time.at(time.nowNs(), () => venues.cut(venue)),
  };
  const venues = mixedVenues(config, time, () => world.gateway);
  const world: World = {
    ...{ venues, gateway: createGateway(config, ports), random: seededRandom(seed) },
    bids: config.instruments.map(() => FIRST_BID),
    wait: durationNs => time.advanceTo(time.nowNs() + durationNs),
    restart() {
      const { bytes: snapshot } = world.gateway.snapshot()!;
      world.gateway.close();
      venues.hangUp();
      world.gateway = createGateway(config, { ...ports, snapshot });
      world.gateway.restart();
    },
  };
  for (const venue of config.venues.keys()) venues.connect(venue);
  world.wait(100 * MILLISECOND_NS);
  return world;
}

/** One thing that happens, by chance. */
function act(world: World): void {
  const { random, gateway, venues } = world;
  const chance = random.nextFloat();
  const instrument = random.nextU32() % 2;
  const venue = random.nextU32() % 2;
  if (chance < 0.45) quote(world, instrument);
  else if (chance < 0.75) signal(world, instrument);
  else if (chance < 0.99) world.wait(Math.floor(20 * random.nextFloat() * MILLISECOND_NS));
  else if (chance < 0.992) world.wait(Math.floor(3_000 * random.nextFloat() * MILLISECOND_NS));
  else if (chance < 0.9935) gateway.command('edge-lost');
  else if (chance < 0.994) gateway.command('kill');
  else if (chance < 0.996) gateway.command('arm');
  else if (chance < 0.9975) venues.cut(venue);
  else if (chance < 0.9999) venues.connect(venue);
  else world.restart();
}

/** Each venue's market has it, and the gateway hears of it. */
function quote({ random, gateway, venues, bids }: World, instrument: number): void {
  const moved = bids[instrument]! + (random.nextU32() % 5) - 2;
  const bid = Math.max(FIRST_BID / 2, moved);
  bids[instrument] = bid;
  for (const venue of [0, 1]) {
    const ask = bid + 1 + (random.nextU32() % 3);
    venues.quote(venue, instrument, { bid, ask });
    gateway.onQuote({
      ...{ venue, instrument, bidIncrements: bid, askIncrements: ask, bidLots: 40, askLots: 40 },
      ...{ tradedLots: random.nextU32() % 4, tickTimeNs: nowOf(gateway) },
    });
  }
}

function signal({ random, gateway, bids }: World, instrument: number): void {
  const bid = bids[instrument]!;
  const timeNs = nowOf(gateway);
  const desiredLots = (random.nextU32() % 201) - 100;
  const style = STYLES[random.nextU32() % STYLES.length]!;
  gateway.onSignal({
    ...{ strategy: random.nextU32() % 2, instrument, desiredLots, style, basis: 'verified' },
    ...{ timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs, forecastId: 'ab'.repeat(16) },
    ...{ bidIncrements: bid, askIncrements: bid + 2, limitIncrements: bid + 1 },
    ...{ midLowHalfIncrements: 2 * bid - 6, midHighHalfIncrements: 2 * bid + 10 },
  });
}

const nowOf = ({ state }: Gateway) => state.nowNs;
