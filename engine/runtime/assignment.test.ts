/** Sharing of tasks: an uneven one idles members, a restless one restores state for nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AssignmentRequest,
  assignTasks,
  type MemberState,
  type MemberTasks,
  taskName,
} from './assignment.ts';

const requests = fc
  .record({
    members: fc.integer({ min: 1, max: 8 }),
    shapes: fc.array(
      fc.record({ partitions: fc.integer({ min: 1, max: 9 }), isStateful: fc.boolean() }),
      { minLength: 1, maxLength: 4 },
    ),
    standbys: fc.integer({ min: 0, max: 3 }),
    owners: fc.infiniteStream(fc.integer({ min: -1, max: 7 })),
    lags: fc.infiniteStream(fc.option(fc.integer({ min: 0, max: 20 }))),
  })
  .map(({ members, shapes, standbys, owners, lags }): AssignmentRequest => {
    const tasks = shapes.flatMap(({ partitions }, index) =>
      Array.from({ length: partitions }, (_, partition) => taskName(index, partition)),
    );
    const isStateful = (task: string) => shapes[Number(task.split('_')[0])]!.isStateful;
    const ownerOf = new Map(tasks.map(task => [task, owners.next().value]));
    return {
      members: Array.from({ length: members }, (_, index) => ({
        memberId: `m${index}`,
        active: tasks.filter(task => ownerOf.get(task) === index),
        held: new Map(
          tasks.filter(isStateful).flatMap(task => {
            const lag = lags.next().value;
            return lag === null || ownerOf.get(task) === index ? [] : [[task, lag]];
          }),
        ),
        generation: 3,
      })),
      tasks,
      stateful: new Set(tasks.filter(isStateful)),
      standbys,
      acceptableLag: 10,
    };
  });

const sorted = (assigned: ReadonlyMap<string, MemberTasks>) =>
  [...assigned].map(([id, { active, standby }]) => [id, active.toSorted(), standby.toSorted()]);

/** The members after a round: what they run is their state, what they stand by is caught up. */
function settled(request: AssignmentRequest): AssignmentRequest {
  const assigned = assignTasks(request);
  const members = request.members.map(({ memberId, generation }) => {
    const { active, standby } = assigned.get(memberId)!;
    const held = new Map(standby.map(task => [task, 0]));
    return { memberId, generation: generation + 1, active, held };
  });
  return { ...request, members };
}

const without = (request: AssignmentRequest, gone: MemberState): AssignmentRequest => ({
  ...request,
  members: request.members.filter(member => member !== gone),
});

describe('sharing of tasks', () => {
  it('gives every task to one member, and no member two more than another', () => {
    fc.assert(
      fc.property(requests, request => {
        const assigned = [...assignTasks(request).values()];
        expect(assigned.flatMap(({ active }) => active).sort()).toEqual(request.tasks.toSorted());
        const counts = assigned.map(({ active }) => active.length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never keeps a standby beside its active task, and as many as there is room for', () => {
    fc.assert(
      fc.property(requests, request => {
        const assigned = [...assignTasks(request).values()];
        const copies = Math.min(request.standbys, request.members.length - 1);
        for (const task of request.tasks) {
          const holders = assigned.filter(({ standby }) => standby.includes(task));
          expect(holders).toHaveLength(request.stateful.has(task) ? copies : 0);
          expect(holders.filter(({ active }) => active.includes(task))).toEqual([]);
        }
        for (const { standby } of assigned) expect(new Set(standby).size).toBe(standby.length);
      }),
    );
  });

  it('moves nothing where nothing has changed', () => {
    fc.assert(
      fc.property(requests, request => {
        const first = settled(request);
        expect(sorted(assignTasks(settled(first)))).toEqual(sorted(assignTasks(first)));
        for (const { memberId, active } of first.members) {
          expect(assignTasks(first).get(memberId)!.active.toSorted()).toEqual(active.toSorted());
        }
      }),
    );
  });

  it('does not depend on the order in which members and tasks are told', () => {
    fc.assert(
      fc.property(requests, request => {
        const turned = {
          ...request,
          members: request.members.toReversed(),
          tasks: request.tasks.toReversed(),
        };
        const order = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
        expect(sorted(assignTasks(turned)).sort(order)).toEqual(sorted(assignTasks(request)));
      }),
    );
  });

  it('takes from those that stay only what balance asks for, when a member comes', () => {
    fc.assert(
      fc.property(requests, request => {
        const before = settled(request);
        const newcomer = { memberId: 'n', active: [], held: new Map(), generation: 0 };
        const after = assignTasks({ ...before, members: [...before.members, newcomer] });
        const least = Math.floor(request.tasks.length / (before.members.length + 1));
        const moved = after.get('n')!.active.length;
        expect(moved).toBeLessThanOrEqual(least + 1);
        for (const { memberId, active } of before.members) {
          const kept = after.get(memberId)!.active;
          expect(active).toEqual(expect.arrayContaining(kept));
        }
      }),
    );
  });

  it('leaves what the others run where it is, when a member goes', () => {
    fc.assert(
      fc.property(requests, fc.nat(7), (request, index) => {
        fc.pre(request.members.length > 1);
        const before = settled(request);
        const gone = before.members[index % before.members.length]!;
        const after = assignTasks(without(before, gone));
        for (const { memberId, active } of before.members) {
          if (memberId === gone.memberId) continue;
          expect(after.get(memberId)!.active).toEqual(expect.arrayContaining([...active]));
        }
      }),
    );
  });
});

it('prefers the member whose standby is caught up, and of two the nearer', () => {
  const member = (memberId: string, held: Record<string, number>): MemberState => ({
    memberId,
    active: [],
    held: new Map(Object.entries(held)),
    generation: 1,
  });
  const request = {
    members: [member('a', { '0_0': 9_999 }), member('b', { '0_1': 4 }), member('c', { '0_0': 3 })],
    tasks: ['0_0', '0_1', '0_2'],
    stateful: new Set(['0_0', '0_1', '0_2']),
    standbys: 0,
    acceptableLag: 10,
  };
  const assigned = assignTasks(request);
  expect([...assigned.values()].map(({ active }) => active)).toEqual([['0_2'], ['0_1'], ['0_0']]);
});

it('believes the later of two that say they ran a task', () => {
  const ran = (memberId: string, generation: number): MemberState => ({
    memberId,
    active: ['0_0'],
    held: new Map(),
    generation,
  });
  const request = { tasks: ['0_0'], stateful: new Set<string>(), standbys: 0, acceptableLag: 0 };
  const assigned = assignTasks({ ...request, members: [ran('a', 4), ran('b', 5)] });
  expect(assigned.get('b')!.active).toEqual(['0_0']);
});
