/** Partitions of a simulated broker: offsets, transactions open in them, compaction. */

import type { Isolation } from '../../broker/reader.ts';
import type { OutgoingRecord, PartitionBatch, TopicPartition } from '../../broker/record.ts';

/** What stands at an offset; control records and aborted ones are read over. */
type Entry = {
  offset: number;
  state: 'pending' | 'committed' | 'aborted';
  record?: OutgoingRecord;
};

export type SimulatedPartition = {
  readonly place: TopicPartition;
  append(record: OutgoingRecord, isPending: boolean): Entry;
  /** Ends what a transaction has written here, with a control record. */
  decide(entries: readonly Entry[], state: 'committed' | 'aborted'): void;
  end(isolation: Isolation): number;
  read(from: number, isolation: Isolation): PartitionBatch | undefined;
  /** Keeps the latest record of each key. */
  compact(): void;
  /** Loses what stands at an offset: a fault that a checker has to find. */
  lose(offset: number): void;
};

const FETCH_RECORDS_MAX = 50;

export function simulatedPartition(place: TopicPartition): SimulatedPartition {
  let entries: Entry[] = [];
  let nextOffset = 0;
  const end = (isolation: Isolation) => {
    if (isolation === 'read-uncommitted') return nextOffset;
    return entries.find(({ state }) => state === 'pending')?.offset ?? nextOffset;
  };
  return {
    place,
    append(record, isPending) {
      const state = isPending ? 'pending' : 'committed';
      const entry: Entry = { offset: nextOffset++, state, record };
      entries.push(entry);
      return entry;
    },
    decide(written, state) {
      for (const entry of written) entry.state = state;
      nextOffset += 1;
    },
    end,
    read(from, isolation) {
      const endOffset = end(isolation);
      if (from >= endOffset) return undefined;
      const found = entries.filter(({ offset }) => offset >= from && offset < endOffset);
      const part = found.slice(0, FETCH_RECORDS_MAX);
      const isWhole = part.length === found.length;
      const isSeen = ({ state }: Entry) =>
        isolation === 'read-uncommitted' || state === 'committed';
      return {
        ...place,
        records: part.filter(isSeen).map(({ offset, record }) => ({ ...record!, offset })),
        nextOffset: isWhole ? endOffset : part.at(-1)!.offset + 1,
        endOffset,
      };
    },
    lose(lost) {
      entries = entries.filter(({ offset }) => offset !== lost);
    },
    compact() {
      const latest = new Map<string, number>();
      const keyOf = ({ record }: Entry) => Buffer.from(record!.key ?? []).toString('latin1');
      for (const entry of entries) {
        if (entry.state === 'committed') latest.set(keyOf(entry), entry.offset);
      }
      entries = entries.filter(
        entry => entry.state === 'pending' || latest.get(keyOf(entry)) === entry.offset,
      );
    },
  };
}

export type WrittenEntry = Entry;
