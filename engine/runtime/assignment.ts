/** Which member runs which task and keeps a standby of which: balanced, sticky, near the state. */

import { OutriderError } from '../error.ts';

/** A task by sub-topology and partition, such as `0_3`. */
export type TaskName = string;

export const taskName = (subTopology: number, partition: number): TaskName =>
  `${subTopology}_${partition}`;

/** Throws `bad-data` for a text that names no task. */
export function parseTaskName(name: TaskName): { subTopology: number; partition: number } {
  const found = /^(\d{1,6})_(\d{1,6})$/.exec(name);
  if (found === null) throw new OutriderError('bad-data', `task ${name}: give one such as 0_3`);
  return { subTopology: Number(found[1]), partition: Number(found[2]) };
}

/** What a member says of itself when tasks are shared out. */
export type MemberState = {
  readonly memberId: string;
  /** Tasks it ran until now. */
  readonly active: readonly TaskName[];
  /** State it holds besides: records of the changelog that each lacks. */
  readonly held: ReadonlyMap<TaskName, number>;
  /** Its latest generation: of two that ran one task the later is believed. */
  readonly generation: number;
};

export type AssignmentRequest = {
  readonly members: readonly MemberState[];
  readonly tasks: readonly TaskName[];
  /** Tasks with state to keep: the others have no standbys. */
  readonly stateful: ReadonlySet<TaskName>;
  /** Standbys a stateful task has, as far as there are other members. */
  readonly standbys: number;
  /** Records that a standby may lack and still count as caught up. */
  readonly acceptableLag: number;
};

export type MemberTasks = { readonly active: TaskName[]; readonly standby: TaskName[] };

/**
 * The same for the same request, in whatever order its members and tasks come. Members differ by at
 * most one active task; within that as few tasks move as can, and one that has to goes to a member
 * whose state is caught up, where there is one.
 */
export function assignTasks(request: AssignmentRequest): Map<string, MemberTasks> {
  const members = request.members.toSorted((a, b) => compare(a.memberId, b.memberId));
  const assigned = new Map<string, MemberTasks>(
    members.map(({ memberId }) => [memberId, { active: [], standby: [] }]),
  );
  if (members.length === 0) return assigned;
  const room = shareOut(request, members);
  keepActive(request, { members, room, assigned });
  giveActive(request, { members, room, assigned });
  placeStandbys(request, members, assigned);
  return assigned;
}

type Sharing = {
  readonly members: readonly MemberState[];
  readonly room: Room;
  readonly assigned: ReadonlyMap<string, MemberTasks>;
};

/** How many tasks each has at least, and how many members may have one more. */
type Room = { readonly least: number; extras: number };

function shareOut({ tasks }: AssignmentRequest, members: readonly MemberState[]): Room {
  return {
    least: Math.floor(tasks.length / members.length),
    extras: tasks.length % members.length,
  };
}

/** Takes room for one more task, or says that there is none. */
function takeRoom(room: Room, count: number): boolean {
  if (count < room.least) return true;
  if (count > room.least || room.extras === 0) return false;
  room.extras--;
  return true;
}

function keepActive(request: AssignmentRequest, { members, room, assigned }: Sharing): void {
  const known = new Set(request.tasks);
  const owners = new Map<TaskName, MemberState>();
  for (const member of members) {
    for (const task of member.active) {
      const other = owners.get(task);
      if (!known.has(task) || (other && other.generation >= member.generation)) continue;
      owners.set(task, member);
    }
  }
  for (const member of members) {
    const { active } = assigned.get(member.memberId)!;
    for (const task of member.active.toSorted(compare)) {
      if (owners.get(task) !== member || active.includes(task)) continue;
      if (takeRoom(room, active.length)) active.push(task);
    }
  }
}

function giveActive(request: AssignmentRequest, { members, room, assigned }: Sharing): void {
  const taken = new Set([...assigned.values()].flatMap(({ active }) => active));
  const open = request.tasks.filter(task => !taken.has(task)).toSorted(compare);
  const countOf = ({ memberId }: MemberState) => assigned.get(memberId)!.active.length;
  const hasRoom = (member: MemberState) =>
    countOf(member) < room.least || (countOf(member) === room.least && room.extras > 0);
  const isNear = (member: MemberState, task: TaskName) =>
    (member.held.get(task) ?? Number.POSITIVE_INFINITY) <= request.acceptableLag;
  const give = (task: TaskName, candidates: readonly MemberState[]) => {
    const best = candidates.toSorted(
      (a, b) => lagOf(a, task) - lagOf(b, task) || countOf(a) - countOf(b),
    )[0]!;
    takeRoom(room, countOf(best));
    assigned.get(best.memberId)!.active.push(task);
  };
  // Those with state near by choose first, or others would take the room beside it.
  const far = open.filter(task => {
    const near = members.filter(member => isNear(member, task) && hasRoom(member));
    if (near.length > 0) give(task, near);
    return near.length === 0;
  });
  for (const task of far) give(task, leastLoaded(members.filter(hasRoom), countOf));
}

function placeStandbys(
  request: AssignmentRequest,
  members: readonly MemberState[],
  assigned: ReadonlyMap<string, MemberTasks>,
): void {
  const tasksOf = ({ memberId }: MemberState) => assigned.get(memberId)!;
  const loadOf = (member: MemberState) =>
    tasksOf(member).active.length + tasksOf(member).standby.length;
  const stateful = request.tasks.filter(task => request.stateful.has(task)).toSorted(compare);
  const copies = Math.min(request.standbys, members.length - 1);
  const most = Math.ceil((stateful.length * copies) / members.length);
  for (const task of stateful) {
    for (let copy = 0; copy < copies; copy++) {
      const free = members.filter(member => {
        const { active, standby } = tasksOf(member);
        return !active.includes(task) && !standby.includes(task);
      });
      const holders = free.filter(
        member => hasState(member, task) && tasksOf(member).standby.length < most,
      );
      const choice = holders.length > 0 ? holders : leastLoaded(free, loadOf);
      const best = choice.toSorted((a, b) => lagOf(a, task) - lagOf(b, task))[0]!;
      tasksOf(best).standby.push(task);
    }
  }
}

const hasState = (member: MemberState, task: TaskName) =>
  member.active.includes(task) || member.held.has(task);

/** A finite number, so that two without state compare as equal. */
const lagOf = (member: MemberState, task: TaskName) =>
  member.active.includes(task) ? 0 : (member.held.get(task) ?? Number.MAX_SAFE_INTEGER);

function leastLoaded(
  members: readonly MemberState[],
  loadOf: (member: MemberState) => number,
): MemberState[] {
  const least = Math.min(...members.map(loadOf));
  return members.filter(member => loadOf(member) === least);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
