/** The gateway as a process: a door for edges in front of FIX sessions that outlive them. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError, wallTimers } from '#engine';
import {
  type DeskFile,
  type EdgeWelcome,
  type FixAddress,
  type GatewayState,
  quoteIntervals,
  REFERENCE_STRATEGY,
  serveEdges,
} from '#gateway';
import { type Instrument, instrumentsDifference } from '#market';
import type { Address } from '../commands/address.ts';
import type { RunConfig } from '../config.ts';
import { loadDeskFile, outboundFiles } from './desk-file.ts';
import { SNAPSHOT_RECORDS_DEFAULT } from './gateway-snapshots.ts';
import type { LiveGateway } from './live-gateway.ts';
import { type OperatorDoor, obey, openOperatorDoor } from './operator-door.ts';
import { startWallGateway, wallTimeOf } from './remote-wall-gateway.ts';
import { repeatedText } from './repeated-signal.ts';

export type GatewayHostOptions = {
  /** Where edges come in. */
  listen: Address;
  /** For the venue that names no address in the desk file. */
  venue: FixAddress | undefined;
  /** Holds `gateway.log` and `fix/outbound.fix`; a log that is there is taken up again. */
  directory: string;
  config: RunConfig;
  /** Version of `step` to go by; undefined: that of the log, or the newest. */
  stepVersion?: number | undefined;
  /** Between two snapshots; SNAPSHOT_RECORDS_DEFAULT where it is left out. */
  snapshotRecords?: number | undefined;
  onProblem(text: string): void;
};

export type GatewayHost = {
  readonly port: number;
  /** What trades here; undefined before the first edge, or while another trades. */
  state(): GatewayState | undefined;
  /** Cancels what works, logs out, and ends. */
  stop(): Promise<void>;
};

/** The venue has this long to answer the last cancels and the logout. */
const STOP_NS = 2_000_000_000;
const NO_PROBE = { begin() {}, end() {} };

/**
 * A new log begins with the first edge, whose instruments it holds from then on; a log that is
 * taken up connects to the venue at once. Throws where address or log are taken by another.
 */
export async function hostGateway(options: GatewayHostOptions): Promise<GatewayHost> {
  const { listen, directory, config, onProblem } = options;
  const logDirectory = join(directory, 'gateway.log');
  const deskFile = loadDeskFile(config);
  const time = wallTimeOf(logDirectory, config, deskFile);
  const { clock } = time;
  let outbound: number[] = [];
  let live: LiveGateway | undefined;
  let traded: Instrument[] = [];
  let operators: OperatorDoor | undefined;

  const begin = (instruments: Instrument[]) => {
    outbound = openOutbound(directory, deskFile);
    traded = instruments;
    operators = openOperatorDoor({
      ...{ directory, time, onProblem, state: () => live!.gateway.state },
      operate: order => void obey(live!.gateway, order),
    });
    live = startWallGateway({
      ...{ time, config, instruments, logDirectory, onProblem, probe: NO_PROBE },
      ...{ deskFile, venue: options.venue, stepVersion: options.stepVersion },
      snapshotRecords: options.snapshotRecords ?? SNAPSHOT_RECORDS_DEFAULT,
      onSent: keepSent(outbound, onProblem),
      onPosition: (instrument, lots, strategy) => door.sendPosition(strategy, instrument, lots),
      ...{ onEffects: operators.onEffects, onOutcome: operators.onOutcome },
    });
    live.connect();
    return live;
  };
  const door = await serveEdges({
    ...{ ...listen, clock, timers: wallTimers(clock), strategies: strategyNames(deskFile) },
    onEdge(instruments, strategy) {
      const { gateway } = live ?? begin(instruments);
      refuseOthers(instruments, traded);
      return welcomeOf(gateway.state, strategy);
    },
    onQuote: quote => live?.gateway.onQuote(quote),
    onSignal: signal => live?.gateway.onSignal(signal),
    onRepeated: signal => onProblem(repeatedText(signal)),
    onEdgeLost: (...lost) => live?.gateway.onEdgeLost(...lost),
    onDisconnected: reason => onProblem(`edge: ${reason}`),
  });
  const closeDoors = () => Promise.all([door.close(), operators?.close()]);
  try {
    // The wishes in the log are those of edges that are not here.
    if (time.begun !== undefined) begin(time.begun.instruments).gateway.command('edge-lost');
  } catch (error) {
    // An open door would keep a process alive that has failed, and an edge could begin it again.
    await closeDoors();
    throw error;
  }
  return {
    ...{ port: door.port, state: () => live?.gateway.state },
    async stop() {
      await Promise.all([closeDoors(), live?.stop(STOP_NS)]);
      live?.close();
      for (const file of outbound) closeSync(file);
    },
  };
}

/** What is sent, a file a venue. */
export function openOutbound(directory: string, deskFile: DeskFile | undefined): number[] {
  mkdirSync(join(directory, 'fix'), { recursive: true });
  return outboundFiles(directory, deskFile).map(path => openSync(path, 'a'));
}

/** The log has all of it: a disk that is full costs the file its end, not the order. */
export function keepSent(files: readonly number[], onProblem: (text: string) => void) {
  let isWhole = true;
  return (bytes: Uint8Array, venue: number) => {
    if (!isWhole) return;
    try {
      writeSync(files[venue]!, bytes);
    } catch (error) {
      isWhole = false;
      onProblem(`fix/outbound.fix: ends here, the log has the rest: ${(error as Error).message}`);
    }
  };
}

export const strategyNames = (deskFile: DeskFile | undefined): string[] =>
  (deskFile?.strategies ?? [REFERENCE_STRATEGY]).map(({ name }) => name);

/** What an edge hears first: its strategy's positions, and how often quotes are wanted. */
export function welcomeOf({ desks, config }: GatewayState, strategy: number): EdgeWelcome {
  const own = desks.filter(desk => desk.strategy === strategy);
  const positions = own.map(({ holding }) => holding.positionLots);
  return { positions, quoteIntervalsNs: quoteIntervals(config) };
}

export function refuseOthers(given: Instrument[], traded: Instrument[]): void {
  const difference = instrumentsDifference(given, traded);
  if (difference === undefined) return;
  const remedy = 'a gateway trades what its log was begun with: give it another --out DIR';
  throw new OutriderError('protocol', `instruments: ${difference}; ${remedy}`);
}
