/** Copies an embedded log into a partition of a topic: each record once, in the log's order. */

import { OutriderError } from '../error.ts';
import { followLog, type LogFollower } from '../log/follow.ts';
import type { Broker } from './port.ts';
import type { Producer } from './producer.ts';
import type { OutgoingRecord, TopicPartition } from './record.ts';
import { orAfterMs, waitMs } from './wait.ts';

export type LogMirrorOptions = {
  readonly broker: Broker;
  /** Of the log, which another part of this process writes and goes on writing. */
  readonly directory: string;
  /**
   * Names the log among all that are copied to the topic, and the one who copies it: of two with
   * one name the older is fenced. It is each record's key.
   */
  readonly name: string;
  readonly to: TopicPartition;
  /** Event time of a record, milliseconds since 1970. */
  timestampMs(payload: Uint8Array): number;
  /** The topic cannot be written to; the mirror goes on trying. */
  onProblem(error: OutriderError): void;
};

export type LogMirror = {
  /** How many records of the log the topic has. */
  readonly copied: number;
  /** Rejects with `fenced` where another process copies a log of this name. */
  readonly ended: Promise<void>;
  /** Copies what the log has by now, then ends; gives up on it `CLOSE_MS` after the call. */
  close(): Promise<void>;
};

/** Bounds of a transaction; a longer record goes alone. */
const RECORDS_MAX = 1000;
const BYTES_MAX = 512 * 1024;
/** Between two looks at a log that had nothing new. */
const LOOK_MS = 5;
/** Before a topic is tried again that could not be written to. */
const BACK_OFF_MS = 250;
const CLOSE_MS = 5_000;

type State = {
  readonly options: LogMirrorOptions;
  copied: number;
  /** What copies; begun anew after a fault, since nobody knows whether a commit came to pass. */
  copier: Copier | undefined;
  isClosing: boolean;
  isOver: boolean;
};

type Copier = { readonly producer: Producer; readonly follower: LogFollower };

/**
 * How far the topic has come lies beside it as an offset of the group `NAME`, which moves in the
 * same transaction as the records; Kafka forgets it after `offsets.retention.minutes` without one.
 */
export function mirrorLog(options: LogMirrorOptions): LogMirror {
  const state: State = {
    ...{ options, copied: 0, copier: undefined, isClosing: false, isOver: false },
  };
  const ended = run(state);
  ended.catch(() => {});
  return {
    get copied() {
      return state.copied;
    },
    ended,
    async close() {
      state.isClosing = true;
      // Its failure is told by `ended`.
      await orAfterMs(CLOSE_MS, ended).catch(() => {});
      state.isOver = true;
      await state.copier?.producer.close().catch(() => {});
    },
  };
}

async function run(state: State): Promise<void> {
  while (!state.isOver) {
    try {
      state.copier ??= await begin(state);
      const records = take(state, state.copier.follower);
      if (records.length > 0) await copy(state, state.copier.producer, records);
      else if (state.isClosing) return;
      else await waitMs(LOOK_MS);
    } catch (error) {
      if (!(error instanceof OutriderError) || !isPassing(error)) throw error;
      state.options.onProblem(error);
      await state.copier?.producer.close().catch(() => {});
      state.copier = undefined;
      await waitMs(BACK_OFF_MS);
    }
  }
}

const isPassing = ({ code }: OutriderError) => code === 'network' || code === 'limit';

/** Ends what an older producer of this name had under way, then learns how far it had come. */
async function begin(state: State): Promise<Copier> {
  const { broker, name, to, directory } = state.options;
  const producer = await broker.producer({ transactionalId: name });
  try {
    const [committed] = await broker.admin.committed(name, [to]);
    state.copied = committed?.offset ?? 0;
    return { producer, follower: followLog({ directory }) };
  } catch (error) {
    await producer.close().catch(() => {});
    throw error;
  }
}

/** The next records; those the topic has are passed over. */
function take({ copied, options }: State, follower: LogFollower): OutgoingRecord[] {
  const { to, name, timestampMs } = options;
  const key = Buffer.from(name);
  const records: OutgoingRecord[] = [];
  let bytes = 0;
  for (let came = true; came && records.length === 0; ) {
    came = false;
    for (const { offset, payload } of follower.next(RECORDS_MAX)) {
      came = true;
      if (offset < copied) continue;
      const value = Buffer.from(payload);
      records.push({ ...to, key, value, headers: [], timestampMs: timestampMs(value) });
      bytes += value.length;
      if (bytes >= BYTES_MAX) break;
    }
  }
  return records;
}

async function copy(state: State, producer: Producer, records: OutgoingRecord[]): Promise<void> {
  const { name, to } = state.options;
  const transaction = await producer.begin();
  await transaction.send(records);
  const offset = state.copied + records.length;
  const nobody = { groupId: name, memberId: '', generation: -1 };
  await transaction.addOffsets(nobody, [{ ...to, offset }]);
  await transaction.commit();
  state.copied = offset;
}
