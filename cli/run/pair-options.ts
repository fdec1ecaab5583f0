/** Options that make a gateway one of two: its name, the other node, the witness, and the lease. */
import { createHash, randomUUID } from 'node:crypto';
import { MILLISECOND_NS, type Nanoseconds, OutriderError } from '#engine';
import { checkNodeName, type DeskFile, TOPIC_NODE } from '#gateway';
import { type Address, parseAddress } from '../commands/address.ts';
import { kebabCase } from '../commands/command.ts';
import type { ConfigName, RunConfig } from '../config.ts';
import { durationNs, isDuration } from './duration.ts';

/** The topic that holds the gateway's log, and where it is. */
export type TopicTerms = { topic: string; brokers: string; security: string | undefined };

export type PairOptions = {
  node: string;
  /** Names this process to the witness. */
  instance: string;
  /** Where its standby, and operators, connect. */
  replicate: Address;
  /** The other node's: it follows that one first. */
  standbyOf: Address | undefined;
  witness: Address | undefined;
  /** In place of the other node and the witness. */
  topic: TopicTerms | undefined;
  leaseNs: Nanoseconds;
  /** Of a standby's records before it says it has them. */
  durability: 'memory' | 'disk';
  aloneAfterNs: Nanoseconds | undefined;
};

/** As `parseOptions` takes them. */
export const PAIR_OPTION_KINDS = {
  ...({ node: 'text', replicate: 'text', standbyOf: 'text', witness: 'text' } as const),
  ...({ leaseMs: 'text', durability: 'text', alone: 'text' } as const),
  ...({ standbyTopic: 'text', brokers: 'text', brokersSecurity: 'text' } as const),
};

export const PAIR_OPTION_LINES = [
  '  --node NAME                  one of a pair, docs/gateway.md; the others below need it:',
  '  --replicate HOST:PORT        where its standby and `outrider promote` connect; port 0: any',
  '  --standby-of HOST:PORT       follows the node there, and trades when that is gone',
  '  --witness HOST:PORT          of `outrider witness`; without one an operator promotes',
  '  --lease-ms N                 right to trade without an answer; all three alike [400]',
  '  --durability memory|disk     what a standby has done with a record it has [memory]',
  '  --alone no|TIME              goes on alone so long after its standby was lost, such as 2s;',
  '                               with a witness only [no]',
  '  --standby-topic NAME         of one partition: the gateway’s log, in place of --standby-of,',
  '                               --witness, --durability and --alone; alike at both nodes',
  '  --brokers HOST:PORT,...      some nodes of the Kafka cluster with that topic',
  '  --brokers-security FILE      JSON: TLS and SASL, docs/operations.md [plain text]',
];

type Values = Record<keyof typeof PAIR_OPTION_KINDS, unknown>;

const LEASE_MS = 400;
const LEASE_MS_MIN = 50;
const LEASE_MS_MAX = 60_000;

/** Undefined where no node is named. Throws `bad-usage` naming option, value and remedy. */
export function readPairOptions(
  values: Values,
  { heartbeatSeconds }: Pick<RunConfig, 'heartbeatSeconds'>,
): PairOptions | undefined {
  if (values.node === undefined) {
    const other = Object.entries(values).find(([, value]) => value !== undefined);
    if (other === undefined) return undefined;
    throw usage(`${kebabCase(other[0])}: ${String(other[1])} without --node NAME; give both`);
  }
  const leaseNs = readLease(values.leaseMs);
  if (leaseNs >= heartbeatSeconds * 1000 * MILLISECOND_NS) {
    const lease = `lease-ms: ${leaseNs / MILLISECOND_NS}`;
    throw usage(`${lease}; give less than --heartbeat-seconds ${heartbeatSeconds}`);
  }
  const address = (option: 'standbyOf' | 'witness') =>
    values[option] === undefined ? undefined : parseAddress(kebabCase(option), values[option]);
  const witness = address('witness');
  return {
    ...{ node: checkNodeName('node', values.node), topic: readTopic(values) },
    ...{ instance: randomUUID(), replicate: parseAddress('replicate', values.replicate) },
    ...{ standbyOf: address('standbyOf'), witness, leaseNs },
    durability: readDurability(values.durability),
    aloneAfterNs: readAlone(values.alone, witness),
  };
}

function readTopic(values: Values): TopicTerms | undefined {
  const { standbyTopic: topic, brokers, brokersSecurity: security } = values;
  if (topic === undefined) {
    if (brokers === undefined && security === undefined) return undefined;
    throw usage(`brokers: ${String(brokers)} without --standby-topic NAME; give both`);
  }
  if (brokers === undefined) throw usage('brokers: missing; give --brokers HOST:PORT,...');
  for (const other of ['standbyOf', 'witness', 'durability', 'alone'] as const) {
    if (values[other] === undefined) continue;
    const given = `${kebabCase(other)}: ${String(values[other])}`;
    throw usage(`${given} beside --standby-topic, which takes its place; leave one out`);
  }
  if (values.node === TOPIC_NODE)
    throw usage(`node: ${TOPIC_NODE} is the topic's name; give another`);
  return {
    ...{ topic: String(topic), brokers: String(brokers) },
    security: security === undefined ? undefined : String(security),
  };
}

export function readLease(value: unknown): Nanoseconds {
  const given = value === undefined ? LEASE_MS : Number(value);
  const isFit = Number.isInteger(given) && given >= LEASE_MS_MIN && given <= LEASE_MS_MAX;
  if (isFit) return given * MILLISECOND_NS;
  throw usage(`lease-ms: ${String(value)}; give ${LEASE_MS_MIN} to ${LEASE_MS_MAX}`);
}

function readDurability(value: unknown): PairOptions['durability'] {
  if (value === undefined || value === 'memory') return 'memory';
  if (value === 'disk') return 'disk';
  throw usage(`durability: ${String(value)}; give memory or disk`);
}

function readAlone(value: unknown, witness: Address | undefined): Nanoseconds | undefined {
  if (value === undefined || value === 'no') return undefined;
  const text = String(value);
  if (!isDuration(text)) throw usage(`alone: ${text}; give no, or a time such as 2s`);
  if (witness !== undefined) return durationNs(text);
  throw usage(`alone: ${String(value)} without --witness; give one, or let an operator decide`);
}

/** Hash of what both nodes must be started with alike. */
export function configHash(
  config: RunConfig,
  of: { names: readonly ConfigName[]; deskFile: DeskFile | undefined; leaseNs: Nanoseconds },
): string {
  const { names, deskFile, leaseNs } = of;
  // What is not given does not count: a build may have options that the other has not.
  const given = names.filter(name => config[name] !== undefined);
  const values = given.map(name => [name, config[name]]);
  return createHash('sha256')
    .update(JSON.stringify([values, deskFile, leaseNs]))
    .digest('hex');
}

const usage = (message: string) => new OutriderError('bad-usage', message);
