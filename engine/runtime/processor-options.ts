/** How a processor runs, with a default for all that need not be chosen. */

import type { Broker, TopicSettings } from '../broker/port.ts';
import type { Compression } from '../broker/producer.ts';
import { OutriderError } from '../error.ts';
import type { SubTopology } from '../streams/task.ts';
import type { Guarantee } from './committer.ts';
import type { ProcessorObserver } from './observer.ts';
import type { RuntimePorts } from './runtime-time.ts';

export type ProcessorOptions = {
  readonly broker: Broker;
  /** Names the group, its changelogs and transactional ids: one a topology and broker. */
  readonly applicationId: string;
  /** Among the processors of the application, unlike any other's that lives. */
  readonly processorId: string;
  readonly topology: RunnableTopology;
  readonly ports: RuntimePorts;
  readonly observer?: ProcessorObserver;
  readonly settings?: Partial<ProcessorSettings>;
};

/** What `topologyBuilder` builds, or parts of one's own. */
export type RunnableTopology = {
  readonly subTopologies: readonly SubTopology[];
  /**
   * From the partitions of the topics that are there: those to create, such as between parts.
   * Throws `bad-config` naming topics that are missing or do not fit together.
   */
  plan?(existing: ReadonlyMap<string, number>): {
    readonly create: readonly Omit<TopicSettings, 'replicas'>[];
  };
};

/** Times in milliseconds. */
export type ProcessorSettings = {
  /** docs/streams-runtime.md says what each promises. */
  readonly guarantee: Guarantee;
  /** How long after a record its work is committed at the latest: 25 to 100 where it is exact. */
  readonly commitIntervalMs: number;
  /** Records processed and written, and their bytes, that are committed before that. */
  readonly commitRecordsMax: number;
  readonly commitBytesMax: number;
  /** Bytes of output that are sent ahead of their commit, in its transaction. */
  readonly sendAheadBytes: number;
  /** Copies of each task's state beside the one that runs. */
  readonly standbys: number;
  /** Changelog records a standby may lack and still be preferred. */
  readonly acceptableLag: number;
  /** Copies of the partitions of topics that are created: changelogs, those between parts. */
  readonly replicas: number;
  /** After this long without a sign of life a member's tasks go to others. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /**
   * How long a new round of the group waits for members that do not answer. Default a quarter of
   * the session, at least 1.5 s. A coordinator's death costs its group a round, so this long.
   */
  readonly rebalanceTimeoutMs: number;
  /** After this long the broker ends a transaction of a producer that is gone. */
  readonly transactionTimeoutMs: number;
  /** Where sources without a committed offset begin. */
  readonly startAt: 'first' | 'end';
  /** Bounds of what a partition's queue holds; a fetch that was under way comes on top. */
  readonly bufferRecordsMax: number;
  readonly bufferBytesMax: number;
  readonly fetchBytesMax: number;
  /** How long a join waits for the other source's records while that is behind. */
  readonly sourceWaitMs: number;
  readonly compression: Compression;
  readonly lingerMs: number;
  /** Failures in a row, each recovered from, before the processor ends with the last. */
  readonly failuresMax: number;
  readonly retryMs: number;
  /** How long `close` goes on with records that were fetched. */
  readonly drainMs: number;
  /** Where stores are kept on disk, or snapshots of those in memory; without it nowhere. */
  readonly stateDirectory: string;
  /** `lmdb` for state larger than memory. */
  readonly store: 'memory' | 'lmdb';
};

const REBALANCE_MS_MIN = 1_500;

const DEFAULTS: Omit<ProcessorSettings, 'rebalanceTimeoutMs'> = {
  guarantee: 'exactly-once',
  commitIntervalMs: 50,
  commitRecordsMax: 50_000,
  commitBytesMax: 8 * 1024 * 1024,
  sendAheadBytes: 128 * 1024,
  standbys: 0,
  acceptableLag: 10_000,
  replicas: 1,
  sessionTimeoutMs: 6_000,
  heartbeatMs: 300,
  transactionTimeoutMs: 10_000,
  startAt: 'first',
  bufferRecordsMax: 10_000,
  bufferBytesMax: 2 * 1024 * 1024,
  fetchBytesMax: 1024 * 1024,
  sourceWaitMs: 1_000,
  compression: 'none',
  lingerMs: 0,
  failuresMax: 20,
  retryMs: 50,
  drainMs: 2_000,
  stateDirectory: '',
  store: 'memory',
};

/** Fills in defaults. Errors: `bad-config` naming field, value and remedy. */
export function readSettings(options: ProcessorOptions): ProcessorSettings {
  const { sessionTimeoutMs } = { ...DEFAULTS, ...options.settings };
  const rebalanceTimeoutMs = Math.max(REBALANCE_MS_MIN, Math.round(sessionTimeoutMs / 4));
  const settings = { ...DEFAULTS, rebalanceTimeoutMs, ...options.settings };
  for (const field of ['applicationId', 'processorId'] as const) {
    if (/^[A-Za-z0-9._-]{1,100}$/.test(options[field])) continue;
    throw badConfig(field, options[field], 'give 1 to 100 letters, digits, dots or hyphens');
  }
  const { capabilities } = options.broker;
  if (settings.guarantee === 'exactly-once' && !capabilities.transactions) {
    const text = `broker ${capabilities.name} has no transactions; choose at-least-once`;
    throw badConfig('guarantee', settings.guarantee, text);
  }
  if (settings.store === 'lmdb' && settings.stateDirectory === '') {
    throw badConfig('store', settings.store, 'set stateDirectory, where it is kept');
  }
  if (settings.standbys > 0 && !capabilities.memberData) {
    const text = `broker ${capabilities.name} carries no data of members; set 0`;
    throw badConfig('standbys', settings.standbys, text);
  }
  for (const field of ['commitIntervalMs', 'commitRecordsMax', 'bufferRecordsMax'] as const) {
    if (settings[field] > 0) continue;
    throw badConfig(field, settings[field], 'give a number above 0');
  }
  return settings;
}

const badConfig = (field: string, value: unknown, remedy: string) =>
  new OutriderError('bad-config', `${field}: ${String(value)}; ${remedy}`);
