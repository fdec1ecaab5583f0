/** Venue and gateway processes for their tests, and an edge's stand-in that trades through them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clockFrom, wallTimers } from '#engine';
import { connectGateway, type GatewayLink, type Style } from '#gateway';
import type { Instrument, Quote } from '#market';
import { feedRemote, openRemoteFeed } from './remote-feed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'cli', 'main.ts');

export type Process = {
  readonly port: number;
  readonly feedPort: number;
  /** All that its first line said. */
  readonly said: Readonly<Record<string, number>>;
  readonly stderr: string;
  kill(signal: NodeJS.Signals): void;
  /** The exit status, null where a signal ended it. */
  exited: Promise<number | null>;
};

export type Processes = {
  readonly directory: string;
  start(parameters: string[], environment?: Readonly<Record<string, string>>): Promise<Process>;
  /** The venue on this directory, on the ports of the one before. */
  venue(parameters?: string[]): Promise<Process>;
  /** The gateway on this directory, on the port of the one before. */
  gateway(parameters?: string[]): Promise<Process>;
  /** What the venue has received so far. */
  received(): string;
  /** Ends all that still run, by their own ids. */
  close(): Promise<void>;
};

export function openProcesses(): Processes {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-remote-'));
  const children: { child: ChildProcess; exited: Promise<number | null> }[] = [];
  const ports = { venue: 0, feed: 0, gateway: 0 };
  const at = (port: number) => `127.0.0.1:${port}`;
  const start: Processes['start'] = async (parameters, environment = {}) => {
    const child = spawn(process.execPath, [MAIN, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = await ready(child);
    children.push({ child, exited: started.exited });
    return started;
  };
  return {
    directory,
    start,
    async venue(parameters = []) {
      const listen = ['--listen', at(ports.venue), '--feed', at(ports.feed)];
      const started = await start(['venue', ...listen, '--out', directory, ...parameters]);
      ports.venue = started.port;
      ports.feed = started.feedPort;
      return started;
    },
    async gateway(parameters = []) {
      const listen = ['--listen', at(ports.gateway), '--venue', at(ports.venue)];
      const started = await start(['gateway', ...listen, '--out', directory, ...parameters]);
      ports.gateway = started.port;
      return started;
    },
    received: () => readFileSync(join(directory, 'fix', 'venue-received.fix'), 'latin1'),
    async close() {
      for (const { child } of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ exited }) => exited));
    },
  };
}

/** Resolves with the first line, or with an early end. */
function ready(child: ChildProcess): Promise<Process> {
  let stderr = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  const exited = new Promise<number | null>(resolve => child.once('close', resolve));
  return new Promise(resolve => {
    const settle = (line: string) => {
      const said = line === '' ? {} : (JSON.parse(line) as Record<string, number>);
      resolve({
        ...{ port: 0, feedPort: 0, ...said, said, exited },
        get stderr() {
          return stderr;
        },
        kill: signal => void child.kill(signal),
      });
    };
    createInterface({ input: child.stdout! }).once('line', settle);
    void exited.then(() => settle(''));
  });
}

export type Trader = {
  readonly instruments: Instrument[];
  /** The latest quote of each instrument. */
  readonly quotes: readonly (Quote | undefined)[];
  /** As the gateway said last. */
  readonly positions: readonly number[];
  readonly gaps: number;
  readonly problems: readonly string[];
  readonly link: GatewayLink;
  /** Wishes for a position now; `offset` increments behind the far touch. */
  wish(instrument: number, wish: { lots: number; style: Style; offset?: number }): void;
  close(): void;
};

/** Subscribes to the venue's feed and connects to the gateway as an edge would. */
export async function openTrader(
  feedPort: number,
  gatewayPort: number,
  { otherPort, strategy }: { otherPort?: number | undefined; strategy?: string } = {},
): Promise<Trader> {
  const feed = await openRemoteFeed({ host: '127.0.0.1', port: feedPort });
  const { instruments } = feed;
  const clock = clockFrom(feed.startNs);
  const quotes: (Quote | undefined)[] = instruments.map(() => undefined);
  const tickNs: number[] = instruments.map(() => 0);
  const positions: number[] = instruments.map(() => 0);
  const problems: string[] = [];
  const state = { gaps: 0, isStopped: false };
  const onProblem = (text: string) => void problems.push(text);
  const fed = feedRemote(feed, {
    ...{ clock, endNs: Number.POSITIVE_INFINITY, isStopped: () => state.isStopped, onProblem },
    onGap: () => void state.gaps++,
    onClockOffset() {},
    onBatch(batch, injectedNs) {
      for (const tick of batch) {
        if (tick.kind !== 'quote') continue;
        quotes[tick.instrument] = tick;
        tickNs[tick.instrument] = injectedNs;
      }
    },
  });
  void fed.then(({ feedLost }) => feedLost && onProblem(feedLost.message));
  const link = connectGateway({
    ...{ port: gatewayPort, instruments, strategy, clock, timers: wallTimers(clock), onProblem },
    other: otherPort === undefined ? undefined : { port: otherPort },
    onPosition(instrument, lots) {
      positions[instrument] = lots;
    },
  });
  return {
    ...{ instruments, quotes, positions, problems, link },
    get gaps() {
      return state.gaps;
    },
    wish(instrument, { lots, style, offset = 0 }) {
      const { bidIncrements, askIncrements } = quotes[instrument]!;
      const isBuy = lots > positions[instrument]!;
      const mid = bidIncrements + askIncrements;
      link.send({
        ...{ strategy: 0, instrument, desiredLots: lots, style, bidIncrements, askIncrements },
        limitIncrements: isBuy ? askIncrements + offset : bidIncrements - offset,
        ...{ midLowHalfIncrements: mid - 10, midHighHalfIncrements: mid + 10 },
        ...{ timeNs: clock.nowNs(), tickTimeNs: tickNs[instrument]! },
        ...{ basis: 'verified', forecastId: 'ab'.repeat(16), forecastTimeNs: clock.nowNs() },
      });
    },
    close() {
      state.isStopped = true;
      link.close();
    },
  };
}
