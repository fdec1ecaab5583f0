/** The gateway of a live run: its own, its own before a venue elsewhere, or a process elsewhere. */
import { type Clock, invariant, type Timers } from '#engine';
import {
  type GatewayEffects,
  type GatewayState,
  isLoggedOn,
  quoteFeed,
  quoteIntervals,
  type Signal,
  type StepProbe,
} from '#gateway';
import type { Tick } from '#market';
import { parseAddress } from '../commands/address.ts';
import { hasVenueElsewhere } from './desk-file.ts';
import { gatewayConfig } from './gateway-settings.ts';
import { type LiveGateway, startGateway } from './live-gateway.ts';
import { startRemoteGateway } from './remote-gateway.ts';
import { retimed, startWallGateway, wallTimeOf } from './remote-wall-gateway.ts';
import type { RunSetting } from './settings.ts';

export type RunGateway = {
  /** Undefined where the gateway is a process elsewhere, which keeps its own counts and log. */
  readonly state: GatewayState | undefined;
  /** The clock of the times in its state: the run's, or the wall's before a venue elsewhere. */
  readonly clock: Clock;
  /** Signals reach a session that is logged on; of a process elsewhere, that they reach it. */
  readonly isUp: boolean;
  onSignal(signal: Signal): void;
  /** Of an instant, on the run's clock: the gateway takes the quotes that its strategies need. */
  onTicks(ticks: readonly Tick[], injectedNs: number): void;
  /** The same of a paper venue that has quotes of its own. */
  onVenueTicks(venue: number, ticks: readonly Tick[], injectedNs: number): void;
  connect(): void;
  /** Cancels what works, logs out, and resolves when the venue has answered or had its time. */
  stop(withinNs: number): Promise<void>;
  close(): void;
};

export type RunGatewayOptions = {
  setting: RunSetting;
  /** The paper venues of this run; none where `venue`, `gateway` or a desk file names others. */
  ownVenues: readonly { port: number }[];
  logDirectory: string;
  /** Configuration as the log's first record carries it. */
  start: string;
  /** The run's. */
  clock: Clock;
  timers: Timers;
  probe: StepProbe;
  onSent(bytes: Uint8Array, venue: number): void;
  onPosition(instrument: number, positionLots: number): void;
  onEffects(effects: GatewayEffects, timeNs: number): void;
  onProblem(text: string): void;
};

export function startRunGateway(options: RunGatewayOptions): RunGateway {
  const { setting, ownVenues, start, ...ports } = options;
  const { config, instruments, deskFile } = setting;
  const { clock, logDirectory } = ports;
  if (config.gateway !== undefined) {
    const [first, second] = config.gateway.split(',');
    const address = parseAddress('gateway', first);
    const other = second === undefined ? undefined : parseAddress('gateway', second);
    const { strategy } = config;
    return startRemoteGateway({ ...ports, address, other, instruments, strategy });
  }
  if (!hasVenueElsewhere(setting)) {
    invariant(ownVenues.length > 0, 'a run whose orders stay here has venues of its own');
    const venues = ownVenues.map(address => ({ address }));
    const own = { config: gatewayConfig(setting), start, venues };
    return facade(startGateway({ ...ports, ...own }), ports, clock);
  }
  const time = wallTimeOf(logDirectory, config, deskFile);
  const venue = config.venue === undefined ? undefined : parseAddress('venue', config.venue);
  const live = startWallGateway({ ...ports, time, config, instruments, deskFile, venue });
  return facade(retimed(live, time.clock, clock), ports, time.clock);
}

/** `run`: its time, by which quotes are held back; `clock`: the gateway's. */
function facade(
  { gateway, ...live }: LiveGateway,
  run: { clock: Clock; timers: Timers },
  clock: Clock,
): RunGateway {
  const { state, onSignal } = gateway;
  const quotes = quoteFeed({ ...run, send: gateway.onQuote });
  const ofVenues = state.venues.map((_, venue) =>
    quoteFeed({ ...run, send: quote => gateway.onQuote({ ...quote, venue }) }),
  );
  for (const each of [quotes, ...ofVenues]) each.subscribe(quoteIntervals(state.config));
  return {
    ...{ ...live, clock, state, onSignal, onTicks: quotes.onTicks },
    onVenueTicks: (venue, ticks, injectedNs) => ofVenues[venue]!.onTicks(ticks, injectedNs),
    close() {
      for (const each of [quotes, ...ofVenues]) each.close();
      live.close();
    },
    get isUp() {
      return isLoggedOn(gateway.state);
    },
  };
}
