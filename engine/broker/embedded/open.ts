/** Opens the embedded broker: all topics in one log of a directory, for one process. */

import path from 'node:path';
import { wallClock } from '../../clock.ts';
import { type Disk, nodeDisk } from '../../disk.ts';
import { OutriderError } from '../../error.ts';
import { MILLISECOND_NS } from '../../nanoseconds.ts';
import { openParts } from '../open-parts.ts';
import type { Broker } from '../port.ts';
import { createAdmin } from './admin.ts';
import { createGroups } from './groups.ts';
import { openProducer } from './producer.ts';
import { createReader } from './reader.ts';
import { loadStore, type Store } from './store.ts';
import { sweep } from './sweep.ts';
import { openTailedLog, type TailedLog } from './tailed-log.ts';

export type EmbeddedOptions = {
  /** Made if missing; one process has it at a time. */
  readonly directory: string;
  /** Topics are compacted and old records dropped once so many bytes have come. Default 64 MiB. */
  readonly sweepBytes?: number;
  /** Milliseconds since 1970, for retention. Default: the wall clock. */
  readonly now?: () => number;
  readonly disk?: Disk;
};

const SWEEP_BYTES = 64 * 1024 * 1024;

/*
  <directory>/broker.lock      held by the process that has it open
  <directory>/7.ready          says that log 7 is whole; the highest such counts
  <directory>/7/...            the log, as engine/log writes it
  <directory>/8/...            a sweep is writing the next one
*/

/** Throws `bad-config` where another process has it, `bad-log` or `disk` where it is damaged. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Broker> {
  const { directory, disk = nodeDisk } = options;
  disk.makeDirectory(directory);
  const unlock = lock(disk, directory);
  let log: TailedLog | undefined;
  let store: Store;
  try {
    const generation = currentGeneration(disk, directory);
    log = openTailedLog({ directory: path.join(directory, String(generation)), disk });
    if (!isReady(disk, directory, generation)) markReady(disk, directory, generation);
    store = loadStore(log, generation);
  } catch (error) {
    log?.close();
    unlock();
    throw error;
  }
  const sweeper = sweeping(store, { ...options, disk });
  const groups = createGroups(store);
  const epochs = new Map<string, number>();
  const context = { store, epochs, requireMember: groups.requireMember };
  const parts = openParts();
  const tracked = <Each extends { close(): Promise<void> }>(each: Each): Each => {
    sweeper.requireSound();
    return parts.add(each);
  };
  return {
    capabilities: {
      name: 'embedded',
      isShared: false,
      transactions: true,
      fencesByGeneration: true,
      fencesSends: true,
      staticMembership: false,
      memberData: true,
      waitsForRevoked: true,
      headerOrder: true,
      compressions: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    },
    admin: createAdmin(store, groups),
    producer: async given => tracked(openProducer(context, given)),
    reader: async given => tracked(createReader(store, given, given.from)),
    join: async given => tracked(groups.join(given)),
    async close() {
      await parts
        .close()
        .finally(() => sweeper.close())
        .finally(() => {
          store.log.close();
          unlock();
        });
    },
  };
}

function lock(disk: Disk, directory: string): () => void {
  const file = path.join(directory, 'broker.lock');
  const taken = disk.lock(file);
  if ('release' in taken) return taken.release;
  const holder = taken.heldByPid === process.pid ? 'this process' : `process ${taken.heldByPid}`;
  throw new OutriderError(
    'bad-config',
    `${directory} is the broker of ${holder}; end that first or give another directory`,
  );
}

function readyFile(directory: string, generation: number): string {
  return path.join(directory, `${generation}.ready`);
}

function isReady(disk: Disk, directory: string, generation: number): boolean {
  return disk.list(directory)?.includes(`${generation}.ready`) ?? false;
}

function markReady(disk: Disk, directory: string, generation: number): void {
  disk.close(disk.open(readyFile(directory, generation), 'create'));
  disk.syncDirectory(directory);
}

/** Removes what a sweep left that did not come to its end, and logs of before. */
function currentGeneration(disk: Disk, directory: string): number {
  const names = disk.list(directory) ?? [];
  const ready = names.flatMap(name => /^(\d+)\.ready$/.exec(name)?.[1] ?? []).map(Number);
  const current = Math.max(0, ...ready);
  for (const name of names) {
    const generation = Number(/^(\d+)$/.exec(name)?.[1] ?? current);
    if (generation !== current) removeLog(disk, directory, generation);
  }
  return current;
}

function removeLog(disk: Disk, directory: string, generation: number): void {
  if (isReady(disk, directory, generation)) disk.remove(readyFile(directory, generation));
  const log = path.join(directory, String(generation));
  for (const name of disk.list(log) ?? []) disk.remove(path.join(log, name));
  disk.removeDirectory(log);
}

/** Sweeps beside the broker, one at a time, once enough has come. */
function sweeping(store: Store, options: EmbeddedOptions & { readonly disk: Disk }) {
  const { directory, disk, sweepBytes = SWEEP_BYTES } = options;
  const clock = wallClock(0n);
  const now = options.now ?? (() => Math.floor(clock.nowNs() / MILLISECOND_NS));
  let under: Promise<void> | undefined;
  let failure: Error | undefined;
  const once = async () => {
    const before = store.log;
    const { generation } = store;
    const next = generation + 1;
    removeLog(disk, directory, next);
    const target = openTailedLog({ directory: path.join(directory, String(next)), disk });
    try {
      const onSwap = () => markReady(disk, directory, next);
      await sweep(store, target, { nowMs: now(), onSwap });
    } catch (error) {
      target.close();
      throw error;
    }
    before.close();
    removeLog(disk, directory, generation);
  };
  const listener = () => {
    if (under !== undefined || store.sweepableBytes < sweepBytes) return;
    under = once()
      .catch((error: Error) => {
        // The log stands as it was; whoever opens something next is told.
        store.sweepableBytes = 0;
        failure = error;
      })
      .finally(() => {
        under = undefined;
      });
  };
  store.listeners.add(listener);
  return {
    requireSound() {
      if (failure !== undefined) throw failure;
    },
    async close() {
      store.listeners.delete(listener);
      await under;
    },
  };
}
