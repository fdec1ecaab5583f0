/** The settings of a small Kafka: one process is broker and controller, and notices faults soon. */

export type KafkaListener = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

export type NodePorts = {
  readonly clients: number;
  readonly brokers: number;
  readonly controllers: number;
};

/** Clients meet `listener`; brokers and controllers among themselves speak plain text. */
export function kafkaSettings(node: {
  readonly id: number;
  readonly ports: readonly NodePorts[];
  readonly listener: KafkaListener;
  readonly directory: string;
  readonly settings: Readonly<Record<string, string>>;
}): Readonly<Record<string, string>> {
  const { id, ports, listener, directory } = node;
  const own = ports[id - 1]!;
  const copies = String(Math.min(3, ports.length));
  const voters = ports.map((each, index) => `${index + 1}@127.0.0.1:${each.controllers}`);
  const clients = `CLIENTS://127.0.0.1:${own.clients},BROKERS://127.0.0.1:${own.brokers}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLERS',
    listeners: `${clients},CONTROLLERS://127.0.0.1:${own.controllers}`,
    'advertised.listeners': clients,
    'listener.security.protocol.map': `CLIENTS:${listener},BROKERS:PLAINTEXT,CONTROLLERS:PLAINTEXT`,
    'inter.broker.listener.name': 'BROKERS',
    'log.dirs': directory,
    ...internalTopics(copies),
    ...SMALL,
    ...SOON,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': copies,
    'min.insync.replicas': copies === '1' ? '1' : '2',
    ...node.settings,
  };
}

function internalTopics(copies: string): Record<string, string> {
  const leastInSync = copies === '1' ? '1' : '2';
  return {
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': leastInSync,
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': leastInSync,
  };
}

/** Threads and buffers of a machine with two cores and little memory. */
const SMALL = {
  'num.network.threads': '2',
  'num.io.threads': '2',
  'num.recovery.threads.per.data.dir': '1',
  'background.threads': '2',
  'log.cleaner.threads': '1',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'log.cleaner.io.buffer.size': '131072',
};

/** Waits that a test would sit through. */
const SOON = {
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '500',
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '3000',
  'controller.quorum.election.timeout.ms': '500',
  'controller.quorum.fetch.timeout.ms': '1000',
  'log.cleaner.backoff.ms': '200',
  'log.retention.check.interval.ms': '500',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500',
};

/** As a `.properties` file. */
export function propertiesText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}
