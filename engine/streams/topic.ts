/** Topics of a topology: a name, the codecs of its records, and how their times are to be taken. */

import type { RecordHeader } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import type { Partitioner } from '../state/key-group.ts';
import type { Codec } from './task.ts';

export type TopicOptions<Key, Value> = {
  /** As brokers allow: letters, digits, `.`, `_` and `-`, at most 249. */
  readonly name: string;
  /** `keyless` where records have none; else a record without a key is a dead letter. */
  readonly key: Codec<Key>;
  readonly value: Codec<Value>;
  /** Event time of a record, milliseconds since 1970. Default: the time the record carries. */
  readonly timeMs?: ((value: Value, recordMs: number, key: Key) => number) | undefined;
  /** How far behind the latest of its partition a record may be and still be in time. Default 0. */
  readonly outOfOrderMs?: number;
  /** Time without records after which nobody waits for a partition. Default 5,000 ms. */
  readonly idleAfterMs?: number;
  /** Records further ahead of the clock are dead letters: one would make the rest late. */
  readonly aheadMaxMs?: number;
  /** How its writers choose partitions. Default `key-group`; Kafka's own clients: `murmur2`. */
  readonly partitioner?: Partitioner;
  /** What each record written carries, such as a schema's id. */
  readonly headers?: readonly RecordHeader[];
  /** Looks at the headers of a record read; `bad-data` makes it a dead letter. */
  readonly checkHeaders?: ((headers: readonly RecordHeader[]) => void) | undefined;
};

type Hooks = 'timeMs' | 'checkHeaders';

export type Topic<Key, Value> = Required<Omit<TopicOptions<Key, Value>, Hooks>> & {
  readonly [Hook in Hooks]: TopicOptions<Key, Value>[Hook];
};

const IDLE_AFTER_MS = 5_000;

/** Throws `bad-config` for a name no broker takes or a time that is none. */
export function topic<Key, Value>(options: TopicOptions<Key, Value>): Topic<Key, Value> {
  checkTopicName(options.name);
  for (const field of ['outOfOrderMs', 'idleAfterMs', 'aheadMaxMs'] as const) {
    const value = options[field] ?? 0;
    if (value >= 0) continue;
    throw new OutriderError(
      'bad-config',
      `topic ${options.name}: ${field} is ${value}; give 0 or more milliseconds`,
    );
  }
  return {
    outOfOrderMs: 0,
    idleAfterMs: IDLE_AFTER_MS,
    aheadMaxMs: Number.POSITIVE_INFINITY,
    partitioner: 'key-group',
    headers: [],
    timeMs: undefined,
    checkHeaders: undefined,
    ...options,
  };
}

export function checkTopicName(name: string): void {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return;
  throw new OutriderError(
    'bad-config',
    `topic name ${JSON.stringify(name)}: give 1 to 249 letters, digits, ".", "_" and "-"`,
  );
}
