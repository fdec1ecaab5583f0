/** What members tell the leader of their group and it tells each of them, as bytes. */

import { ByteReader, ByteWriter } from '../bytes.ts';
import type { TaskName } from './assignment.ts';

/*
  member:  version u8 | topology text | generation + 1 varint | transactional id text
           | ids known: count, text ... | active: count, task ... | held: count, (task, lag) ...
  leader:  version u8 | refusal text | standbys: count, task ... | to fence: count, text ...
           | ids known: count, text ...
*/
export type MemberWords = {
  /** Digest of the topology it runs. */
  readonly topology: string;
  /** Its latest; -1 before the first. */
  readonly generation: number;
  /** Of its producer; empty where it has one a task or none. */
  readonly transactionalId: string;
  /** Those of all members when tasks were shared out last. */
  readonly knownIds: readonly string[];
  readonly active: readonly TaskName[];
  /** Records of the changelog that each lacks. */
  readonly held: ReadonlyMap<TaskName, number>;
};

export type LeaderWords = {
  /** Why this member gets nothing; empty where it does. */
  readonly refusal: string;
  readonly standbys: readonly TaskName[];
  /** Ids of producers whose members are gone: what they left open holds up readers. */
  readonly idsToFence: readonly string[];
  readonly knownIds: readonly string[];
};

const VERSION = 1;
const TEXT_BYTES_MAX = 1024;
const WORDS_BYTES_MAX = 1 << 20;

export function encodeMemberWords(words: MemberWords): Uint8Array {
  const writer = begin();
  writer.text('topology', words.topology, TEXT_BYTES_MAX);
  writer.varint('generation', words.generation + 1);
  writer.text('transactional id', words.transactionalId, TEXT_BYTES_MAX);
  writeTexts(writer, 'known ids', words.knownIds);
  writeTexts(writer, 'active', words.active);
  writer.varint('held', words.held.size);
  for (const [task, lag] of words.held) {
    writer.text('held task', task, TEXT_BYTES_MAX);
    writer.varint('lag', lag);
  }
  return writer.written().slice();
}

/** Throws `bad-frame` for bytes that are no member's words of this version. */
export function decodeMemberWords(bytes: Uint8Array): MemberWords {
  const reader = open(bytes);
  const words = {
    topology: reader.text('topology', TEXT_BYTES_MAX),
    generation: reader.varint('generation') - 1,
    transactionalId: reader.text('transactional id', TEXT_BYTES_MAX),
    knownIds: readTexts(reader, 'known ids'),
    active: readTexts(reader, 'active'),
    held: new Map(
      readList(reader, 'held', () => [
        reader.text('held task', TEXT_BYTES_MAX),
        reader.varint('lag'),
      ]),
    ),
  };
  reader.end('words of a member');
  return words;
}

export function encodeLeaderWords(words: LeaderWords): Uint8Array {
  const writer = begin();
  writer.text('refusal', words.refusal, TEXT_BYTES_MAX);
  writeTexts(writer, 'standbys', words.standbys);
  writeTexts(writer, 'ids to fence', words.idsToFence);
  writeTexts(writer, 'known ids', words.knownIds);
  return writer.written().slice();
}

/** Throws `bad-frame` for bytes that are no leader's words of this version. */
export function decodeLeaderWords(bytes: Uint8Array): LeaderWords {
  const reader = open(bytes);
  const words = {
    refusal: reader.text('refusal', TEXT_BYTES_MAX),
    standbys: readTexts(reader, 'standbys'),
    idsToFence: readTexts(reader, 'ids to fence'),
    knownIds: readTexts(reader, 'known ids'),
  };
  reader.end('words of the leader');
  return words;
}

function begin(): ByteWriter {
  const writer = new ByteWriter({ bytesMax: WORDS_BYTES_MAX });
  writer.u8('version', VERSION);
  return writer;
}

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader();
  reader.reset(bytes);
  const version = reader.u8('version');
  // Another version may have any fields: none of them is read.
  if (version !== VERSION) reader.reset(new Uint8Array());
  return reader;
}

function writeTexts(writer: ByteWriter, field: string, texts: readonly string[]): void {
  writer.varint(field, texts.length);
  for (const text of texts) writer.text(field, text, TEXT_BYTES_MAX);
}

const readTexts = (reader: ByteReader, field: string) =>
  readList(reader, field, () => reader.text(field, TEXT_BYTES_MAX));

/** Reads as long as there are bytes, so that no count asks for memory. */
function readList<Entry>(reader: ByteReader, field: string, read: () => Entry): Entry[] {
  const count = reader.varint(field);
  const list: Entry[] = [];
  for (let index = 0; index < count; index++) list.push(read());
  return list;
}
