/** The paper venue of a live run: a FIX acceptor over TCP in front of a market. */
import type { Clock, Timers } from '#engine';
import {
  type CounterpartyStatus,
  createCounterparty,
  type FileStore,
  fileStore,
  listenFix,
  type RecordedMarket,
  recordedMarket,
  type SimulatedExchange,
  type VenueCall,
  type VenueEvent,
  type VenueMarket,
} from '#gateway';
import type { Instrument, Tick } from '#market';
import type { RunConfig } from '../config.ts';
import { SENDER, TARGET } from './comp-ids.ts';

export type LiveVenue = {
  readonly port: number;
  onMarket(events: readonly VenueEvent[]): void;
  /** By telephone: see gateway/venue/telephone.ts. */
  onCall(call: VenueCall): void;
  status(): CounterpartyStatus;
  close(): Promise<void>;
};

export type LiveVenueOptions = {
  /** 0 lets the system choose. */
  port: number;
  host?: string;
  originNs: bigint;
  instruments: readonly Instrument[];
  market: VenueMarket;
  heartbeatNs: number;
  /** Its own name and the gateway's; those of the reference profile by default. */
  senderCompId?: string;
  targetCompId?: string;
  /** Where the session's numbers and messages outlive the process. */
  storeDirectory: string;
  /** See `TcpOptions`. */
  lingerUs?: number;
  clock: Clock;
  timers: Timers;
  /** Takes the bytes of one connection as they come in, before anything is made of them. */
  receiving(): (bytes: Uint8Array) => void;
};

/** Where it cannot listen, the store is left to whoever tries next. */
export async function startVenue(options: LiveVenueOptions): Promise<LiveVenue> {
  const store = fileStore({ directory: options.storeDirectory });
  try {
    return await startOn(store, options);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function startOn(store: FileStore, options: LiveVenueOptions): Promise<LiveVenue> {
  const { clock, timers, market, instruments, originNs, heartbeatNs } = options;
  const counterparty = createCounterparty({
    ...{ originNs, instruments, market, heartbeatNs, store, clock, timers },
    senderCompId: options.senderCompId ?? TARGET,
    targetCompId: options.targetCompId ?? SENDER,
  });
  const listener = await listenFix(
    { port: options.port, ...(options.host === undefined ? {} : { host: options.host }) },
    connection => {
      const session = counterparty.opened(connection);
      const receive = options.receiving();
      return {
        onBytes(bytes) {
          receive(bytes);
          session.onBytes(bytes);
        },
        onClose: () => session.onClose(),
      };
    },
    { clock, timers, lingerUs: options.lingerUs ?? 0 },
  );
  return {
    port: listener.port,
    ...{ onMarket: counterparty.onMarket, onCall: counterparty.onCall },
    status: counterparty.status,
    async close() {
      await listener.close();
      store.close();
    },
  };
}

/** A market on recorded quotes, as the configuration has it for each instrument. */
export function recordedMarketOf(
  config: RunConfig,
  instruments: readonly Instrument[],
): RecordedMarket {
  const { quoteSizeLots, bandIncrements } = config;
  return recordedMarket(instruments.map(() => ({ quoteSizeLots, bandIncrements })));
}

/** Shows a batch to a recorded market and returns what it filled; a simulated one knows. */
export function showBatch(market: RecordedMarket | SimulatedExchange, batch: Tick[]): VenueEvent[] {
  const events: VenueEvent[] = [];
  if (!('onQuote' in market)) return events;
  for (const tick of batch) if (tick.kind === 'quote') market.onQuote(tick, events);
  return events;
}
