/** Where a run's ticks come from: recordings, an exchange built in or real, a feed elsewhere. */
import { MILLISECOND_NS, midnightBefore, OutriderError } from '#engine';
import { SIMA_FLOW, SIMB_FLOW, type SimulatedExchange, simulatedExchange } from '#gateway';
import {
  type Instrument,
  loadReferenceData,
  namesExchange,
  type OpenedTicks,
  openTicks,
  type ReadStats,
  referenceInstrument,
  type Tick,
} from '#market';
import { parseAddress } from '../commands/address.ts';
import type { RunConfig } from '../config.ts';
import { type ExchangeSource, openExchange } from './exchange-feed.ts';
import { openRemoteFeed, type RemoteFeed } from './remote-feed.ts';

/** Ticks that this process reads or makes itself. */
export type OwnSource =
  | {
      kind: 'recorded';
      originNs: bigint;
      instruments: Instrument[];
      /** The run relives the recording from here on. */
      startNs: number;
      ticks: AsyncIterable<Tick[]>;
      opened: OpenedTicks;
      /** What the ingest thread of a live run read, once it has ended. */
      ingested: ReadStats | undefined;
    }
  | {
      kind: 'simulated';
      originNs: bigint;
      instruments: Instrument[];
      startNs: number;
      exchange: SimulatedExchange;
    };

export type Source =
  | OwnSource
  | ExchangeSource
  | {
      /** The feed of an `outrider venue`; whoever opens it closes it. */
      kind: 'remote';
      originNs: bigint;
      instruments: Instrument[];
      startNs: number;
      feed: RemoteFeed;
    };

const SIMULATED = [
  { symbol: 'SIMA', flow: SIMA_FLOW },
  { symbol: 'SIMB', flow: SIMB_FLOW },
];

/** Farther from the mid than this the simulated exchange takes no order of ours. */
const BAND_PERCENT = 10;

export async function openSource(config: RunConfig): Promise<Source> {
  if (config.feed === undefined) return await openOwnSource(config);
  if (namesExchange(config.feed)) return await openExchange(config);
  const feed = await openRemoteFeed(parseAddress('feed', config.feed));
  const { originNs, instruments, startNs } = feed;
  return { kind: 'remote', originNs, instruments, startNs, feed };
}

export async function openOwnSource(config: RunConfig): Promise<OwnSource> {
  return config.ticks.length > 0 ? await openRecorded(config) : openSimulated(config);
}

async function openRecorded({ ticks: paths, timeZone }: RunConfig): Promise<OwnSource> {
  const opened = await openTicks({ paths, timeZone });
  const iterator = opened.ticks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) {
    const [why = 'no row could be used'] = opened.stats.errors;
    throw new OutriderError('bad-data', `ticks: ${paths.join(', ')}: ${why}`);
  }
  const { originNs, instruments } = opened;
  return {
    ...{ kind: 'recorded', originNs, instruments, opened, ingested: undefined },
    startNs: first.value[0]!.exchangeTimeNs,
    ticks: after(first.value, iterator),
  };
}

async function* after(first: Tick[], rest: AsyncIterator<Tick[]>): AsyncGenerator<Tick[]> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function openSimulated({ speed, seed }: RunConfig): OwnSource {
  if (speed !== 1) {
    throw new OutriderError(
      'bad-config',
      `speed: ${speed}; the built-in exchange runs in real time: give --ticks or leave speed out`,
    );
  }
  const nowUnixNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const originNs = midnightBefore(nowUnixNs);
  const startNs = Number(nowUnixNs - originNs);
  const { exchange, instruments } = openSimulatedExchange({ seed, originNs, startNs });
  return { kind: 'simulated', originNs, instruments, startNs, exchange };
}

/** The two built-in instruments and the exchange that trades them. */
export function openSimulatedExchange(start: {
  seed: string | number;
  originNs: bigint;
  startNs: number;
}): { exchange: SimulatedExchange; instruments: Instrument[] } {
  const { seed, originNs, startNs } = start;
  const rows = loadReferenceData();
  const unixMs = Number(originNs / BigInt(MILLISECOND_NS)) + startNs / MILLISECOND_NS;
  const date = new Date(unixMs).toISOString().slice(0, 10);
  const instruments = SIMULATED.map(({ symbol }) => referenceInstrument(rows, { symbol, date })!);
  const flows = SIMULATED.map(row => ({ ...row, bandPercent: BAND_PERCENT }));
  return { exchange: simulatedExchange({ seed, startNs, instruments: flows }), instruments };
}
