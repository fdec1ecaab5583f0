/** Judges what a group of edges made of its ticks, without any code of what made it. */
import { crc32 } from 'node:zlib';
import { Kafka, logLevel } from 'kafkajs';
import { unpackMultiple } from 'msgpackr';

/** A record of `edge-state`: so many ticks of a symbol were taken, and their bytes' CRC-32. */
export type SeenState = {
  readonly symbol: string;
  readonly edge: string;
  readonly ticks: number;
  readonly check: number;
  readonly partition: number;
  /** When a committed reader had it, milliseconds since 1970. */
  readonly seenMs: number;
};

/** Of each symbol the bytes of its ticks, in order. */
export type SeenTicks = ReadonlyMap<string, readonly Uint8Array[]>;

/** A record of `forecasts`: the move of a symbol that it is of. */
export type SeenForecast = { readonly symbol: string; readonly move: string };

export type Seen = {
  readonly ticks: SeenTicks;
  readonly states: readonly SeenState[];
  readonly forecasts: readonly SeenForecast[];
};

/** A line for each symbol of which a tick was lost, doubled or taken out of turn. */
export function judgeTicks({ ticks, states, forecasts }: Seen): string[] {
  const problems: string[] = [];
  for (const [symbol, bytes] of ticks) {
    const sums = [0];
    for (const each of bytes) sums.push(crc32(each, sums.at(-1)));
    const own = states.filter(state => state.symbol === symbol);
    const wrong = own.find(({ ticks: count, check }) => sums[count] !== check);
    const back = own.find((state, at) => at > 0 && state.ticks <= own[at - 1]!.ticks);
    const last = own.at(-1)?.ticks ?? 0;
    if (wrong !== undefined) {
      problems.push(`${symbol}: not its first ${wrong.ticks} ticks were taken once, in order`);
    } else if (back !== undefined) {
      problems.push(`${symbol}: ${back.ticks} ticks stand behind as many or more`);
    } else if (last !== bytes.length) {
      problems.push(`${symbol}: ${last} of ${bytes.length} ticks were taken`);
    }
  }
  for (const { symbol } of states) {
    if (!ticks.has(symbol)) problems.push(`${symbol}: has a state and no tick`);
  }
  return [...problems, ...twice(forecasts)];
}

function twice(forecasts: readonly SeenForecast[]): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const { symbol, move } of forecasts) {
    const name = `${symbol} ${move}`;
    if (seen.has(name)) problems.push(`${name}: two forecasts were settled`);
    seen.add(name);
  }
  return problems;
}

/** A broker that is lost must not keep the reader longer than those it watches. */
const SOON = {
  requestTimeout: 2_000,
  metadataMaxAge: 1_000,
  retry: { initialRetryTime: 50, maxRetryTime: 250, retries: 1_000 },
} as const;

export type TickWatch = Seen & { close(): Promise<void> };

/** Reads what is committed of the topics from their beginning on, as it comes. */
export async function watchTicks(addresses: readonly string[], prefix: string): Promise<TickWatch> {
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING, ...SOON });
  const groupId = `tick-checker-${process.pid}-${Date.now()}`;
  const consumer = kafka.consumer({
    ...{ groupId, readUncommitted: false, maxWaitTimeInMs: 20 },
    ...{ sessionTimeout: 2_000, rebalanceTimeout: 2_000, heartbeatInterval: 300 },
    ...SOON,
  });
  const ticks = new Map<string, Uint8Array[]>();
  const states: SeenState[] = [];
  const forecasts: SeenForecast[] = [];
  const next = new Map<string, number>();
  await consumer.connect();
  const topics = ['ticks', 'edge-state', 'forecasts'].map(name => `${prefix}.${name}`);
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: topics.length,
    async eachMessage({ topic, partition, message: { key, value, offset } }) {
      // A reader whose own coordinator was lost is given records again: each offset counts once.
      const place = `${topic} ${partition}`;
      if (Number(offset) < (next.get(place) ?? 0)) return;
      next.set(place, Number(offset) + 1);
      const symbol = String(key);
      if (topic === topics[0]) {
        const own = ticks.get(symbol) ?? [];
        own.push(value!);
        ticks.set(symbol, own);
      } else if (topic === topics[1]) {
        states.push({ symbol, partition, seenMs: Date.now(), ...stateOf(value!) });
      } else {
        const [, , epoch, moveIndex] = fieldsOf(value!);
        forecasts.push({ symbol, move: `${epoch}.${moveIndex}` });
      }
    },
  });
  return { ticks, states, forecasts, close: () => consumer.disconnect() };
}

function stateOf(value: Buffer): Pick<SeenState, 'edge' | 'ticks' | 'check'> {
  const [edge, ticks, check] = fieldsOf(value);
  return { edge: String(edge), ticks: Number(ticks), check: Number(check) };
}

/** Behind the byte that says the version the fields stand in their order, as MessagePack. */
const fieldsOf = (value: Buffer): unknown[] => unpackMultiple(value.subarray(1)) as unknown[];
