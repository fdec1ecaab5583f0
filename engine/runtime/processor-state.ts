/** What the parts of a processor share; each changes it on the processor's turn alone. */

import type { GroupMember } from '../broker/group.ts';
import type { GroupIdentity } from '../broker/producer.ts';
import type { PartitionOffset, TopicPartition } from '../broker/record.ts';
import type { TaskName } from './assignment.ts';
import type { ChangelogTail } from './changelog-tail.ts';
import type { Committer } from './committer.ts';
import type { LocalState } from './local-state.ts';
import type { ProcessorOptions, ProcessorSettings } from './processor-options.ts';
import type { Replica } from './replica.ts';
import type { RunningTask } from './running-task.ts';
import type { RuntimeTime, Waker } from './runtime-time.ts';
import type { TopologyPlan } from './topology-plan.ts';

export type ProcessorState = {
  readonly options: ProcessorOptions;
  readonly settings: ProcessorSettings;
  readonly plan: TopologyPlan;
  readonly time: RuntimeTime;
  readonly committer: Committer;
  readonly local: LocalState;
  tail: ChangelogTail;
  member: GroupMember | undefined;
  /** As of the latest assignment. */
  identity: GroupIdentity | undefined;
  /** Tasks that are this member's. */
  readonly owned: Map<TaskName, OwnedTask>;
  /** State of tasks that were this member's when a rebalance began, as committed. */
  readonly held: Map<TaskName, Replica>;
  /** Those of `held` that ran. */
  readonly ran: Set<TaskName>;
  readonly standbys: Map<TaskName, Replica>;
  /** By task kept on disk: about how many changelog records it lacks. */
  keptLags: ReadonlyMap<TaskName, number>;
  /** Transactional ids of the group's members when tasks were shared out last. */
  knownIds: readonly string[];
  /** Those of members that are gone. */
  readonly toFence: Set<string>;
  /** One action at a time: steps, commits, rebalances, recoveries. */
  readonly inTurn: <Result>(action: () => Promise<Result>) => Promise<Result>;
  /** Wakes the loop of steps. */
  readonly waker: Waker;
  /** Wakes the loop of polls. */
  readonly pollWaker: Waker;
  /** Where the next poll reads on, by partition; what was fetched of them before is dropped. */
  readonly seeks: Map<string, PartitionOffset>;
  /** Partitions that polls leave out now. */
  readonly paused: Map<string, TopicPartition>;
  /** A commit under way; never fails, see `failure`. */
  committing: Promise<void> | undefined;
  /** Since when something waits for a commit, milliseconds since 1970. */
  uncommittedSinceMs: number | undefined;
  /** What recovery has to make good. */
  failure: { readonly error: unknown } | undefined;
  failuresInARow: number;
  /** Counts turns: each begins with another task. */
  turn: number;
  isClosing: boolean;
  /** Ends the processor; later calls change nothing. */
  end(error?: unknown): void;
  readonly counts: { commits: number; lastCommitMs: number; failures: number };
};

export type OwnedTask = {
  readonly name: TaskName;
  readonly subTopology: number;
  readonly partition: number;
  readonly sources: readonly string[];
  replica: Replica;
  /** Undefined while it is restored. */
  running: RunningTask | undefined;
  /** Of the restore under way: of one that was overtaken nothing counts. */
  attempt: number;
};

export const placeKey = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;

/** Notes a failure; the next step recovers from it. */
export function fail(state: ProcessorState, error: unknown): void {
  if (state.isClosing && state.failure !== undefined) return;
  state.failure ??= { error };
  state.waker.wake();
}
