/** Commits what tasks have done: outputs, changes of state and offsets, all of it or none. */

import type { GroupMember } from '../broker/group.ts';
import type { Broker } from '../broker/port.ts';
import type {
  Compression,
  GroupIdentity,
  Producer,
  ProducerOptions,
  Transaction,
} from '../broker/producer.ts';
import type { OutgoingRecord, PartitionOffset } from '../broker/record.ts';
import type { TaskName } from './assignment.ts';

export type Guarantee = 'exactly-once' | 'at-least-once';

/** What a task did since its last commit. */
export type TaskCommit = {
  readonly task: TaskName;
  readonly records: readonly OutgoingRecord[];
  /** One a partition: the next record to read. */
  readonly offsets: readonly PartitionOffset[];
};

export type CommitRequest = {
  readonly member: GroupMember;
  /** As it was when the tasks were assigned: a later one would pass for their owner. */
  readonly identity: GroupIdentity;
  readonly tasks: readonly TaskCommit[];
};

export type Committer = {
  /** Of the producer that serves all tasks; empty where each has its own. */
  readonly transactionalId: string;
  /** Whoever else commits for this task is fenced from here on. */
  openTask(task: TaskName): Promise<void>;
  closeTask(task: TaskName): Promise<void>;
  /**
   * Fails where anything of it did: then it is not known which tasks are committed, and all have to
   * be restored after `reset`. The caller awaits one before it begins another.
   */
  commit(request: CommitRequest): Promise<void>;
  /** Sends at once, where outputs need no transaction; the next commit waits for it. */
  sendNow?(records: readonly OutgoingRecord[]): void;
  /** Ends what a failed commit left open. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

export type CommitterOptions = {
  readonly broker: Broker;
  readonly guarantee: Guarantee;
  /** What transactional ids begin with. */
  readonly applicationId: string;
  readonly processorId: string;
  readonly transactionTimeoutMs: number;
  readonly compression: Compression;
  readonly lingerMs: number;
};

/** Bytes that go to one partition in one request: brokers refuse batches of over a megabyte. */
const PARTITION_BYTES_MAX = 512 * 1024;

export function createCommitter(options: CommitterOptions): Committer {
  if (options.guarantee === 'at-least-once') return committerWithout(options);
  const { fencesByGeneration } = options.broker.capabilities;
  return fencesByGeneration ? committerOfAll(options) : committerByTask(options);
}

/** One transaction for all tasks: the group's generation in it fences members that are out. */
function committerOfAll(options: CommitterOptions): Committer {
  const transactionalId = `${options.applicationId}-${options.processorId}`;
  let producer: Producer | undefined;
  return {
    transactionalId,
    openTask: async () => {},
    closeTask: async () => {},
    async commit(request) {
      producer ??= await options.broker.producer(settingsOf(options, transactionalId));
      await transact(await producer.begin(), request);
    },
    async reset() {
      await producer?.close().catch(() => {});
      producer = undefined;
      // Its younger self ends what it left open: only then are committed offsets the last ones.
      producer = await options.broker.producer(settingsOf(options, transactionalId));
    },
    async close() {
      await producer?.close();
    },
  };
}

/** A transactional id a task: whoever opens the task next fences the one before. */
function committerByTask(options: CommitterOptions): Committer {
  const producers = new Map<TaskName, Producer>();
  const openTask = async (task: TaskName) => {
    await producers.get(task)?.close();
    const transactionalId = `${options.applicationId}-${task}`;
    producers.set(task, await options.broker.producer(settingsOf(options, transactionalId)));
  };
  const closeTask = async (task: TaskName) => {
    const producer = producers.get(task);
    producers.delete(task);
    await producer?.close();
  };
  return {
    transactionalId: '',
    openTask,
    closeTask,
    async commit(request) {
      const done = await Promise.allSettled(
        request.tasks.map(async commit => {
          const producer = producers.get(commit.task)!;
          await transact(await producer.begin(), { ...request, tasks: [commit] });
        }),
      );
      for (const each of done) if (each.status === 'rejected') throw each.reason;
    },
    // Tasks are opened again before they are restored, which ends what was left open.
    async reset() {
      for (const task of [...producers.keys()]) await closeTask(task).catch(() => {});
    },
    async close() {
      for (const task of [...producers.keys()]) await closeTask(task);
    },
  };
}

/** Sends, waits until all replicas have it, then moves the offsets: what fails is done again. */
function committerWithout(options: CommitterOptions): Committer {
  let producer: Promise<Producer> | undefined;
  let sending: Promise<unknown>[] = [];
  const open = () => {
    const { broker, compression, lingerMs } = options;
    producer ??= broker.producer({ compression, lingerMs });
    return producer;
  };
  const send = async (records: readonly OutgoingRecord[]) => await (await open()).send(records);
  const close = async () => {
    const closed = producer;
    producer = undefined;
    sending = [];
    await (await closed)?.close();
  };
  return {
    transactionalId: '',
    openTask: async () => {},
    closeTask: async () => {},
    sendNow(records) {
      const sent = send(records);
      // Its failure is the next commit's.
      sent.catch(() => {});
      sending.push(sent);
    },
    async commit({ member, tasks }) {
      const before = sending;
      sending = [];
      for (const slice of slices(tasks)) before.push(send(slice));
      await Promise.all(before);
      await member.commit(tasks.flatMap(({ offsets }) => offsets));
    },
    reset: () => close().catch(() => {}),
    close,
  };
}

function settingsOf(options: CommitterOptions, transactionalId: string): ProducerOptions {
  const { transactionTimeoutMs, compression, lingerMs } = options;
  return { transactionalId, transactionTimeoutMs, compression, lingerMs };
}

async function transact(
  transaction: Transaction,
  { identity, tasks }: CommitRequest,
): Promise<void> {
  try {
    for (const slice of slices(tasks)) await transaction.send(slice);
    // Last, so that whoever sees the offsets waits for the records as well.
    await transaction.addOffsets(
      identity,
      tasks.flatMap(({ offsets }) => offsets),
    );
    await transaction.commit();
  } catch (error) {
    await transaction.abort().catch(() => {});
    throw error;
  }
}

/** The records in order, in as many parts as no partition's batch gets too large. */
export function* slices(tasks: readonly TaskCommit[]): Generator<OutgoingRecord[]> {
  let slice: OutgoingRecord[] = [];
  const bytes = new Map<string, number>();
  for (const { records } of tasks) {
    for (const record of records) {
      const place = `${record.partition} ${record.topic}`;
      const sum = (bytes.get(place) ?? 0) + bytesOf(record);
      if (sum > PARTITION_BYTES_MAX && slice.length > 0) {
        yield slice;
        slice = [];
        bytes.clear();
      }
      bytes.set(place, slice.length === 0 ? bytesOf(record) : sum);
      slice.push(record);
    }
  }
  if (slice.length > 0) yield slice;
}

const RECORD_BYTES = 32;

/** About what a record takes on its way, headers included. */
export function bytesOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.length;
  return bytes;
}
