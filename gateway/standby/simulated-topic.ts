/** A broker with the topic of a simulated pair: takes each write once, and fences old writers. */
import { MILLISECOND_NS, OutriderError } from '#engine';
import type { PairPorts } from './pair.ts';
import type { PeerHandler, PeerLink } from './replication.ts';
import type { SimulatedProcess } from './simulated-network.ts';
import { type Gateway, LEASE_NS, type Living, RETRY_NS, type World } from './simulated-world.ts';
import type { TopicMessage } from './topic-messages.ts';
import { createTopicNode, type TopicNode } from './topic-node.ts';
import type { TopicWriter, TopicWriterEvents } from './topic-port.ts';
import type { ToWitness } from './witness-messages.ts';

/** What outlives the broker's processes. */
export type SimulatedTopic = {
  messages: TopicMessage[];
  /** Given to a writer last, and of the writer that has written last. */
  writers: number;
  youngest: number;
  /** Of its last write. */
  sequence: number;
  readers: Set<(from: number) => void>;
};

export const createSimulatedTopic = (): SimulatedTopic => ({
  messages: [{ kind: 'record', epoch: 0, offset: 0, payload: Buffer.from('start') }],
  ...{ writers: 0, youngest: 0, sequence: 0, readers: new Set() },
});

type Write = { kind: 'write'; writer: number; sequence: number; message: TopicMessage };
type ToBroker = Write | { kind: 'open' } | { kind: 'read'; from: number };
type FromBroker =
  | { kind: 'opened'; writer: number }
  | { kind: 'done' | 'fenced'; writer: number; sequence: number }
  | { kind: 'messages'; from: number; messages: TopicMessage[] };

type Client = {
  node: TopicNode;
  send(message: ToBroker): void;
  nextOffset: number;
  opening: TopicWriterEvents | undefined;
  writer: { number: number; events: TopicWriterEvents; sequence: number } | undefined;
  /** Written and not answered: sent again over the next connection. */
  unanswered: (Write & { onDone(): void })[];
};

export type SimulatedNode = Pick<PairPorts<unknown>, 'replication'> & {
  gateway: Gateway;
  process: SimulatedProcess;
  pair(): Living['pair'];
};

/** The node's part on the topic, whose broker is the third member. */
export function joinTopic(world: World, living: SimulatedNode): TopicNode {
  const { gateway, process, pair, replication } = living;
  const fail = (text: string) => void world.violations.push(text);
  const client: Client = {
    ...{ send() {}, nextOffset: 0, opening: undefined, writer: undefined, unanswered: [] },
    node: createTopicNode(
      {
        ...{ node: gateway.name, instance: `${gateway.name}${gateway.instances}` },
        ...{ leaseNs: LEASE_NS, clock: process.clock, timers: process.timers },
        ...{ replication, pair: pair as never, onStrange: fail, onProblem() {} },
        onAdrift: () => fail(`${gateway.name} is adrift`),
        openWriter(events) {
          client.opening = events;
          client.send({ kind: 'open' });
        },
      },
      true,
    ),
  };
  dialBroker(world, process, client);
  if (world.plan.planted !== 'lease-ignored') return client.node;
  return { ...client.node, ask: message => client.node.ask(later(message)) };
}

/** It believes in its lease for far too long. */
const later = (message: ToWitness): ToWitness =>
  message.kind === 'renew' ? { ...message, askedNs: message.askedNs + 8 * LEASE_NS } : message;

function dialBroker(world: World, process: SimulatedProcess, client: Client): void {
  const to = world.witness.process;
  const retry = () =>
    void process.timers.at(process.clock.nowNs() + RETRY_NS, () =>
      dialBroker(world, process, client),
    );
  if (to?.isAlive !== true) {
    retry();
    return;
  }
  world.network.connect<ToBroker, FromBroker>({
    ...{ from: process, to, silenceNs: LEASE_NS },
    dial(link) {
      client.send = message => link.send(message);
      link.send({ kind: 'read', from: client.nextOffset });
      if (client.opening) link.send({ kind: 'open' });
      for (const { onDone: _, ...write } of client.unanswered) link.send(write);
      return {
        onMessage: message => heard(client, message),
        onClosed() {
          client.send = () => {};
          retry();
        },
      };
    },
    answer: link => brokerEnd(world, to, link),
  });
}

function heard(client: Client, message: FromBroker): void {
  switch (message.kind) {
    case 'messages': {
      const { from, messages } = message;
      const fresh = messages.slice(Math.max(0, client.nextOffset - from));
      client.nextOffset = Math.max(client.nextOffset, from + messages.length);
      client.node.take(fresh);
      return;
    }
    case 'opened':
      opened(client, message.writer);
      return;
    case 'done':
    case 'fenced':
      answered(client, message);
  }
}

function opened(client: Client, number: number): void {
  const events = client.opening;
  if (events === undefined) return;
  client.opening = undefined;
  client.writer = { number, events, sequence: 0 };
  client.unanswered = [];
  const own = client.writer;
  const writer: TopicWriter = {
    write(message, onDone) {
      if (client.writer !== own) return;
      const write = { kind: 'write', writer: number, sequence: ++own.sequence, message } as const;
      client.unanswered.push({ ...write, onDone });
      client.send(write);
    },
    close() {},
  };
  events.onOpened(writer);
}

function answered(
  client: Client,
  { kind, writer, sequence }: { kind: 'done' | 'fenced'; writer: number; sequence: number },
): void {
  const own = client.writer;
  if (own?.number !== writer) return;
  if (kind === 'fenced') {
    client.writer = undefined;
    client.unanswered = [];
    own.events.onLost(new OutriderError('fenced', 'a younger writer has written'));
    return;
  }
  const [first] = client.unanswered;
  if (first?.sequence !== sequence) return;
  client.unanswered.shift();
  first.onDone();
}

/** A poll that finds nothing new answers after so long. */
const POLL_NS = LEASE_NS / 5;
/** So long a reader may be behind, where what it reads is out of order. */
const BEHIND_NS = 30 * MILLISECOND_NS;

function brokerEnd(
  { topic, plan }: World,
  process: SimulatedProcess,
  link: PeerLink<FromBroker>,
): PeerHandler<ToBroker> {
  let next: number | undefined;
  let isOver = false;
  const push = (from: number) => {
    if (next === undefined) return;
    const last = topic.messages[from]!;
    if (plan.planted === 'read-out-of-order') {
      const all = { kind: 'messages', from: next, messages: topic.messages.slice(next) } as const;
      next = topic.messages.length;
      if (last.kind === 'acquire') link.send({ kind: 'messages', from, messages: [last] });
      else process.timers.at(process.clock.nowNs() + BEHIND_NS, () => link.send(all));
      return;
    }
    link.send({ kind: 'messages', from: next, messages: topic.messages.slice(next) });
    next = topic.messages.length;
  };
  const pushEnd = () => {
    if (isOver) return;
    process.timers.at(process.clock.nowNs() + POLL_NS, pushEnd);
    if (next !== undefined) link.send({ kind: 'messages', from: next, messages: [] });
  };
  pushEnd();
  topic.readers.add(push);
  return {
    onMessage(message) {
      switch (message.kind) {
        case 'read':
          next = message.from;
          if (next < topic.messages.length) push(topic.messages.length - 1);
          return;
        case 'open':
          link.send({ kind: 'opened', writer: ++topic.writers });
          return;
        case 'write':
          link.send(takeWrite(topic, message, plan.planted === 'unfenced'));
      }
    },
    onClosed() {
      isOver = true;
      topic.readers.delete(push);
    },
  };
}

function takeWrite(topic: SimulatedTopic, write: Write, isUnfenced: boolean): FromBroker {
  const { writer, sequence, message } = write;
  if (writer < topic.youngest && !isUnfenced) return { kind: 'fenced', writer, sequence };
  const isNew = writer !== topic.youngest || sequence > topic.sequence;
  if (isNew) {
    topic.youngest = writer;
    topic.sequence = sequence;
    topic.messages.push(message);
    for (const read of [...topic.readers]) read(topic.messages.length - 1);
  }
  return { kind: 'done', writer, sequence };
}
