/** One Kafka process: broker and controller, started, stopped and killed by its own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { clockFrom, wallTimers } from '../../clock.ts';
import { OutriderError } from '../../error.ts';
import { SECOND_NS } from '../../nanoseconds.ts';

export type KafkaNode = {
  readonly id: number;
  /** Where clients connect: `host:port`. */
  readonly address: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Resolves once it serves; also brings back one that was stopped or killed. */
  start(): Promise<void>;
  /** SIGTERM: hands its partitions over first. Resolves once the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: a broker that hangs without closing a connection. */
  freeze(): void;
  thaw(): void;
};

export type KafkaNodeOptions = {
  readonly id: number;
  readonly address: string;
  readonly jars: string;
  readonly propertiesFile: string;
  /** Largest heap in megabytes. */
  readonly heapMb: number;
  /** Options of the JVM beside heap and collector. */
  readonly jvm: readonly string[];
  /** Of the process, beside ours. */
  readonly environment: Readonly<Record<string, string>>;
};

const START_NS = 120 * SECOND_NS;
/** After SIGTERM; a broker without a leader to hand over to would wait far longer. */
const STOP_NS = 10 * SECOND_NS;
const LINES_KEPT = 20;
const STARTED = 'Kafka Server started';

/** A node that does not run yet. Its storage must have been formatted. */
export function kafkaNode(options: KafkaNodeOptions): KafkaNode {
  let child: ChildProcess | undefined;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ending = child;
    if (ending === undefined) return;
    const gone = exited(ending);
    ending.kill(signal);
    const deadline = after(STOP_NS, () => ending.kill('SIGKILL'));
    await gone;
    deadline.cancel();
    child = undefined;
  };
  return {
    id: options.id,
    address: options.address,
    get pid() {
      return child?.pid;
    },
    async start() {
      if (child !== undefined) return;
      child = spawn('java', jvmOptions(options), {
        env: { ...process.env, ...options.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      killWithThisProcess(child);
      await started(child, options).catch(async error => {
        await end('SIGKILL');
        throw error;
      });
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

function jvmOptions({ jars, heapMb, jvm, propertiesFile }: KafkaNodeOptions): string[] {
  const memory = ['-Xms64m', `-Xmx${heapMb}m`, '-XX:MaxDirectMemorySize=64m', '-XX:+UseSerialGC'];
  const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.xml')}`;
  return [...memory, ...jvm, logging, '-cp', jars, 'kafka.Kafka', propertiesFile];
}

function started(child: ChildProcess, { id, address }: KafkaNodeOptions): Promise<void> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      const said = lines.length === 0 ? 'it said nothing' : `it said:\n${lines.join('\n')}`;
      reject(new OutriderError('network', `Kafka node ${id} at ${address} ${what}; ${said}`));
    };
    const deadline = after(START_NS, () => fail(`has not started in ${START_NS / SECOND_NS} s`));
    const hear = (text: string) => {
      lines.push(...text.trimEnd().split('\n'));
      lines.splice(0, Math.max(0, lines.length - LINES_KEPT));
      if (!text.includes(STARTED)) return;
      deadline.cancel();
      resolve();
    };
    child.stdout!.setEncoding('utf8').on('data', hear);
    child.stderr!.setEncoding('utf8').on('data', hear);
    child.once('error', error => fail(`could not be run: ${error.message}`));
    child.once('exit', code => {
      deadline.cancel();
      fail(`ended with ${code}`);
    });
  });
}

function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => child.once('exit', () => resolve()));
}

/** A test that ends early leaves no broker behind. */
function killWithThisProcess(child: ChildProcess): void {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
}

function after(delayNs: number, callback: () => void) {
  const clock = clockFrom(0);
  return wallTimers(clock).at(clock.nowNs() + delayNs, callback);
}
