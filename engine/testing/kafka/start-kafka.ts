/** Starts a real Apache Kafka for tests and benchmarks: its jars come from Maven Central. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutriderError } from '../../error.ts';
import { freePorts } from '../../network/free-ports.ts';
import { mavenClassPath } from '../maven-class-path.ts';
import { type KafkaNode, kafkaNode } from './kafka-node.ts';
import { type KafkaListener, kafkaSettings, propertiesText } from './kafka-settings.ts';

export type { KafkaNode } from './kafka-node.ts';
export { partitionInSync, partitionLeader } from './partition-leader.ts';

/** 4.3.1 unless a test is about an old one. */
export type KafkaVersion = '4.3.1' | '3.3.2';

export type KafkaOptions = {
  /** Default 4.3.1. */
  readonly version?: KafkaVersion;
  /** 1, or 3 for a cluster whose topics have three copies and two in sync. Default 1. */
  readonly nodes?: 1 | 3;
  /** What clients meet; TLS and SASL need their settings below. Default PLAINTEXT. */
  readonly listener?: KafkaListener;
  /** Broker settings by their Kafka names, over those of `kafkaSettings`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further options of `StorageTool format`, such as `--add-scram` and its value. */
  readonly format?: readonly string[];
  /** Largest heap of a node in megabytes. Default 160. */
  readonly heapMb?: number;
  /** Options of the JVM. Default: the quick compiler alone, which starts soonest. */
  readonly jvm?: readonly string[];
  /** Of each node's process, beside ours. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type KafkaCluster = {
  /** Where clients begin: `host:port` of each node. */
  readonly addresses: readonly string[];
  readonly nodes: readonly KafkaNode[];
  /** Ends every node and removes their storage. */
  stop(): Promise<void>;
};

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const QUICK_START = ['-XX:TieredStopAtLevel=1', '-Xshare:auto'];
const PORTS_A_NODE = 3;

/** The class path of Kafka, or what this machine lacks to have it. */
function kafkaClassPath(version: KafkaVersion = '4.3.1'): { jars: string } | { missing: string } {
  const pom = join(import.meta.dirname, 'pom.xml');
  return mavenClassPath(`kafka-${version}`, pom, { 'kafka.version': version });
}

/** For the title of tests that a machine without it leaves out, and whether this is one. */
export function kafkaNeeds(version?: KafkaVersion): { needs: string; isMissing: boolean } {
  const found = kafkaClassPath(version);
  const isMissing = 'missing' in found;
  return { needs: isMissing ? found.missing : 'java 17 and mvn', isMissing };
}

/** Serves once it resolves. Throws `bad-config` where java or mvn is missing, `network` else. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const found = kafkaClassPath(options.version);
  if ('missing' in found) {
    throw new OutriderError('bad-config', `Kafka needs ${found.missing}; install it`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'outrider-kafka-'));
  const nodes = await nodesOf(options, found.jars, directory);
  const cluster: KafkaCluster = {
    addresses: nodes.map(node => node.address),
    nodes,
    async stop() {
      // Killed: what they keep is removed anyway.
      await Promise.all(nodes.map(node => node.kill()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(
      nodes.map(({ id }) => format(found.jars, propertiesFile(directory, id), options.format)),
    );
    await Promise.all(nodes.map(node => node.start()));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

async function nodesOf(
  { nodes: count = 1, listener = 'PLAINTEXT', ...options }: KafkaOptions,
  jars: string,
  directory: string,
): Promise<KafkaNode[]> {
  const free = await freePorts(count * PORTS_A_NODE);
  const ports = Array.from({ length: count }, (_, index) => {
    const [clients, brokers, controllers] = free.slice(index * PORTS_A_NODE);
    return { clients: clients!, brokers: brokers!, controllers: controllers! };
  });
  return ports.map((own, index) => {
    const id = index + 1;
    const storage = join(directory, String(id));
    mkdirSync(storage);
    const { settings = {}, heapMb = 160, jvm = QUICK_START, environment = {} } = options;
    const all = kafkaSettings({ id, ports, listener, directory: storage, settings });
    const file = propertiesFile(directory, id);
    writeFileSync(file, propertiesText(all));
    const address = `127.0.0.1:${own.clients}`;
    return kafkaNode({ id, address, jars, propertiesFile: file, heapMb, jvm, environment });
  });
}

function propertiesFile(directory: string, id: number): string {
  return join(directory, `${id}.properties`);
}

/** A directory becomes storage of a cluster by a tool of Kafka's own. */
async function format(jars: string, file: string, more: readonly string[] = []): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', file, ...more];
  const child = spawn('java', [...QUICK_START, '-Xmx64m', '-cp', jars, ...tool], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new OutriderError('network', `Kafka's storage: format failed: ${said}`);
}
