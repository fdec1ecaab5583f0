/** A venue, two gateways, and a trader who never rests: where takeovers are played. */
import { join } from 'node:path';
import { openTrader, type Trader } from '#cli';
import { type NodeName, type Pair, type PairPlace, startPair } from './runner/play/pair.ts';
import { type ManagedProcess, startProcess } from './runner/play/process.ts';

export type TakeoverWorld = { pair: Pair; trader: Trader; stop(): Promise<void> };

export type TakeoverWorldOptions = {
  directory: string;
  leaseMs: number;
  /** The nodes' log is there, in place of the witness. */
  topic: { name: string; brokers: string } | undefined;
  /** Nodes that hang are killed. Default true. */
  isWatched?: boolean;
  /** After two of these in silence the venue lets another node log on. Default 30, FIX's usual. */
  heartbeatSeconds?: number;
};

/** Wishes change so often: so much later than it could a new order may come. */
const WISH_MS = 5;
/** Whoever crosses the spread all the time loses: no limit is to end that. */
const LIMITS = [
  ...['--orders-per-second', '100000', '--position-lots', '100000'],
  ...['--daily-loss', '1000000000', '--trailing-drawdown', '1000000000'],
];

export async function startTakeoverWorld(options: TakeoverWorldOptions): Promise<TakeoverWorld> {
  const { directory, leaseMs, topic, isWatched = true, heartbeatSeconds = 30 } = options;
  const servers: ManagedProcess[] = [];
  const start = async (name: string, parameters: string[]) =>
    startProcess({
      ...{ name, parameters, isServer: true, logFile: join(directory, `${name}.log`) },
      onCrash: text => console.error(text),
    });
  const serve = async (name: string, parameters: string[]) => {
    const server = await start(name, parameters);
    servers.push(server);
    return server;
  };
  const lease = ['--lease-ms', String(leaseMs)];
  const session = ['--heartbeat-seconds', String(heartbeatSeconds)];
  const out = (name: string) => ['--out', join(directory, name)];
  const listen = ['--listen', at(0)];
  const venue = await serve('venue', ['venue', ...listen, '--feed', at(0), '--out', directory]);
  const witness =
    topic === undefined
      ? await serve('witness', ['witness', ...listen, ...out('W'), ...lease])
      : undefined;
  const others = ({ standbyOf }: PairPlace) => {
    if (topic) return ['--standby-topic', topic.name, '--brokers', topic.brokers];
    const follows = standbyOf === undefined ? [] : ['--standby-of', at(standbyOf)];
    return ['--witness', at(witness!.ports.port!), ...follows];
  };
  const node = (name: NodeName, place: PairPlace) =>
    start(`node-${name}`, [
      ...(isWatched ? ['watchdog'] : []),
      ...['gateway', '--listen', at(place.edge), '--venue', at(venue.ports.port!)],
      ...[...out(name), '--node', name, '--replicate', at(place.replicate), ...lease, ...LIMITS],
      ...[...session, ...others(place)],
    ]);
  const pair = await startPair({ start: node, isOnTopic: topic !== undefined });
  const [first, second] = pair.edgePorts as [number, number];
  const trader = await openTrader(venue.ports.feedPort!, first, { otherPort: second });
  return {
    ...{ pair, trader },
    async stop() {
      trader.close();
      await pair.stop();
      for (const server of servers) await server.stop();
    },
  };
}

const at = (port: number) => `127.0.0.1:${port}`;

/** Wants another position every few milliseconds, at once. */
export function keepWishing(trader: Trader): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    const instrument = ++turn % 2;
    if (trader.quotes[instrument] === undefined) return;
    trader.wish(instrument, { lots: (turn % 7) - 3, style: 'cross', offset: 3 });
  }, WISH_MS);
  return { stop: () => clearInterval(timer) };
}
