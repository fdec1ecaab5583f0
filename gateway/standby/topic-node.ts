/** A node whose gateway's log is a topic: that is its standby, and lends it the right to trade. */
import type { Clock, Nanoseconds, OutriderError, TimerHandle, Timers } from '#engine';
import { withMargin } from './lease.ts';
import { logName, tailHash } from './log-identity.ts';
import type { Pair, PairPorts } from './pair.ts';
import type { FromPrimary } from './peer-messages.ts';
import type { TopicMessage } from './topic-messages.ts';
import type { OpenTopicWriter, TopicWriter } from './topic-port.ts';
import { createTopicUpstream, type TopicUpstream } from './topic-upstream.ts';
import { createTopicView, type TopicView, viewMessage } from './topic-view.ts';
import type { ToWitness } from './witness-messages.ts';

/*
   follows  reads the topic: to its pair that is a primary that is linked, heard, and silent
   seeks    opens a writer, writes `acquire`, and reads that back: whatever older writers had
            written was read before it, and they write nothing more. A lease after the last that
            was read of them they trade no more: the epoch is granted
   leads    to its pair the topic is a standby that has all that is acknowledged; the lease is
            counted from the writing of each `renew` that is
*/
export type TopicNodePorts = {
  node: string;
  /** Names this process. */
  instance: string;
  leaseNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  openWriter: OpenTopicWriter;
  replication: PairPorts<unknown>['replication'];
  pair(): Pick<Pair<unknown>, 'accept' | 'connected' | 'onWitness'>;
  onStrange(text: string): void;
  /** To be read from its first message on; `restart` is called then. */
  onAdrift(): void;
  onProblem(text: string): void;
};

export type TopicNode = {
  /** What the topic holds next, in its order; nothing, where its end was read. */
  take(messages: readonly TopicMessage[]): void;
  restart(): void;
  /** In place of a witness. */
  ask(message: ToWitness): void;
  /** The claim stands in this node's log: from here on the topic is given each record. */
  lead(): void;
  /** The venues are closed: nobody has to wait for the end of this node's lease. */
  end(onDone: () => void): void;
  close(): void;
};

type Acquire = Extract<ToWitness, { kind: 'acquire' }>;

type Work = {
  ports: TopicNodePorts;
  view: TopicView;
  /** When the topic was read last. */
  readNs: Nanoseconds;
  upstream: TopicUpstream;
  writer: TopicWriter | 'opening' | undefined;
  /** The latest question of this node, and whether all before it was read. */
  wanted: { asked: Acquire; isRead: boolean } | undefined;
  waiting: TimerHandle | undefined;
  isLeading: boolean;
  lastProblem: string;
};

/** As it stands in place of a node that follows; no node may have this name. */
export const TOPIC_NODE = 'topic';

/** `isWhole`: what is taken first is the topic's first message. */
export function createTopicNode(ports: TopicNodePorts, isWhole: boolean): TopicNode {
  const { config, log, originNs } = ports.replication;
  const { onStrange, onAdrift } = ports;
  const connected: Pair<unknown>['connected'] = link => ports.pair().connected(link);
  const upstream = { config, log, originNs, connected, onStrange, onAdrift };
  const work: Work = {
    ...{ ports, view: createTopicView(), readNs: Number.NEGATIVE_INFINITY, writer: undefined },
    upstream: createTopicUpstream(upstream, isWhole),
    ...{ wanted: undefined, waiting: undefined, isLeading: false, lastProblem: '' },
  };
  return {
    take: messages => take(work, messages),
    restart: () => work.upstream.restart(),
    ask: message => ask(work, message),
    lead: () => lead(work),
    end(onDone) {
      const { epoch, nextOffset } = work.view;
      if (work.isLeading) write(work, { kind: 'end', epoch, nextOffset }, onDone);
      else onDone();
    },
    close() {
      work.waiting?.cancel();
      if (typeof work.writer === 'object') work.writer.close();
      work.writer = undefined;
    },
  };
}

function take(work: Work, messages: readonly TopicMessage[]): void {
  const { ports, view, upstream } = work;
  const { instance } = ports;
  if (work.isLeading) return;
  work.readNs = ports.clock.nowNs();
  let isHeard = false;
  for (const message of messages) {
    const nowNs = ports.clock.nowNs();
    if (!viewMessage(view, message, { instance, nowNs })) continue;
    upstream.give(message);
    const isOwn = view.holder === instance;
    if (isOwn && message.kind === 'acquire') onReadBack(work, message.askedNs);
    isHeard ||= !isOwn && message.kind !== 'end';
  }
  if (isHeard && !work.isLeading) upstream.hear();
}

function ask(work: Work, message: ToWitness): void {
  const { ports } = work;
  switch (message.kind) {
    case 'acquire':
      acquire(work, message);
      return;
    case 'renew': {
      const { epoch, askedNs } = message;
      write(work, leaseMessage(work, 'renew', message), () =>
        ports.pair().onWitness({ kind: 'renewed', epoch, askedNs }),
      );
      return;
    }
    case 'declare': {
      // Whoever acquires has read all that was acknowledged: there is nobody to exclude.
      const { epoch, serial } = message;
      const agree = () => ports.pair().onWitness({ kind: 'agreed', epoch, serial });
      ports.timers.at(ports.clock.nowNs(), agree);
      return;
    }
    case 'dead':
      return;
  }
}

function leaseMessage(
  { ports, view }: Work,
  kind: 'acquire' | 'renew',
  { askedNs }: { askedNs: Nanoseconds },
): TopicMessage {
  const { node, instance } = ports;
  const epoch = kind === 'acquire' && view.holder !== instance ? view.epoch + 1 : view.epoch;
  return { kind, epoch, node, instance, nextOffset: view.nextOffset, askedNs };
}

function acquire(work: Work, asked: Acquire): void {
  if (isHeld(work)) {
    refuse(work, asked);
    return;
  }
  work.wanted = { asked, isRead: false };
  if (work.writer === undefined) open(work);
  else write(work, leaseMessage(work, 'acquire', asked), () => {});
}

/** Nobody fences a holder that was just read, nor one that it cannot have read. */
function isHeld({ ports, view, readNs }: Work): boolean {
  const { instance, leaseNs, clock } = ports;
  const nowNs = clock.nowNs();
  if (nowNs - readNs >= leaseNs / 2) return true;
  const { holder, heardNs } = view;
  return holder !== instance && heardNs !== undefined && nowNs - heardNs < leaseNs;
}

function refuse(work: Work, { askedNs }: Acquire): void {
  const { ports, view } = work;
  const text = `${view.holderNode} holds epoch ${view.epoch}; end it, or wait for its lease`;
  const refused = { kind: 'refused', reason: 'held', text, askedNs } as const;
  work.wanted = undefined;
  ports.timers.at(ports.clock.nowNs(), () => ports.pair().onWitness(refused));
}

function open(work: Work): void {
  work.writer = 'opening';
  work.ports.openWriter({
    onOpened(writer) {
      work.writer = writer;
      const { wanted } = work;
      if (wanted === undefined) return;
      // It was long in opening: meanwhile somebody may have been heard.
      if (isHeld(work)) refuse(work, wanted.asked);
      else write(work, leaseMessage(work, 'acquire', wanted.asked), () => {});
    },
    onLost: error => onLost(work, error),
  });
}

function write({ writer }: Work, message: TopicMessage, onDone: () => void): void {
  if (typeof writer === 'object') writer.write(message, onDone);
}

/** One that seeks opens another when its pair asks again; one that leads has no other. */
function onLost(work: Work, error: OutriderError): void {
  const { ports } = work;
  work.writer = undefined;
  if (work.isLeading && error.code === 'fenced') {
    const text = `${ports.node} is fenced, another node has taken over: ${error.message}`;
    ports.pair().onWitness({ kind: 'refused', reason: 'superseded', text, askedNs: 0 });
    return;
  }
  if (error.message === work.lastProblem) return;
  work.lastProblem = error.message;
  ports.onProblem(`topic: ${error.message}`);
}

function onReadBack(work: Work, askedNs: Nanoseconds): void {
  const { wanted, upstream, view } = work;
  if (wanted?.asked.askedNs !== askedNs) return;
  wanted.isRead = upstream.settle(view.nextOffset);
  grant(work);
}

/** Once whoever held the topic before has no lease any more, by its own clock or by ours. */
function grant(work: Work): void {
  const { ports, view, wanted } = work;
  work.waiting?.cancel();
  if (wanted?.isRead !== true || view.holder !== ports.instance) return;
  const freeNs = view.heardNs === undefined ? 0 : view.heardNs + withMargin(ports.leaseNs);
  if (ports.clock.nowNs() < freeNs) {
    work.waiting = ports.timers.at(freeNs, () => grant(work));
    return;
  }
  work.wanted = undefined;
  const { askedNs } = wanted.asked;
  const granted = { epoch: view.epoch, isHolderDead: true, askedNs };
  ports.pair().onWitness({ kind: 'granted', ...granted });
}

function lead(work: Work): void {
  const { ports, view } = work;
  const { config, log, claims, build } = ports.replication;
  const { nextOffset } = view;
  work.isLeading = true;
  const handler = ports.pair().accept({
    send: message => toTopic(work, message, ack => handler.onMessage(ack)),
    end: reason => ports.onProblem(`topic: ${reason}`),
  });
  handler.onMessage({
    ...{ kind: 'hello', node: TOPIC_NODE, config, build: build(), nextOffset },
    ...{ log: nextOffset === 0 ? '' : logName(log), epoch: claims().at(-1)?.epoch ?? 0 },
  });
  // What it holds was read and compared here.
  handler.onMessage({ kind: 'tail', hash: tailHash(log, nextOffset) });
}

type Ack = { kind: 'ack'; nextOffset: number };

function toTopic(work: Work, message: FromPrimary, acknowledge: (ack: Ack) => void): void {
  const { view, ports } = work;
  const { epoch } = view;
  switch (message.kind) {
    case 'welcome': {
      const { originNs, log, fromOffset: nextOffset } = message;
      const { config } = ports.replication;
      write(work, { kind: 'begin', epoch, originNs, log, config, nextOffset }, () => {});
      return;
    }
    case 'record': {
      const { offset, payload } = message;
      const nextOffset = offset + 1;
      view.nextOffset = nextOffset;
      const acked = () => acknowledge({ kind: 'ack', nextOffset });
      write(work, { kind: 'record', epoch, offset, payload }, acked);
      return;
    }
    case 'outputs':
      write(work, { kind: 'outputs', epoch, offset: message.offset, hash: message.hash }, () => {});
      return;
    case 'heartbeat':
    case 'report':
      return;
  }
}
