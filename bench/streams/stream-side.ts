/** A stream program under measurement: it runs for all rounds, and is halted between its turns. */

import { nextJson, startProgram } from '../replay/program.ts';
import type { BenchKafka } from './bench-kafka.ts';
import { type Meter, openMeter } from './meter.ts';
import { cpuNsOf } from './processor-time.ts';

export type StreamSide = {
  readonly name: string;
  readonly meter: Meter;
  halt(): void;
  goOn(): void;
  /** Of all its threads since its start, nanoseconds. */
  cpuNs(): number;
  stop(): Promise<void>;
};

export type SideOptions = {
  readonly name: string;
  readonly kafka: BenchKafka;
  readonly partitions: number;
  /** In front of its parameters, which are told as `name=value`. */
  readonly command: readonly [string, ...string[]];
  readonly parameters: Readonly<Record<string, string>>;
  /** Topics it writes. */
  readonly outputs: readonly string[];
  /** The one of them whose values begin with the time their input was sent. */
  readonly timed: string;
  readonly folder: string;
};

/** Of a program that was told to end. */
const STOP_MS = 15_000;

/** Serves once it resolves. */
export async function startSide(options: SideOptions): Promise<StreamSide> {
  const { name, kafka, outputs: topics, timed, partitions, folder } = options;
  const parameters = { brokers: kafka.address, ...options.parameters };
  const words = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  const program = startProgram({ name, command: [...options.command, ...words], folder });
  const kill = () => program.kill('SIGKILL');
  process.once('exit', kill);
  await nextJson(program, name);
  const meter = await openMeter({ broker: kafka.broker, topics, timed, partitions });
  return {
    ...{ name, meter },
    halt: () => program.kill('SIGSTOP'),
    goOn: () => program.kill('SIGCONT'),
    cpuNs: () => cpuNsOf(program.pid),
    async stop() {
      program.kill('SIGCONT');
      program.kill('SIGTERM');
      const late = setTimeout(kill, STOP_MS);
      await program.exited;
      clearTimeout(late);
      process.removeListener('exit', kill);
      await meter.close();
    },
  };
}
