/** A gateway whose FIX session keeps wall-clock time: what a venue of another process asks for. */
import { existsSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import {
  ByteReader,
  type Clock,
  DAY_NS,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  readLog,
  wallClock,
  wallTimers,
} from '#engine';
import {
  type DeskFile,
  type FixAddress,
  type MarketQuote,
  NEWEST_STEP_VERSION,
  readGatewayRecord,
  type Signal,
} from '#gateway';
import type { Instrument } from '#market';
import type { ConfigName, RunConfig } from '../config.ts';
import { venueAccesses } from './desk-file.ts';
import { gatewayConfig } from './gateway-settings.ts';
import { type LiveGateway, type LiveGatewayOptions, startGateway } from './live-gateway.ts';
import { SESSION_OPTION_NAMES } from './session-options.ts';
import { readStartRecord, type StartRecord, startText } from './start-record.ts';

export type WallTime = {
  /** UTC midnight of the day the log was begun. */
  originNs: bigint;
  clock: Clock;
  /** What the log says it was begun with; undefined for a new one. */
  begun:
    | Pick<StartRecord, 'config' | 'instruments' | 'deskFile' | 'stepVersion' | 'zones'>
    | undefined;
};

export type WallGatewayOptions = Omit<
  LiveGatewayOptions,
  'config' | 'start' | 'clock' | 'timers' | 'venues'
> & {
  time: WallTime;
  config: RunConfig;
  instruments: Instrument[];
  deskFile: DeskFile | undefined;
  /** Of the option, for the venue that names no address of its own. */
  venue: FixAddress | undefined;
  /** Version of `step` to go by: a log that is taken up is switched to it. */
  stepVersion?: number | undefined;
};

/** Options a log cannot change: a replay takes them from its first record. */
export const GATEWAY_OPTIONS = [
  ...['positionLots', 'orderValue', 'ordersPerSecond', 'collarBasisPoints', 'dailyLoss'],
  ...['trailingDrawdown', 'tickAgeMs', 'forecastAgeMs', 'heartbeatSeconds'],
  ...SESSION_OPTION_NAMES,
] as ConfigName[];

/** Times are exact for 104 days from the origin on. */
const LOG_DAYS_MAX = 100;

/**
 * The clock of a new log, or of one that is taken up again. Throws `bad-config` where it was begun
 * with other options, or so long ago that its times would no longer be exact.
 */
export function wallTimeOf(
  logDirectory: string,
  config: RunConfig,
  deskFile: DeskFile | undefined,
): WallTime {
  const nowNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const names = existsSync(logDirectory) ? readdirSync(logDirectory) : [];
  const isThere = names.some(name => name.endsWith('.segment'));
  const log = isThere ? readLog({ directory: logDirectory }) : undefined;
  const originNs = log?.originNs ?? midnightBefore(nowNs);
  const remedy = 'or begin a new log with another --out DIR';
  if (nowNs - originNs > BigInt(LOG_DAYS_MAX * DAY_NS)) {
    const message = `${logDirectory}: begun more than ${LOG_DAYS_MAX} days ago`;
    throw new OutriderError('bad-config', `${message}; replay it elsewhere, ${remedy}`);
  }
  const begun = log && gatewayLogStart(log);
  const changed = GATEWAY_OPTIONS.find(name => begun && begun.config[name] !== config[name]);
  if (begun !== undefined && changed !== undefined) {
    const message = `${changed}: ${config[changed]}; ${logDirectory} was begun with`;
    throw new OutriderError(
      'bad-config',
      `${message} ${begun.config[changed]}: give that, ${remedy}`,
    );
  }
  if (begun !== undefined && !isDeepStrictEqual(begun.deskFile, deskFile)) {
    const message = `desk: ${config.desk}; ${logDirectory} was begun with another desk file`;
    throw new OutriderError('bad-config', `${message}: give that, ${remedy}`);
  }
  return { originNs, clock: wallClock(originNs), begun };
}

export function startWallGateway(options: WallGatewayOptions): LiveGateway {
  const { time, config, instruments, deskFile, venue, ...ports } = options;
  const { originNs, clock, begun } = time;
  const stepVersion = begun?.stepVersion ?? options.stepVersion ?? NEWEST_STEP_VERSION;
  const setting = { config, originNs, instruments, deskFile, stepVersion, zones: begun?.zones };
  const live = startGateway({
    ...{ ...ports, clock, timers: wallTimers(clock) },
    ...{ config: gatewayConfig(setting), start: startText(setting) },
    venues: venueAccesses({ config, deskFile }, venue),
  });
  const wanted = options.stepVersion;
  if (wanted !== undefined && live.gateway.state.stepVersion !== wanted) {
    live.gateway.switchStep(wanted);
  }
  return live;
}

/** Takes signals of a run that lives by another clock: each time becomes ours, its age is kept. */
export function retimed(live: LiveGateway, ours: Clock, theirs: Clock): LiveGateway {
  const shiftNs = ours.nowNs() - theirs.nowNs();
  const onSignal = (signal: Signal) => live.gateway.onSignal(movedSignal(signal, shiftNs));
  const onQuote = (quote: MarketQuote) =>
    live.gateway.onQuote({ ...quote, tickTimeNs: quote.tickTimeNs + shiftNs });
  return { ...live, gateway: { ...live.gateway, onSignal, onQuote } };
}

export function movedSignal(signal: Signal, byNs: number): Signal {
  return {
    ...signal,
    timeNs: signal.timeNs + byNs,
    tickTimeNs: signal.tickTimeNs + byNs,
    forecastTimeNs: signal.forecastTimeNs + byNs,
  };
}

/** The configuration that a gateway's log begins with; undefined where nothing was written yet. */
export function gatewayLogStart(
  log: Iterable<{ readonly payload: Uint8Array }>,
): StartRecord | undefined {
  for (const { payload } of log) {
    const reader = new ByteReader();
    reader.reset(payload);
    const record = readGatewayRecord(reader);
    if (record.kind === 'start') return readStartRecord(record.config);
    throw new OutriderError('bad-log', 'the gateway log begins without its configuration');
  }
  return undefined;
}
