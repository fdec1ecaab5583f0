/** The processes of a group: started, failed, brought back, and what they say of themselves. */
import { join } from 'node:path';
import type { BarsMemberSettings } from '../../streams/bars-member.ts';
import type { StreamScenario } from '../file/stream-scenario.ts';
import { type ManagedProcess, startProcess } from '../play/process.ts';

export type MemberFailure = 'kill' | 'stop' | 'leave';

/** When it was said, milliseconds since 1970, and by partition the records that wait. */
export type SeenLags = { readonly atMs: number; readonly lags: ReadonlyMap<number, number> };

export type Members = {
  readonly lags: readonly SeenLags[];
  /** By generation of the group, when it was first heard of, milliseconds since 1970. */
  readonly generations: ReadonlyMap<number, number>;
  /** Resolves once every partition has somebody. */
  readonly ready: Promise<void>;
  /** Resolves once that member, as it was started last, has been given its tasks. */
  joined(index: number): Promise<void>;
  fail(index: number, kind: MemberFailure): Promise<void>;
  recover(index: number, kind: MemberFailure): Promise<void>;
  /** All leave in order. */
  stop(): Promise<void>;
};

export type MembersOptions = {
  readonly scenario: StreamScenario;
  readonly addresses: readonly string[];
  readonly directory: string;
  onCrash(text: string): void;
};

const SCRIPT = join(import.meta.dirname, '..', '..', 'streams', 'bars-member.ts');

type Told = {
  readonly generation?: number;
  readonly active?: readonly string[];
  readonly lags?: Readonly<Record<string, number>>;
};

/** A task is named after its partition, behind that of its part of the topology. */
const partitionOf = (task: string) => Number(/\d+$/.exec(task)![0]);

export async function startMembers(options: MembersOptions): Promise<Members> {
  const { scenario } = options;
  const lags: SeenLags[] = [];
  const generations = new Map<number, number>();
  const held = new Set<number>();
  const ready = Promise.withResolvers<void>();
  const joined: PromiseWithResolvers<void>[] = [];
  const hear = (index: number, { generation, active, lags: told }: Told) => {
    if (generation !== undefined) joined[index]!.resolve();
    if (generation !== undefined && !generations.has(generation)) {
      generations.set(generation, Date.now());
    }
    for (const task of active ?? []) held.add(partitionOf(task));
    if (held.size === scenario.streams.partitions) ready.resolve();
    if (told === undefined) return;
    const byPartition = Object.entries(told).map(
      ([task, lag]) => [partitionOf(task), lag] as const,
    );
    lags.push({ atMs: Date.now(), lags: new Map(byPartition) });
  };
  const start = (index: number) => {
    joined[index] = Promise.withResolvers();
    return startMember(index, options, told => hear(index, told));
  };
  const members = Array.from({ length: scenario.streams.members }, (_, index) => start(index));
  const running = await Promise.all(members);
  return {
    ...{ lags, generations, ready: ready.promise },
    joined: index => joined[index]!.promise,
    async fail(index, kind) {
      const member = running[index]!;
      if (kind === 'stop') {
        member.signal('SIGSTOP');
        return;
      }
      member.expectEnd();
      member.signal(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await member.exited;
    },
    async recover(index, kind) {
      if (kind === 'stop') running[index]!.signal('SIGCONT');
      else running[index] = await start(index);
    },
    async stop() {
      await Promise.all(running.map(member => member.stop()));
    },
  };
}

function startMember(
  index: number,
  { scenario, addresses, directory, onCrash }: MembersOptions,
  hear: (told: Told) => void,
): Promise<ManagedProcess> {
  const { window, lateness, outOfOrder, ahead, work, session } = scenario.streams;
  const name = `member-${index + 1}`;
  const settings: BarsMemberSettings = {
    ...{ windowMs: window, latenessMs: lateness, outOfOrderMs: outOfOrder, aheadMaxMs: ahead },
    ...{ workUs: work, sessionTimeoutMs: session, replicas: addresses.length },
    ...{ addresses, processorId: name, stateDirectory: join(directory, name) },
  };
  return startProcess({
    ...{ name, isServer: false, onCrash, script: SCRIPT, parameters: [JSON.stringify(settings)] },
    logFile: join(directory, 'processes', `${name}.log`),
    onText: byLine(line => {
      // Warnings of Node come the same way.
      if (line.startsWith('{')) hear(JSON.parse(line) as Told);
    }),
  });
}

/** Text comes as it was cut by the pipe. */
function byLine(take: (line: string) => void): (text: string) => void {
  let rest = '';
  return text => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(line);
  };
}
