/** A store on disk, for a side that keeps no input log: what was committed survives SIGKILL. */
import {
  ByteReader,
  ByteWriter,
  type Disk,
  type EmbeddedLog,
  invariant,
  nodeDisk,
  OutriderError,
  openLog,
} from '#engine';
import { MESSAGE_BYTES_MAX } from '#native';
import { createRetained, type Retained } from './retained.ts';
import { type SentStore, STORED_MESSAGES_MAX, type StoredMessage } from './store.ts';

export type FileStoreOptions = {
  /** Made if missing; one session a directory, one process a directory. */
  directory: string;
  /** Application messages that can be resent; older ones are gap-filled. */
  messagesMax?: number;
  /** Wait for the medium at each commit: survives loss of power, at the cost of a sync. */
  sync?: boolean;
  disk?: Disk;
};

export type FileStore = SentStore & { close(): void };

/*
  One record of the log is one part of a commit, and nearly always the whole of it:

    u8 part: 1 first | 2 last | 3 both
    entries: u8 1, varint number, bytes   application message
             u8 2, varint number          administrative message: its number alone
             u8 3, varint number          next number expected
             u8 4, varint period          reset: everything before is void

  A commit whose last part is missing never happened, and the log itself cuts a torn record: numbers
  and messages come back as of the last whole commit. The directory only ever grows.
*/
const FIRST = 1;
const LAST = 2;
const ENTRY = { application: 1, administrative: 2, target: 3, reset: 4 } as const;

const RECORD_BYTES_MAX = 1024 * 1024;
const ENTRY_BYTES_MAX = MESSAGE_BYTES_MAX + 16;

type Numbers = { nextSender: number; nextTarget: number; period: number };

type OpenStore = {
  directory: string;
  log: EmbeddedLog;
  sync: boolean;
  writer: ByteWriter;
  /** As the session has them, and as they were at the last commit. */
  now: Numbers;
  committed: Numbers;
  /** Log offset of the record that holds a committed message. */
  offsets: Retained<number>;
  /** Messages since the last commit, undefined for administrative ones. */
  pending: (Uint8Array | undefined)[];
  isReset: boolean;
  hasFailed: boolean;
};

/**
 * Opens or makes a store. Throws `bad-log` for a damaged directory, `disk` when the disk fails;
 * after a failed commit nothing it was to keep may be sent, and the store takes no other.
 */
export function fileStore(options: FileStoreOptions): FileStore {
  const store = openStore(options);
  return {
    nextSenderSeq: () => store.now.nextSender,
    nextTargetSeq: () => store.now.nextTarget,
    append(msgSeqNum, bytes, administrative) {
      invariant(msgSeqNum === store.now.nextSender, 'messages are stored in order of number');
      store.now.nextSender++;
      store.pending.push(administrative ? undefined : copyOf(bytes));
    },
    setNextTargetSeq(msgSeqNum) {
      store.now.nextTarget = msgSeqNum;
    },
    reset(period = store.now.period) {
      store.now = { nextSender: 1, nextTarget: 1, period };
      store.committed = { ...store.now };
      store.pending = [];
      store.offsets.clear();
      store.isReset = true;
    },
    period: () => store.now.period,
    *read(from, to) {
      yield* committedMessages(store, from, to);
      yield* pendingMessages(store, from, to);
    },
    commit: () => commit(store),
    *history() {
      for (const { entries } of committedRecords(store.log)) {
        for (const { bytes } of entries) if (bytes !== undefined) yield bytes;
      }
    },
    close: () => store.log.close(),
  };
}

function openStore(options: FileStoreOptions): OpenStore {
  const { directory, messagesMax = STORED_MESSAGES_MAX, sync = false, disk = nodeDisk } = options;
  const offsets = createRetained<number>(messagesMax);
  const log = openLog({ directory, originNs: 0n, recordBytesMax: RECORD_BYTES_MAX, disk });
  const committed = recover(log, offsets);
  return {
    ...{ directory, log, sync, offsets, committed, now: { ...committed } },
    writer: new ByteWriter({ bytesInitial: 4_096, bytesMax: RECORD_BYTES_MAX }),
    ...{ pending: [], isReset: false, hasFailed: false },
  };
}

/** Applies whole commits in order; gives the numbers after the last one. */
function recover(log: EmbeddedLog, offsets: Retained<number>): Numbers {
  const numbers: Numbers = { nextSender: 1, nextTarget: 1, period: 0 };
  for (const { offset, entries } of committedRecords(log)) {
    for (const entry of entries) apply(numbers, entry, { offsets, offset });
  }
  return numbers;
}

/** The records of whole commits: one whose last part is missing never happened. */
function* committedRecords(log: EmbeddedLog): Iterable<{ offset: number; entries: Entry[] }> {
  let parts: { offset: number; entries: Entry[] }[] = [];
  for (const { offset, payload } of log.read()) {
    const part = payload[0]!;
    if ((part & FIRST) !== 0) parts = [];
    parts.push({ offset, entries: [...entriesOf(payload.slice())] });
    if ((part & LAST) === 0) continue;
    yield* parts;
    parts = [];
  }
}

type Entry = { kind: number; number: number; bytes: Uint8Array | undefined };

function apply(
  numbers: Numbers,
  { kind, number }: Entry,
  { offsets, offset }: { offsets: Retained<number>; offset: number },
): void {
  switch (kind) {
    case ENTRY.application:
      offsets.add(number, offset);
      numbers.nextSender = number + 1;
      break;
    case ENTRY.administrative:
      numbers.nextSender = number + 1;
      break;
    case ENTRY.target:
      numbers.nextTarget = number;
      break;
    case ENTRY.reset:
      numbers.nextSender = 1;
      numbers.nextTarget = 1;
      numbers.period = number;
      offsets.clear();
      break;
  }
}

function* entriesOf(payload: Uint8Array): Iterable<Entry> {
  const reader = new ByteReader();
  reader.reset(payload);
  reader.u8('part');
  while (reader.remaining > 0) {
    const kind = reader.u8('entry');
    const number = reader.varint('number');
    const isMessage = kind === ENTRY.application;
    yield {
      kind,
      number,
      bytes: isMessage ? reader.bytes('message', MESSAGE_BYTES_MAX) : undefined,
    };
  }
}

/** Writes all that has changed as one commit; nothing when nothing has. */
function commit(store: OpenStore): void {
  const { log, writer, now, committed } = store;
  const hasMoved = now.nextTarget !== committed.nextTarget;
  if (store.pending.length === 0 && !hasMoved && !store.isReset) return;
  if (store.hasFailed) {
    throw new OutriderError(
      'disk',
      `${store.directory}: an earlier commit failed; close the session and open the store again`,
    );
  }
  store.hasFailed = true;
  writer.reset();
  writer.u8('part', FIRST);
  if (store.isReset) writeEntry(store, ENTRY.reset, now.period);
  if (hasMoved) writeEntry(store, ENTRY.target, now.nextTarget);
  for (let index = 0; index < store.pending.length; index++) {
    const bytes = store.pending[index];
    const number = committed.nextSender + index;
    const kind = bytes === undefined ? ENTRY.administrative : ENTRY.application;
    writeEntry(store, kind, number);
    if (bytes === undefined) continue;
    writer.bytes('message', bytes, MESSAGE_BYTES_MAX);
    store.offsets.add(number, log.nextOffset);
  }
  writer.written()[0]! |= LAST;
  log.append(writer.written());
  if (store.sync) log.sync();
  else log.flush();
  store.hasFailed = false;
  store.isReset = false;
  store.pending.length = 0;
  committed.nextSender = now.nextSender;
  committed.nextTarget = now.nextTarget;
  committed.period = now.period;
}

/** `Buffer.from` without its checks. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Begins an entry, in a further part of the commit when this one might not hold it. */
function writeEntry({ log, writer }: OpenStore, kind: number, number: number): void {
  if (writer.length + ENTRY_BYTES_MAX > RECORD_BYTES_MAX) {
    log.append(writer.written());
    writer.reset();
    writer.u8('part', 0);
  }
  writer.u8('entry', kind);
  writer.varint('number', number);
}

/** The bytes of a message are a view, valid until the next message is asked for. */
function* committedMessages(store: OpenStore, from: number, to: number): Iterable<StoredMessage> {
  const wanted = store.offsets.range(from, to)[Symbol.iterator]();
  let next = wanted.next();
  if (next.done) return;
  for (const { offset, payload } of store.log.read(next.value[1])) {
    if (next.value[1] !== offset) continue;
    for (const { number, bytes } of entriesOf(payload)) {
      if (bytes === undefined || number !== next.value[0]) continue;
      yield { msgSeqNum: number, bytes };
      next = wanted.next();
      if (next.done) return;
      if (next.value[1] !== offset) break;
    }
  }
}

function* pendingMessages(store: OpenStore, from: number, to: number): Iterable<StoredMessage> {
  const { pending, committed } = store;
  for (const [index, bytes] of pending.entries()) {
    const msgSeqNum = committed.nextSender + index;
    if (bytes !== undefined && msgSeqNum >= from && msgSeqNum <= to) yield { msgSeqNum, bytes };
  }
}
