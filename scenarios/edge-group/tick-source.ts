/** Publishes made-up quotes to the topic of ticks at an even rate, until it is told to stop. */
import { openTickTopic } from '#cli/ingest';
import { MILLISECOND_NS, midnightBefore, seededRandom } from '#engine';
import { type Broker, connectPlatformatic, type OutgoingRecord } from '#engine/broker';
import { type Instrument, loadReferenceData, referenceInstrument, type Tick } from '#market';

export type TickSourceOptions = {
  readonly addresses: readonly string[];
  readonly prefix: string;
  readonly instruments: number;
  /** Of all instruments together. */
  readonly ticksPerSecond: number;
  readonly seed: string;
};

export type TickSource = {
  /** Ticks that the brokers have. */
  readonly published: number;
  /** Resolves once the brokers have every tick that was made; rejects where they refused one. */
  stop(): Promise<void>;
};

const TURN_MS = 10;
const MID = 100_000;

/** Mids walk by a half increment or two at most quotes: most are moves, as a busy market's are. */
export async function startTickSource(options: TickSourceOptions): Promise<TickSource> {
  const { addresses, prefix, ticksPerSecond } = options;
  const broker: Broker = await connectPlatformatic({ addresses: [...addresses] });
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const instruments = madeUpInstruments(options.instruments);
  const { recordOf } = await openTickTopic({ broker, prefix, originNs, instruments });
  const random = seededRandom(options.seed);
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  const bids = instruments.map(() => MID);
  const quote = (instrument: number): Tick => {
    bids[instrument] = bids[instrument]! + (random.nextU32() % 5) - 2;
    const bidIncrements = bids[instrument]!;
    const exchangeTimeNs = (Date.now() - originMs) * MILLISECOND_NS;
    return {
      ...{ kind: 'quote', instrument, exchangeTimeNs, bidIncrements },
      ...{ askIncrements: bidIncrements + 2, bidLots: 5, askLots: 5 },
    };
  };
  const producer = await broker.producer({});
  const beganMs = Date.now();
  const count = { made: 0, published: 0 };
  let isStopped = false;
  const turn = async () => {
    const due = Math.floor(((Date.now() - beganMs) * ticksPerSecond) / 1000);
    const records: OutgoingRecord[] = [];
    for (; count.made < due; count.made++) records.push(recordOf(quote(count.made % bids.length)));
    if (records.length > 0) await producer.send(records);
    count.published += records.length;
  };
  const run = async () => {
    while (!isStopped) {
      await turn();
      await new Promise(resolve => setTimeout(resolve, TURN_MS));
    }
  };
  const running = run();
  running.catch(() => {});
  return {
    get published() {
      return count.published;
    },
    async stop() {
      isStopped = true;
      try {
        await running;
      } finally {
        await producer.close();
        await broker.close();
      }
    },
  };
}

function madeUpInstruments(count: number): Instrument[] {
  const row = referenceInstrument(loadReferenceData(), { symbol: 'SIMA', date: '2026-11-27' })!;
  return Array.from({ length: count }, (_, index) => {
    const symbol = `MADE${index}`;
    return { ...row, symbol, venueSymbol: symbol, calendar: 'always' as const };
  });
}
