/** The operations of a process of ours: its door, its log, and its end within a bound. */
import { clockFrom, drain, wallTimers } from '#engine';
import type { Health, Log, Metrics } from '#engine/operations';
import type { OperationsSettings } from './operations-options.ts';

export type OperationsDoor = {
  /** Undefined where nobody asked for a door. */
  readonly metrics: Metrics | undefined;
  readonly health: Health | undefined;
  /** A line for whoever runs the process: in the log, or plain. */
  problem(text: string): void;
  /**
   * Not ready at once; then `finish`, at most DRAIN_MS, else the process ends with DRAIN_STATUS.
   * The door closes last, so that an orderly end can be watched.
   */
  drain(finish: () => Promise<unknown>): Promise<void>;
};

/** Longer than a venue's two seconds for the last cancels; shorter than Kubernetes' thirty. */
const DRAIN_MS = 20_000;
const DRAIN_STATUS = 4;

/** Throws `network` where the address cannot be had. */
export async function openOperations(
  name: string,
  { operations, logLevel }: OperationsSettings,
): Promise<OperationsDoor> {
  const clock = clockFrom(0);
  const time = { clock, timers: wallTimers(clock) };
  const { log, health, metrics, server } = await openParts(name, { operations, logLevel });
  const problem = (text: string) => {
    if (log === undefined) console.error(text);
    else log.warn(text);
  };
  if (server !== undefined) {
    const at = `${operations!.host}:${server.port}`;
    if (log === undefined) console.error(`operations: http://${at}/metrics`);
    else log.info('operations', { address: at });
  }
  return {
    ...{ metrics, health, problem },
    async drain(finish) {
      health?.drain('it is being stopped');
      log?.info('drain begins', { boundMs: DRAIN_MS });
      const { isComplete, tookMs } = await drain(finish, DRAIN_MS, time);
      log?.info('drain ends', { isComplete, tookMs: Math.round(tookMs) });
      if (!isComplete) {
        problem(`drain: not done after ${DRAIN_MS} ms; ended, a restart takes up its log`);
        process.exit(DRAIN_STATUS);
      }
      await server?.close();
    },
  };
}

type Parts = {
  readonly log?: Log;
  readonly health?: Health;
  readonly metrics?: Metrics;
  readonly server?: { readonly port: number; close(): Promise<void> };
};

/** Loaded where they are asked for alone: they would make every start slower. */
async function openParts(name: string, settings: OperationsSettings): Promise<Parts> {
  const { operations, logLevel } = settings;
  if (operations === undefined && logLevel === undefined) return {};
  const { createHealth, createMetrics, openLog, serveOperations } = await import(
    '#engine/operations'
  );
  const { knownSecrets } = await import('#engine/broker');
  const opening = { name, level: logLevel ?? 'silent', secrets: knownSecrets } as const;
  const log = logLevel === undefined ? {} : { log: openLog(opening) };
  if (operations === undefined) return log;
  const health = createHealth();
  const metrics = createMetrics();
  const server = await serveOperations({ ...operations, metrics, health });
  return { ...log, health, metrics, server };
}
