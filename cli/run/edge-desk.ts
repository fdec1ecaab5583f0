/** The edge of a process under the tasks of its topology: whose an instrument is, what it said. */
import {
  type Edge,
  type ForecastRecord,
  type MarketState,
  marketStateOf,
  parentOf,
  parentRecordOf,
  type Settled,
  type SignalRecord,
} from '#edge';
import { type Clock, MILLISECOND_NS, type Nanoseconds } from '#engine';
import type { Signal } from '#gateway';
import type { Tick } from '#market';
import type { EdgeDesk, EdgeNews, Holding } from './edge-topology.ts';

export type EdgeDeskOptions = {
  readonly name: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  /** The edge's, and what it counts from, nanoseconds since 1970. */
  readonly clock: Clock;
  readonly zeroNs: bigint;
  edge(): Edge;
  /** There is something to commit that no tick brought. */
  wake(): void;
  onSignal(signal: Signal, ticks: number): void;
  /** For whoever runs the edge. */
  onProblem(text: string): void;
  /** Of a turn, before the edge has them; `arrivedMs`: of the last, by the clock of the brokers. */
  onTicks?(ticks: readonly Tick[], injectedNs: Nanoseconds, arrivedMs: number): void;
};

export type HostedDesk = EdgeDesk & {
  /** Ports of the edge. */
  onSignal(signal: Signal): void;
  onSettled(settled: Settled): void;
  /** Instruments of other partitions are another's from now on. */
  keepOnly(partitions: ReadonlySet<number>): void;
};

/** News of an instrument that wait for a commit; the oldest are dropped where none comes. */
const NEWS_MAX = 10_000;
/** Unknown symbols that are named, each once; of further ones the dead letters tell. */
const UNKNOWN_MAX = 100;

export function createEdgeDesk(options: EdgeDeskOptions): HostedDesk {
  const { name, symbols, zeroNs, wake } = options;
  const numbers = new Map(symbols.map((symbol, instrument) => [symbol, instrument]));
  const owners: (Holding | undefined)[] = symbols.map(() => undefined);
  const unknown = new Set<string>();
  const { take, flush } = createTurn(options);
  const tell = (holding: Holding, news: EdgeNews) => {
    holding.news.push(news);
    if (holding.news.length > NEWS_MAX) holding.news.shift();
    wake();
  };
  return {
    name,
    instrumentOf: symbol => numbers.get(symbol),
    refused(symbol, reason) {
      if (unknown.size >= UNKNOWN_MAX || unknown.has(symbol)) return;
      unknown.add(symbol);
      options.onProblem(`dead letters: ${reason}; its ticks are not taken until then`);
    },
    begin(holding, { market, features, parent: record }) {
      flush();
      owners[holding.instrument] = holding;
      const parent = record && parentOf(record, zeroNs);
      options.edge().restart(holding.instrument, { market, features, parent });
      holding.parent = parent;
    },
    take,
    flush,
    market: (instrument): MarketState => marketStateOf(options.edge().state, instrument),
    get features() {
      return options.edge().state.features;
    },
    newParent(holding) {
      const parent = options.edge().state.config.policy.parents?.get(holding.instrument);
      if (parent === undefined || parent === holding.parent) return undefined;
      holding.parent = parent;
      return parentRecordOf(parent, zeroNs);
    },
    onSignal(signal) {
      const holding = owners[signal.instrument];
      // A forecast may come back for an instrument that another has by now.
      if (holding === undefined) return;
      options.onSignal(signal, holding.ticks);
      tell(holding, { kind: 'signal', record: signalRecord(options, signal, holding) });
    },
    onSettled(settled) {
      const holding = owners[settled.instrument];
      if (holding === undefined) return;
      tell(holding, { kind: 'forecast', record: forecastRecord(options, settled, holding) });
    },
    keepOnly(partitions) {
      for (const [instrument, holding] of owners.entries()) {
        if (holding === undefined || partitions.has(holding.partition)) continue;
        owners[instrument] = undefined;
        options.edge().restart(instrument);
      }
    },
  };
}

/** Ticks that wait for the end of the processor's turn: the edge takes them at once. */
function createTurn(options: EdgeDeskOptions): Pick<EdgeDesk, 'take' | 'flush'> {
  const batch = { ticks: [] as Tick[], injectedNs: 0, arrivedMs: 0 };
  let isFlushing = false;
  const flush = () => {
    if (batch.ticks.length === 0) return;
    const ticks = batch.ticks.splice(0);
    options.onTicks?.(ticks, batch.injectedNs, batch.arrivedMs);
    options.edge().onTicks(ticks, batch.injectedNs);
    options.edge().publish();
  };
  return {
    flush,
    take({ instrument, timeMs }, { tick }) {
      batch.ticks.push({ ...tick, instrument });
      batch.injectedNs = arrivedNs(options.clock, timeMs);
      batch.arrivedMs = timeMs;
      if (isFlushing) return;
      isFlushing = true;
      queueMicrotask(() => {
        isFlushing = false;
        flush();
      });
    },
  };
}

/** A tick ages from its arrival at the brokers. */
function arrivedNs(clock: Clock, timeMs: number): Nanoseconds {
  const ageMs = Math.max(0, Date.now() - timeMs);
  return Math.max(0, clock.nowNs() - ageMs * MILLISECOND_NS);
}

function forecastRecord(
  { name, edge }: EdgeDeskOptions,
  { instrument, forecastId, forecast }: Settled,
  { ticks }: Holding,
): ForecastRecord {
  const { epoch, moveIndex } = edge().state.instruments[instrument]!.context;
  return { edge: name, ticks, epoch, moveIndex, forecastId, forecast: [...forecast] };
}

function signalRecord(
  { name, strategy }: EdgeDeskOptions,
  signal: Signal,
  { ticks }: Holding,
): SignalRecord {
  const { basis, style, desiredLots, limitIncrements, forecastId } = signal;
  const { midLowHalfIncrements, midHighHalfIncrements, bidIncrements, askIncrements } = signal;
  return {
    ...{ edge: name, strategy, ticks, basis, style, desiredLots, limitIncrements },
    ...{ midLowHalfIncrements, midHighHalfIncrements, forecastId, bidIncrements, askIncrements },
    tickAgeNs: Math.round(signal.timeNs - signal.tickTimeNs),
    forecastAgeNs: Math.round(signal.timeNs - signal.forecastTimeNs),
  };
}
