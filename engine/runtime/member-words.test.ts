/** Words between members: read wrongly, tasks would go to those who lack their state. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '../error.ts';
import { createGroupAssigner, type GroupPlan, tasksOf } from './group-assigner.ts';
import {
  decodeLeaderWords,
  decodeMemberWords,
  encodeLeaderWords,
  encodeMemberWords,
  type MemberWords,
} from './member-words.ts';

const task = fc.tuple(fc.nat(99), fc.nat(999)).map(([sub, partition]) => `${sub}_${partition}`);
const texts = fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 });
const member: fc.Arbitrary<MemberWords> = fc.record({
  topology: fc.string({ maxLength: 16 }),
  generation: fc.integer({ min: -1, max: 1_000_000 }),
  transactionalId: fc.string({ maxLength: 30 }),
  knownIds: texts,
  active: fc.array(task),
  held: fc.array(fc.tuple(task, fc.nat())).map(entries => new Map(entries)),
});

describe('words of members and leaders', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(member, words => {
        fc.pre(words.topology.isWellFormed());
        expect(decodeMemberWords(encodeMemberWords(words))).toEqual(words);
      }),
    );
    const leader = { refusal: 'no', standbys: ['0_1'], idsToFence: ['a'], knownIds: ['b', 'c'] };
    expect(decodeLeaderWords(encodeLeaderWords(leader))).toEqual(leader);
  });

  it('are refused with an error where they are other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        for (const decode of [decodeMemberWords, decodeLeaderWords]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
          }
        }
      }),
    );
  });
});

const PLAN: GroupPlan = {
  topology: 'abc',
  subTopologies: [
    { index: 0, sources: ['quotes', 'trades'], partitions: 2, isStateful: true },
    { index: 1, sources: ['bars'], partitions: 1, isStateful: false },
  ],
  standbys: 1,
  acceptableLag: 10,
};
const COUNTS = new Map([
  ['quotes', 2],
  ['trades', 2],
  ['bars', 1],
]);
const words = (changes: Partial<MemberWords>): Uint8Array =>
  encodeMemberWords({
    ...{ topology: 'abc', generation: 1, transactionalId: '', knownIds: [], active: [] },
    ...{ held: new Map(), ...changes },
  });

describe('the choice of the leader', () => {
  const assign = (members: Record<string, Uint8Array>, partitionCounts = COUNTS) =>
    createGroupAssigner(PLAN).assign({
      members: Object.entries(members).map(([memberId, data]) => ({ memberId, data })),
      partitionCounts,
    });

  it('keeps the partitions of a task together, or joined records would never meet', () => {
    const assigned = assign({ a: words({}), b: words({}) });
    for (const { partitions } of assigned.values()) {
      const tasks = tasksOf(PLAN, partitions);
      const sources = tasks.flatMap(name => (name.startsWith('0') ? 2 : 1));
      expect(sources.reduce((sum, count) => sum + count, 0)).toBe(partitions.length);
    }
  });

  it('names the producers of members that are gone to one that stays', () => {
    const told = words({ transactionalId: 'app-a', knownIds: ['app-a', 'app-gone'] });
    const assigned = assign({ a: told, b: words({ transactionalId: 'app-b' }) });
    const [a, b] = ['a', 'b'].map(id => decodeLeaderWords(assigned.get(id)!.data));
    expect(a!.idsToFence).toEqual(['app-gone']);
    expect(b!.idsToFence).toEqual([]);
    expect(b!.knownIds).toEqual(['app-a', 'app-b']);
  });

  it.each([
    ['another topology', words({ topology: 'other' }), 'runs topology other'],
    ['words of another version', new Uint8Array([9, 9]), 'another version'],
  ])('gives a member of %s nothing and tells it why', (_, data, reason) => {
    const assigned = assign({ a: words({}), b: data });
    expect(assigned.get('b')!.partitions).toEqual([]);
    expect(decodeLeaderWords(assigned.get('b')!.data).refusal).toContain(reason);
    expect(assigned.get('a')!.partitions).toHaveLength(5);
  });

  it('stops all where a topic got more partitions: their keys would have moved', () => {
    const assigned = assign({ a: words({}) }, new Map([...COUNTS, ['trades', 3]]));
    const { refusal } = decodeLeaderWords(assigned.get('a')!.data);
    expect(refusal).toContain('topic trades has 3 partitions, 2 when it started');
    expect(assigned.get('a')!.partitions).toEqual([]);
  });
});
