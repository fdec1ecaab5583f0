/** Both stores against the plainest model, and the one on disk through crashes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Disk, nodeDisk } from '#engine';
import { type FileStoreOptions, fileStore } from './file-store.ts';
import { memoryStore } from './memory-store.ts';
import type { SentStore } from './store.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'outrider-store-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
let directories = 0;
const freshDirectory = () => path.join(root, String(directories++));

const message = (number: number, bytes = 20) => Buffer.alloc(bytes, number % 251);

/** What a store gives back in a range, as copies. */
function readAll(store: SentStore, from = 1, to = Number.POSITIVE_INFINITY): [number, string][] {
  const read: [number, string][] = [];
  for (const { msgSeqNum, bytes } of store.read(from, to)) {
    read.push([msgSeqNum, Buffer.from(bytes).toString('hex')]);
  }
  return read;
}

const historyOf = (store: SentStore) =>
  Array.from(store.history(), bytes => Buffer.from(bytes).toString('hex'));

type Action =
  | { kind: 'append'; administrative: boolean; bytes: number }
  | { kind: 'target' | 'reset' | 'commit' | 'reopen' };

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant('append' as const), administrative: fc.boolean() },
      bytes: fc.constantFrom(0, 1, 200, 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('target', 'commit', 'reopen') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
) as fc.Arbitrary<Action>;

/** The plainest store there can be: everything in one object that can be copied. */
type Model = { sender: number; target: number; messages: [number, string][] };

function applyTo(model: Model, store: SentStore, action: Action): void {
  if (action.kind === 'append') {
    const bytes = message(model.sender, action.bytes);
    store.append(model.sender, bytes, action.administrative);
    if (!action.administrative) model.messages.push([model.sender, bytes.toString('hex')]);
    // They are the caller's again.
    bytes.fill(255);
    model.sender++;
  } else if (action.kind === 'target') {
    store.setNextTargetSeq(++model.target);
  } else if (action.kind === 'reset') {
    store.reset();
    Object.assign(model, { sender: 1, target: 1, messages: [] });
  }
}

const copyOf = (model: Model): Model => ({ ...model, messages: [...model.messages] });

function expectLike(store: SentStore, { sender, target, messages }: Model, keep: number): void {
  expect([store.nextSenderSeq(), store.nextTargetSeq()]).toEqual([sender, target]);
  const kept = messages.slice(-keep);
  const first = kept[0]?.[0] ?? 1;
  expect(readAll(store, first)).toEqual(kept);
  const middle = kept.slice(1, -1);
  if (middle.length === 0) return;
  expect(readAll(store, middle[0]![0], middle.at(-1)![0])).toEqual(middle);
}

describe('stores', () => {
  it('keep numbers and the latest messages, or a venue would miss what it asks for', () => {
    fc.assert(
      fc.property(fc.array(anyAction), fc.integer({ min: 1, max: 9 }), (actions, messagesMax) => {
        const store = memoryStore({ messagesMax });
        const model: Model = { sender: 1, target: 1, messages: [] };
        for (const action of actions) {
          applyTo(model, store, action);
          store.commit();
          expectLike(store, model, messagesMax);
          expect(readAll(store).length).toBeLessThanOrEqual(messagesMax);
        }
      }),
    );
  });

  it('on disk are, when opened again, as they were at the last commit', () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 60, size: 'max' }), actions => {
        const directory = freshDirectory();
        let store = fileStore({ directory });
        let model: Model = { sender: 1, target: 1, messages: [] };
        let committed = copyOf(model);
        // What a reset forgets was said all the same, once it is committed.
        const history: string[] = [];
        let uncommitted: string[] = [];
        for (const action of actions) {
          applyTo(model, store, action);
          expectLike(store, model, Number.POSITIVE_INFINITY);
          if (action.kind === 'append' && !action.administrative) {
            uncommitted.push(model.messages.at(-1)![1]);
          } else if (action.kind === 'reset') {
            uncommitted = [];
          } else if (action.kind === 'commit') {
            store.commit();
            committed = copyOf(model);
            history.push(...uncommitted);
            uncommitted = [];
          } else if (action.kind === 'reopen') {
            store.close();
            store = fileStore({ directory });
            model = copyOf(committed);
            uncommitted = [];
          }
          if (action.kind !== 'append') expect(historyOf(store)).toEqual(history);
          expectLike(store, model, Number.POSITIVE_INFINITY);
        }
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});

/** A store with `messages` messages of 40,000 bytes in one commit each. */
function filled(options: FileStoreOptions, messages: number) {
  const store = fileStore(options);
  for (let number = 1; number <= messages; number++) {
    store.append(number, message(number, 40_000), false);
    store.setNextTargetSeq(number + 1);
    store.commit();
  }
  return store;
}

function onlySegment(directory: string): string {
  const names = fs.readdirSync(directory).filter(each => each.endsWith('.segment'));
  const [name, ...others] = names;
  expect(others).toEqual([]);
  return path.join(directory, name!);
}

describe('a store on disk', () => {
  it('knows after a restart whose numbers it holds, or a day would go on with yesterday’s', () => {
    const directory = freshDirectory();
    const store = fileStore({ directory });
    expect(store.period()).toBe(0);
    store.reset(1_789_948_800);
    store.append(1, Buffer.from('x'), true);
    store.commit();
    store.reset();
    store.commit();
    store.close();
    const again = fileStore({ directory });
    expect([again.period(), again.nextSenderSeq()]).toEqual([1_789_948_800, 1]);
    again.close();
  });

  it('cuts a torn commit wherever it is torn, and goes on', () => {
    const directory = freshDirectory();
    filled({ directory }, 2).close();
    const file = onlySegment(directory);
    const bytes = fs.readFileSync(file);
    filled({ directory: freshDirectory() }, 1).close();
    const twoBytes = bytes.length;
    const oneBytes = fs.statSync(onlySegment(path.join(root, String(directories - 1)))).size;
    for (const size of [twoBytes - 1, twoBytes - 30_000, oneBytes + 3, oneBytes + 1]) {
      fs.writeFileSync(file, bytes.subarray(0, size));
      const store = fileStore({ directory });
      expect([store.nextSenderSeq(), store.nextTargetSeq()]).toEqual([2, 2]);
      expect(readAll(store).map(([number]) => number)).toEqual([1]);
      expect(historyOf(store)).toEqual([message(1, 40_000).toString('hex')]);
      store.append(2, message(7), false);
      store.commit();
      store.close();
      const again = fileStore({ directory });
      expect(readAll(again)[1]).toEqual([2, message(7).toString('hex')]);
      again.close();
    }
  });

  it('refuses to start on a commit that was damaged later: numbers must not go back', () => {
    const directory = freshDirectory();
    filled({ directory }, 3).close();
    const file = onlySegment(directory);
    const bytes = fs.readFileSync(file);
    bytes[50_000]! ^= 1;
    fs.writeFileSync(file, bytes);
    expect(() => fileStore({ directory })).toThrow(expect.objectContaining({ code: 'bad-log' }));
  });

  it('takes a commit of many records wholly or not at all', () => {
    const directory = freshDirectory();
    const store = filled({ directory }, 1);
    const before = fs.statSync(onlySegment(directory)).size;
    for (let number = 2; number < 80; number++)
      store.append(number, message(number, 40_000), false);
    store.setNextTargetSeq(50);
    store.commit();
    expect(readAll(store)).toHaveLength(79);
    store.close();
    const file = onlySegment(directory);
    const bytes = fs.readFileSync(file);
    expect(bytes.length - before).toBeGreaterThan(3_000_000);
    for (const size of [before + 1_100_000, before + 2_200_000, bytes.length - 1]) {
      fs.writeFileSync(file, bytes.subarray(0, size));
      const torn = fileStore({ directory });
      expect([torn.nextSenderSeq(), torn.nextTargetSeq()]).toEqual([2, 2]);
      torn.append(2, message(2), false);
      torn.append(3, message(3), false);
      torn.commit();
      torn.close();
      const again = fileStore({ directory });
      expect(readAll(again)).toEqual([
        [1, message(1, 40_000).toString('hex')],
        [2, message(2).toString('hex')],
        [3, message(3).toString('hex')],
      ]);
      again.close();
    }
  });

  it('keeps no more messages than it was told, also after it was opened again', () => {
    const directory = freshDirectory();
    filled({ directory, messagesMax: 3 }, 9).close();
    const store = fileStore({ directory, messagesMax: 3 });
    expect(readAll(store).map(([number]) => number)).toEqual([7, 8, 9]);
    expect(historyOf(store)).toHaveLength(9);
    store.close();
  });

  it('waits for the medium at each commit when it is told to', () => {
    let syncs = 0;
    const disk: Disk = {
      ...nodeDisk,
      fdatasync(file) {
        syncs++;
        nodeDisk.fdatasync(file);
      },
    };
    const store = fileStore({ directory: freshDirectory(), sync: true, disk });
    const before = syncs;
    store.setNextTargetSeq(2);
    store.commit();
    store.commit();
    expect(syncs - before).toBe(1);
    store.close();
  });

  it('takes nothing more after a commit that failed: what is sent would not be stored', () => {
    let isFull = false;
    const disk: Disk = {
      ...nodeDisk,
      write(file, bytes, position) {
        if (isFull) throw new Error('ENOSPC: no space left on device');
        return nodeDisk.write(file, bytes, position);
      },
    };
    const store = fileStore({ directory: freshDirectory(), disk });
    store.append(1, message(1), false);
    isFull = true;
    expect(() => store.commit()).toThrow(/ENOSPC/);
    isFull = false;
    expect(() => store.commit()).toThrow(/open the store again/);
  });
});
