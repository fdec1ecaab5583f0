/** Ticks as records of the topic `ticks`: keyed by symbol, numbered on for each instrument. */
import { invariant, MILLISECOND_NS } from '#engine';
import { type OutgoingRecord, partitionOfKey } from '#engine/broker';
import { ofSchema } from '#engine/schema';
import { type Instrument, type Tick, tickSchema } from '#market';

export type TickRecordOptions = {
  topic: string;
  /** Of the topic. */
  partitions: number;
  originNs: bigint;
  instruments: readonly Instrument[];
};

/** Each tick's record; a publisher that begins anew begins its numbers anew. */
export function tickRecords(options: TickRecordOptions): (tick: Tick) => OutgoingRecord {
  const { topic, partitions, originNs, instruments } = options;
  const { value: codec, headers } = ofSchema(tickSchema(originNs));
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  const places = instruments.map(({ symbol }) => {
    const key = Buffer.from(symbol);
    return { key, partition: partitionOfKey(key, partitions, 'key-group') };
  });
  const sequences = instruments.map(() => 0);
  return tick => {
    const { instrument, exchangeTimeNs } = tick;
    const place = places[instrument];
    invariant(place !== undefined, `instrument ${instrument} of a tick is one of the feed's`);
    const sequence = ++sequences[instrument]!;
    const timestampMs = originMs + Math.floor(exchangeTimeNs / MILLISECOND_NS);
    return { topic, ...place, headers, timestampMs, value: codec.encode({ sequence, tick }) };
  };
}
