/** A whole application in virtual time: processors that come, fail and go, and their input. */

import type { Broker } from '../../broker/port.ts';
import { nodeDisk } from '../../disk.ts';
import { MILLISECOND_NS } from '../../nanoseconds.ts';
import type { SeededRandom } from '../../random.ts';
import { type VirtualTime, virtualTime } from '../../virtual-time.ts';
import { type Processor, startProcessor } from '../processor.ts';
import type { ProcessorSettings } from '../processor-options.ts';
import type { RuntimePorts } from '../runtime-time.ts';
import { countTopology } from './count-topology.ts';
import { type SimulatedBroker, simulatedBroker } from './simulated-broker.ts';
import { simulatedPartition } from './simulated-log.ts';
import { type Fault, type SimulatedProcess, simulatedProcess } from './simulated-process.ts';

export const TOPICS = { input: 'in', between: 'between', output: 'out' };

export type WorldOptions = {
  readonly random: SeededRandom;
  readonly fencesByGeneration: boolean;
  readonly partitions: number;
  readonly settings: Partial<ProcessorSettings>;
};

export type StartOptions = {
  /** Asked at each call that the processor makes of its broker. */
  faultAt(call: number): Fault | undefined;
  onCrash(): void;
  readonly stateDirectory?: string;
  readonly applicationId?: string;
};

type Started = { readonly process: SimulatedProcess; readonly processor: Processor };

const KEYS = 7;
const STALL_MS = 2_500;
const CALL_MS_MAX = 4;
const WAIT_MS = 20_000;
const QUICK = { sessionTimeoutMs: 1_000, heartbeatMs: 100, commitIntervalMs: 30 };

export class SimulatedWorld {
  readonly broker: SimulatedBroker;
  /** Records by key so far. */
  readonly written = new Map<string, number>();
  /** What ended a processor that nobody closed. */
  readonly failures: unknown[] = [];
  readonly #options: WorldOptions;
  readonly #time: VirtualTime = virtualTime();
  readonly #delays: SeededRandom;
  #started = 0;

  constructor(options: WorldOptions) {
    const { random, fencesByGeneration, partitions } = options;
    this.#options = options;
    this.#delays = random.split('delays');
    const nowMs = () => this.nowMs();
    this.broker = simulatedBroker({ fencesByGeneration, nowMs, sleep: ms => this.sleep(ms) });
    for (const topic of Object.values(TOPICS)) {
      const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
      this.broker.topics.set(topic, places.map(simulatedPartition));
    }
  }

  nowMs(): number {
    return this.#time.nowNs() / MILLISECOND_NS;
  }

  sleep(ms: number): Promise<void> {
    const atNs = this.#time.nowNs() + Math.ceil(ms * MILLISECOND_NS);
    return new Promise(resolve => this.#time.at(atNs, resolve));
  }

  /** Puts records of some keys into the input. */
  write(count: number): void {
    const { random } = this.#options;
    const input = this.broker.topics.get(TOPICS.input)!;
    for (let index = 0; index < count; index++) {
      const name = `k${random.nextU32() % KEYS}`;
      const { place, append } = input[random.nextU32() % input.length]!;
      const timestampMs = Math.floor(this.nowMs());
      append({ ...place, key: null, value: Buffer.from(name), headers: [], timestampMs }, false);
      this.written.set(name, (this.written.get(name) ?? 0) + 1);
    }
  }

  /** Never done where the processor cannot start: then it crashes. */
  async start(options: StartOptions): Promise<Started> {
    const { faultAt, onCrash, stateDirectory = '', applicationId = 'app' } = options;
    const name = `p${this.#started++}`;
    const process = simulatedProcess({
      name,
      faultAt,
      delay: () => this.sleep((this.#delays.nextU32() % (CALL_MS_MAX * 10)) / 10),
      stall: () => this.sleep(STALL_MS),
      onCrash,
    });
    try {
      const processor = await startProcessor({
        broker: this.broker.connect(process),
        ...{ applicationId, processorId: name },
        topology: { subTopologies: countTopology(TOPICS) },
        ports: this.ports(),
        settings: { ...this.#options.settings, ...QUICK, stateDirectory },
      });
      processor.done.catch(error => this.failures.push(error));
      return { process, processor };
    } catch {
      // A program that cannot start ends, and whoever watches it starts it again.
      process.crash();
      return await new Promise<never>(() => {});
    }
  }

  /** Lets time pass until then. False where it does not come within the limit. */
  async until(isDone: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.nowMs() + limitMs;
    while (!isDone()) {
      // Promises settle, and loops that ask for a turn get one.
      await new Promise(resolve => setImmediate(resolve));
      const dueNs = this.#time.nextDueNs();
      if (this.nowMs() > endMs || dueNs === undefined) return isDone();
      this.#time.advanceTo(dueNs);
    }
    return true;
  }

  /** What it gives, while time passes. */
  async wait<Result>(promise: Promise<Result>): Promise<Result> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    promise.then(done, done);
    await this.until(() => isDone, WAIT_MS);
    return await promise;
  }

  /** A process beside the processors, which nothing happens to. */
  outsider(): Broker {
    const now = async () => {};
    const quiet = { faultAt: () => undefined, delay: now, stall: now, onCrash() {} };
    return this.broker.connect(simulatedProcess({ name: 'outsider', ...quiet }));
  }

  /** More partitions of its topics. */
  grow(partitions: number): void {
    for (const topic of Object.values(TOPICS)) {
      const standing = this.broker.topics.get(topic)!;
      const added = Array.from({ length: partitions - standing.length }, (_, index) =>
        simulatedPartition({ topic, partition: standing.length + index }),
      );
      this.broker.topics.set(topic, [...standing, ...added]);
    }
  }

  /** The counts of each key, as a committed reader sees them. */
  outputs(): Map<string, number[]> {
    const found = new Map<string, number[]>();
    for (const partition of this.broker.topics.get(TOPICS.output)!) {
      for (let from = 0; ; ) {
        const batch = partition.read(from, 'read-committed');
        if (batch === undefined) break;
        for (const { key, value } of batch.records) {
          const name = Buffer.from(key!).toString();
          found.set(name, [...(found.get(name) ?? []), Number(Buffer.from(value!).toString())]);
        }
        from = batch.nextOffset;
      }
    }
    return found;
  }

  ports(): RuntimePorts {
    return {
      ...{ clock: this.#time, timers: this.#time, originNs: 0n },
      nextTurn: () => new Promise(resolve => setImmediate(resolve)),
      // A crash of the world is no death of this process, which would hold its locks on.
      disk: { ...nodeDisk, lock: () => ({ release() {} }) },
    };
  }
}

/** What is wrong with the outputs of so many records, as lines. */
export function problemsOf(world: SimulatedWorld): string[] {
  const found = world.outputs();
  return [...world.written].flatMap(([key, count]) => {
    const counts = found.get(key) ?? [];
    const at = counts.findIndex((value, index) => value !== index + 1);
    if (at >= 0) return [`${key}: after ${at} comes ${counts[at]}`];
    return counts.length === count ? [] : [`${key}: ${counts.length} of ${count} counted`];
  });
}
