/** Streams for TypeScript: topologies of typed operators, and a driver that tries them out. */
export { type Partitioner, partitionOfKey } from '../state/key-group.ts';
export { openMemoryStore } from '../state/memory-store.ts';
export type { StateStore } from '../state/store.ts';
export { bytes, fields, float64, integer, json, keyless } from './codecs.ts';
export type {
  AggregateOptions,
  Grouped,
  GroupedInWindows,
  InWindows,
  MergingOptions,
  WindowOptions,
} from './grouped.ts';
export type {
  KeyedState,
  ProcessContext,
  ProcessFunctions,
  StateOptions,
  Timer,
  TimerKind,
} from './process-functions.ts';
export type {
  AsOfOptions,
  Coding,
  Joined,
  Joiner,
  Mapper,
  ProcessOptions,
  Stream,
  StreamJoinOptions,
} from './stream.ts';
export type { GroupedTable, Table, TableJoinOptions, TableMapper } from './table.ts';
export type {
  Codec,
  StoreCodec,
  StoreSettings,
  StreamTask,
  SubTopology,
  TaskCounts,
  TaskEffects,
  TaskPlace,
} from './task.ts';
export {
  type DeadLetter,
  type TestDriver,
  type TestDriverOptions,
  type TestRecord,
  testDriver,
} from './test-driver.ts';
export { text } from './text-codec.ts';
export { type Topic, type TopicOptions, topic } from './topic.ts';
export type { Topology, TopologyOptions } from './topology.ts';
export { type TopologyBuilder, topologyBuilder } from './topology-builder.ts';
export type { TopologyPlan } from './topology-plan.ts';
export { windowed } from './windowed-codec.ts';
export { hopping, session, sliding, tumbling, type Window, type Windowed } from './windows.ts';
