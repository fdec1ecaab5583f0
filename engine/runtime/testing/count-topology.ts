/** A topology whose output says by itself what was lost or doubled: a running count a key. */

import type { OutgoingRecord } from '../../broker/record.ts';
import { partitionOfKey } from '../../state/key-group.ts';
import type { Codec, SubTopology } from '../../streams/task.ts';

export const TEXT: Codec<string> = {
  name: 'text',
  encode: text => Buffer.from(text),
  decode: bytes => Buffer.from(bytes).toString(),
};

const NUMBER: Codec<number> = {
  name: 'number',
  encode: value => Buffer.from(String(value)),
  decode: bytes => Number(Buffer.from(bytes).toString()),
};

export type CountTopics = { readonly input: string; readonly between: string; output: string };

/**
 * The first part passes records on by their value, the second counts them: `output` has the values
 * 1, 2, 3 ... of each key, in order, exactly where every record counted once.
 */
export function countTopology({ input, between, output }: CountTopics): SubTopology[] {
  return [
    {
      ...{ index: 0, sources: [input], sinks: [between], stores: [] },
      createTask: ({ partition, partitionCounts }) => ({
        ...{ subTopology: 0, partition, stores: new Map(), ...TIMELESS },
        process(_, { value, timestampMs }, { outputs }) {
          const key = value!;
          const count = partitionCounts.get(between)!;
          outputs.push(record(between, partitionOfKey(key, count, 'key-group'), key, timestampMs));
        },
      }),
    },
    {
      ...{ index: 1, sources: [between], sinks: [output] },
      stores: [{ name: 'counts', isLogged: true }],
      createTask({ partition, openStore, partitionCounts }) {
        const counts = openStore({ name: 'counts', key: TEXT, value: NUMBER });
        return {
          ...{ subTopology: 1, partition, stores: new Map(), ...TIMELESS },
          process(_, { key, timestampMs }, { outputs }) {
            const name = TEXT.decode(key!);
            const count = (counts.get(name) ?? 0) + 1;
            counts.set(name, count);
            const to = partitionOfKey(key!, partitionCounts.get(output)!, 'key-group');
            outputs.push({ ...record(output, to, key!, timestampMs), value: NUMBER.encode(count) });
          },
        };
      },
    },
  ];
}

const TIMELESS = {
  advance() {},
  nextDueMs: () => undefined,
  watermarkMs: () => Number.NEGATIVE_INFINITY,
};

function record(topic: string, ...[partition, key, timestampMs]: Placed): OutgoingRecord {
  return { topic, partition, key, value: null, headers: [], timestampMs };
}

type Placed = [partition: number, key: Uint8Array, timestampMs: number];
