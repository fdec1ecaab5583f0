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
  /** Something waits for a commit by then: what can be asked ahead of it is. */
  expect(identity: GroupIdentity): void;
  /**
   * Whether outputs of so many bytes are to be sent now, ahead of their commit; `isCommitting`
   * while the one before is not over, its marks in local state included.
   */
  wants(bytes: number, isCommitting: boolean): boolean;
  /** Sends what it wanted; the next commit holds it, and fails where this did. */
  sendNow(records: readonly OutgoingRecord[], bytes: number): void;
  /** What was sent ahead is not to count. Never fails. */
  abandon(): Promise<void>;
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
  readonly sendAheadBytes: number;
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
  const openProducer = () => options.broker.producer(settingsOf(options, transactionalId));
  let producer: Producer | undefined;
  let open: OpenTransaction | undefined;
  const begin = async () => {
    producer ??= await openProducer();
    return await producer.begin();
  };
  const opened = () => {
    open ??= { transaction: begin(), ahead: undefined, isBusy: false };
    return open;
  };
  const close = async () => {
    const closed = producer;
    producer = undefined;
    open = undefined;
    await closed?.close();
  };
  return {
    transactionalId,
    openTask: async () => {},
    closeTask: async () => {},
    expect(identity) {
      if (open !== undefined) return;
      const announced = opened().transaction.then(each => each.announce?.(identity));
      // Its failure is the commit's, which asks for the same.
      announced.catch(() => {});
    },
    wants: (bytes, isCommitting) =>
      bytes >= options.sendAheadBytes && !isCommitting && open?.isBusy !== true,
    sendNow: (records, bytes) => sendAhead(opened(), records, bytes),
    async commit(request) {
      const current = opened();
      const { ahead } = current;
      current.isBusy = true;
      current.ahead = undefined;
      try {
        await transactTogether(await current.transaction, request, ahead);
      } finally {
        if (open === current) open = undefined;
      }
    },
    async abandon() {
      if (open !== undefined) await close().catch(() => {});
    },
    async reset() {
      await close().catch(() => {});
      // Its younger self ends what it left open: only then are committed offsets the last ones.
      producer = await openProducer();
    },
    close,
  };
}

type OpenTransaction = {
  readonly transaction: Promise<Transaction>;
  /** Done once all that was sent ahead of the commit stands. */
  ahead: Promise<void> | undefined;
  /** Nothing more is sent ahead: one request at a time keeps the order, the commit ends it. */
  isBusy: boolean;
};

function sendAhead(open: OpenTransaction, records: readonly OutgoingRecord[], bytes: number): void {
  open.isBusy = true;
  const send = async () => {
    const transaction = await open.transaction;
    const parts = bytes <= PARTITION_BYTES_MAX ? [records] : slices([records]);
    for (const part of parts) await transaction.send(part);
  };
  const sent = send();
  open.ahead = sent;
  const release = () => {
    if (open.ahead === sent) open.isBusy = false;
  };
  sent.then(release, () => {});
}

/** Where no transaction is open between commits. */
const NOTHING_AHEAD = {
  expect() {},
  wants: () => false,
  sendNow() {},
  abandon: async () => {},
} satisfies Partial<Committer>;

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
    ...NOTHING_AHEAD,
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
    ...NOTHING_AHEAD,
    wants: bytes => bytes > 0,
    sendNow(records) {
      const sent = send(records);
      // Its failure is the next commit's.
      sent.catch(() => {});
      sending.push(sent);
    },
    async commit({ member, tasks }) {
      const before = sending;
      sending = [];
      for (const slice of slices(tasks.map(each => each.records))) before.push(send(slice));
      await Promise.all(before);
      await member.commit(offsetsOf(tasks));
    },
    reset: () => close().catch(() => {}),
    close,
  };
}

function settingsOf(options: CommitterOptions, transactionalId: string): ProducerOptions {
  const { transactionTimeoutMs, compression, lingerMs } = options;
  return { transactionalId, transactionTimeoutMs, compression, lingerMs };
}

async function transact(transaction: Transaction, request: CommitRequest): Promise<void> {
  const { identity, tasks } = request;
  try {
    await sendAll(transaction, tasks);
    // Last, so that whoever sees the offsets waits for the records as well.
    await transaction.addOffsets(identity, offsetsOf(tasks));
    await transaction.commit();
  } catch (error) {
    await transaction.abort().catch(() => {});
    throw error;
  }
}

/**
 * Records and offsets at once: whoever waits for the offsets waits for the end of the transaction,
 * and so for its records. Nothing of it is under way any more when the transaction is ended.
 */
async function transactTogether(
  transaction: Transaction,
  { identity, tasks }: CommitRequest,
  ahead: Promise<void> | undefined,
): Promise<void> {
  try {
    await ahead;
    const steps = [sendAll(transaction, tasks), transaction.addOffsets(identity, offsetsOf(tasks))];
    for (const step of await Promise.allSettled(steps)) {
      if (step.status === 'rejected') throw step.reason;
    }
    await transaction.commit();
  } catch (error) {
    await transaction.abort().catch(() => {});
    throw error;
  }
}

async function sendAll(transaction: Transaction, tasks: readonly TaskCommit[]): Promise<void> {
  for (const slice of slices(tasks.map(({ records }) => records))) await transaction.send(slice);
}

const offsetsOf = (tasks: readonly TaskCommit[]) => tasks.flatMap(({ offsets }) => offsets);

/** The records in order, in as many parts as no partition's batch gets too large. */
export function* slices(
  lists: readonly (readonly OutgoingRecord[])[],
): Generator<readonly OutgoingRecord[]> {
  const all = lists.length === 1 ? lists[0]! : lists.flat();
  let from = 0;
  let sums = new Map<string, number[]>();
  let [topic, its] = ['', [] as number[]];
  for (let at = 0; at < all.length; at++) {
    const record = all[at]!;
    if (record.topic !== topic) {
      topic = record.topic;
      its = sums.get(topic) ?? [];
      sums.set(topic, its);
    }
    const bytes = bytesOf(record);
    const sum = (its[record.partition] ?? 0) + bytes;
    its[record.partition] = sum;
    if (sum <= PARTITION_BYTES_MAX || at === from) continue;
    yield all.slice(from, at);
    from = at;
    its = [];
    its[record.partition] = bytes;
    sums = new Map([[topic, its]]);
  }
  if (from < all.length) yield from === 0 ? all : all.slice(from);
}

const RECORD_BYTES = 32;

/** About what a record takes on its way, headers included. */
export function bytesOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers.length === 0) return bytes;
  for (const [name, content] of headers) bytes += name.length + content.length;
  return bytes;
}
