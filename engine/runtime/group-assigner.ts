/** The leader's choice behind the broker's port: whole tasks, whose partitions stay together. */

import type { Assigner } from '../broker/group.ts';
import type { TopicPartition } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import {
  type AssignmentRequest,
  assignTasks,
  type MemberState,
  parseTaskName,
  taskName,
} from './assignment.ts';
import {
  decodeMemberWords,
  encodeLeaderWords,
  type LeaderWords,
  type MemberWords,
} from './member-words.ts';

export type GroupPlan = {
  /** Digest of the topology: members of another get nothing, and a reason. */
  readonly topology: string;
  readonly subTopologies: readonly PlannedSubTopology[];
  readonly standbys: number;
  readonly acceptableLag: number;
};

export type PlannedSubTopology = {
  readonly index: number;
  readonly sources: readonly string[];
  /** As counted at the start. */
  readonly partitions: number;
  readonly isStateful: boolean;
};

const REFUSAL_CHARACTERS_MAX = 250;

export function createGroupAssigner(plan: GroupPlan): Assigner {
  return {
    name: 'outrider',
    assign({ members, partitionCounts }) {
      const told = members.map(({ memberId, data }) => ({ memberId, words: wordsOf(data) }));
      const changed = changedTopic(plan, partitionCounts);
      const fit = told.filter(({ words }) => words?.topology === plan.topology && !changed);
      const request = requestOf(
        plan,
        fit.map(({ memberId, words }) => ({ ...words!, memberId })),
      );
      const tasks = assignTasks(request);
      const ids = told.flatMap(({ words }) => words?.transactionalId || []);
      const gone = new Set(told.flatMap(({ words }) => words?.knownIds ?? []));
      for (const id of ids) gone.delete(id);
      const fencer = fit.map(({ memberId }) => memberId).sort()[0];
      return new Map(
        told.map(({ memberId, words }) => {
          const { active = [], standby: standbys = [] } = tasks.get(memberId) ?? {};
          const refusal = changed || refusalOf(plan, words);
          const idsToFence = memberId === fencer ? [...gone].sort() : [];
          const spoken: LeaderWords = { refusal, standbys, idsToFence, knownIds: ids };
          const partitions = active.flatMap(name => partitionsOf(plan, name));
          return [memberId, { partitions, data: encodeLeaderWords(spoken) }];
        }),
      );
    },
  };
}

/** The tasks whose partitions are all there. */
export function tasksOf(plan: GroupPlan, partitions: readonly TopicPartition[]): string[] {
  const given = new Set(partitions.map(({ topic, partition }) => `${partition} ${topic}`));
  return plan.subTopologies.flatMap(({ index, sources, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => partition)
      .filter(partition => sources.every(topic => given.has(`${partition} ${topic}`)))
      .map(partition => taskName(index, partition)),
  );
}

function requestOf(plan: GroupPlan, members: readonly MemberState[]): AssignmentRequest {
  const tasks: string[] = [];
  const stateful = new Set<string>();
  for (const { index, partitions, isStateful } of plan.subTopologies) {
    for (let partition = 0; partition < partitions; partition++) {
      tasks.push(taskName(index, partition));
      if (isStateful) stateful.add(taskName(index, partition));
    }
  }
  const { standbys, acceptableLag } = plan;
  return { members, tasks, stateful, standbys, acceptableLag };
}

function partitionsOf(plan: GroupPlan, name: string): TopicPartition[] {
  const { subTopology, partition } = parseTaskName(name);
  const { sources } = plan.subTopologies.find(({ index }) => index === subTopology)!;
  return sources.map(topic => ({ topic, partition }));
}

function wordsOf(data: Uint8Array): MemberWords | undefined {
  try {
    return decodeMemberWords(data);
  } catch (error) {
    if (error instanceof OutriderError) return undefined;
    throw error;
  }
}

function refusalOf(plan: GroupPlan, words: MemberWords | undefined): string {
  if (words === undefined) return 'its words to the group are of another version of the program';
  if (words.topology === plan.topology) return '';
  const both = `runs topology ${words.topology}, the leader of its group ${plan.topology}`;
  return `${both}; let one topology end first, or give the other an application id of its own`;
}

function changedTopic(plan: GroupPlan, counts: ReadonlyMap<string, number>): string {
  for (const { sources, partitions } of plan.subTopologies) {
    for (const topic of sources) {
      const now = counts.get(topic) ?? 0;
      if (now === partitions) continue;
      const change = `topic ${topic} has ${now} partitions, ${partitions} when it started`;
      const text = `${change}; take a savepoint and resume it with the new number`;
      return text.slice(0, REFUSAL_CHARACTERS_MAX);
    }
  }
  return '';
}
