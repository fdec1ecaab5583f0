/** The command line of each process of a scenario. */
import { join } from 'node:path';
import { GATEWAY_OPTIONS } from '#cli';
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import type { Scenario } from '../file/scenario.ts';

/** Of the processes. */
export type Ports = {
  venue: number;
  feed: number;
  verifier: number;
  link: number;
  /** 0 where the gateway reaches the venue without one. */
  venueLink: number;
  gateway: number;
  witness: number;
  /** Of the second venue, where there is one. */
  secondVenue: number;
  secondFeed: number;
  /** Of the second node of a pair. */
  otherGateway?: readonly number[];
};

/** All ports, and where this process writes. */
export type Place = Ports & {
  out: string;
  loadNs: Nanoseconds;
  /** Of a run that is fed as an exchange feeds it. */
  exchange?: { port: number; instruments: readonly Instrument[] };
  /** Of the gateway alone. */
  deskFile?: string | undefined;
};

/** Name of the second venue, and of its folder beside the first one's bytes. */
export const SECOND_VENUE = 'second';

/** Options of a run that other processes have as well. */
const VERIFIER_OPTIONS = ['model', 'draft', 'batch', 'threads'];
const VENUE_OPTIONS = ['timeZone', 'quoteSizeLots', 'bandIncrements', 'heartbeatSeconds'];
/** Half of a run's `roundTripMs` unless the scenario says another. */
const ROUND_TRIP_MS = 20;

const at = (port: number) => `127.0.0.1:${port}`;

export function parametersOf(
  name:
    | 'run'
    | 'venue'
    | 'second-venue'
    | 'venue-link'
    | 'verifier'
    | 'verifier-link'
    | 'gateway'
    | 'witness',
  scenario: Scenario,
  place: Place,
): string[] {
  const { options, seed, ticks } = scenario;
  const market = ['--seed', String(seed), ...ticks.flatMap(path => ['--ticks', path])];
  switch (name) {
    case 'venue':
      return [
        ...['venue', '--listen', at(place.venue), '--feed', at(place.feed), '--out', place.out],
        ...[...market, '--stages', stagesText(scenario), ...optionsOf(options, VENUE_OPTIONS)],
      ];
    case 'second-venue':
      return [
        ...['venue', '--listen', at(place.secondVenue), '--feed', at(place.secondFeed)],
        ...['--out', join(place.out, SECOND_VENUE), ...market],
        ...['--stages', stagesText(scenario), ...optionsOf(options, VENUE_OPTIONS)],
      ];
    case 'verifier':
      return ['verifier', '--listen', at(place.verifier), ...optionsOf(options, VERIFIER_OPTIONS)];
    case 'verifier-link': {
      const oneWayMs = Number(options.roundTripMs ?? ROUND_TRIP_MS) / 2;
      const ends = ['--listen', at(place.link), '--target', at(place.verifier)];
      return ['forward', ...ends, '--one-way-ms', String(oneWayMs)];
    }
    case 'venue-link':
      return ['forward', '--listen', at(place.venueLink), '--target', at(place.venue)];
    case 'gateway':
      return [
        ...[
          'gateway',
          '--listen',
          at(place.gateway),
          '--venue',
          at(place.venueLink || place.venue),
        ],
        ...['--out', place.out, ...optionsOf(options, GATEWAY_OPTIONS)],
        ...(place.deskFile === undefined ? [] : ['--desk', place.deskFile]),
      ];
    case 'witness':
      return ['witness', '--listen', at(place.witness), '--out', place.out, ...leaseOf(scenario)];
    case 'run':
      return [
        ...['run', '--seed', String(seed), ...feedOf(place), '--verifier', at(place.link)],
        ...(scenario.gateway === 'run'
          ? ['--venue', at(place.venueLink || place.venue)]
          : ['--gateway', [place.gateway, ...(place.otherGateway ?? [])].map(at).join()]),
        ...['--out', place.out, ...optionsOf(options, Object.keys(options))],
      ];
  }
}

function feedOf({ exchange, feed }: Place): string[] {
  if (exchange === undefined) return ['--feed', at(feed)];
  const symbols = exchange.instruments.map(({ venueSymbol }) => venueSymbol);
  return ['--feed', `coinbase:${symbols}`, '--feed-url', `ws://${at(exchange.port)}`];
}

/** A node of a pair, under a watchdog. */
export function nodeParameters(
  node: { name: string; replicate: number; standbyOf: number | undefined },
  scenario: Scenario,
  place: Place,
): string[] {
  const { name, replicate, standbyOf } = node;
  return [
    ...['watchdog', ...parametersOf('gateway', scenario, place), '--node', name],
    ...['--replicate', at(replicate), ...leaseOf(scenario)],
    ...(scenario.witness ? ['--witness', at(place.witness)] : []),
    ...(standbyOf === undefined ? [] : ['--standby-of', at(standbyOf)]),
  ];
}

const leaseOf = ({ lease }: Scenario) =>
  lease === undefined ? [] : ['--lease-ms', String(lease / MILLISECOND_NS)];

/** `20s:1,30s:10`: the load as `outrider venue` takes it. */
const stagesText = ({ load }: Pick<Scenario, 'load'>) =>
  load.map(({ for: ns, rate }) => `${ns / MILLISECOND_NS}ms:${rate}`).join(',');

function optionsOf(options: Scenario['options'], names: readonly string[]): string[] {
  return names.flatMap(name => {
    const value = options[name];
    if (value === undefined || value === false) return [];
    const option = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
    return value === true ? [option] : [option, String(value)];
  });
}
