/** A follower's way to its gateway's topic: to the pair it looks like a link to the primary. */
import { logName, type ReadableLog } from './log-identity.ts';
import type { Pair } from './pair.ts';
import type { FromPrimary } from './peer-messages.ts';
import type { PeerHandler } from './replication.ts';
import type { TopicMessage } from './topic-messages.ts';

export type TopicUpstreamPorts = {
  /** This node's copy of the log. */
  log: ReadableLog;
  originNs(): bigint;
  config: string;
  connected: Pair<unknown>['connected'];
  /** This node can never follow that topic. */
  onStrange(text: string): void;
  /** Reading began too late to know where both logs agree: to be begun at the first message. */
  onAdrift(): void;
};

export type TopicUpstream = {
  /** A message that counts. */
  give(message: TopicMessage): void;
  /** Others were read: the pair hears its primary. */
  hear(): void;
  /**
   * All that was given is kept, what this log has from there on never left, and is cut. False
   * where that is not known yet.
   */
  settle(nextOffset: number): boolean;
  /** What is given next is the topic's first message. */
  restart(): void;
};

type TopicRecord = Extract<TopicMessage, { kind: 'record' }>;
type Begin = Extract<TopicMessage, { kind: 'begin' }>;

type Work = {
  ports: TopicUpstreamPorts;
  link: { handler: PeerHandler<FromPrimary>; isWelcome: boolean } | undefined;
  /** Of the next record that the pair lacks. */
  nextOffset: number;
  begin: Begin | undefined;
  /** A place where the topic and this log agree is known. */
  isAnchored: boolean;
  /** What comes is void until `restart`. */
  isAdrift: boolean;
  /** Through this log, beside what is read again. */
  own: { rest: Iterator<{ readonly payload: Uint8Array }>; nextOffset: number } | undefined;
};

/** `isWhole`: what is given first is the topic's first message. */
export function createTopicUpstream(ports: TopicUpstreamPorts, isWhole: boolean): TopicUpstream {
  const work: Work = {
    ...{ ports, link: undefined, nextOffset: ports.log.nextOffset, begin: undefined },
    ...{ isAnchored: isWhole, isAdrift: false, own: undefined },
  };
  return {
    give(message) {
      if (!work.isAdrift) give(work, message);
    },
    hear() {
      if (work.isAnchored && ports.log.nextOffset > 0) welcome(work);
      flush(work);
    },
    settle(nextOffset) {
      flush(work);
      if (ports.log.nextOffset > 0 && !work.isAnchored) drift(work);
      if (work.isAdrift) return false;
      if (ports.log.nextOffset > nextOffset) cut(work, nextOffset);
      return true;
    },
    restart() {
      leave(work);
      const { nextOffset } = ports.log;
      Object.assign(work, { isAnchored: true, isAdrift: false, own: undefined, nextOffset });
    },
  };
}

function give(work: Work, message: TopicMessage): void {
  switch (message.kind) {
    case 'begin':
      takeBegin(work, message);
      return;
    case 'record':
      takeRecord(work, message);
      return;
    case 'outputs':
      if (message.offset === work.nextOffset - 1) work.link?.handler.onMessage(message);
      return;
    case 'end':
      leave(work);
      return;
    case 'acquire':
    case 'renew':
      return;
  }
}

function takeBegin(work: Work, begin: Begin): void {
  const { log, config, onStrange } = work.ports;
  const ours = logName(log);
  work.begin = begin;
  if (begin.config !== config) {
    const text = `the topic has configuration ${begin.config}, this node ${config}`;
    onStrange(`${text}; give both nodes the same options`);
  } else if (ours !== '' && begin.log !== ours) {
    onStrange(`the topic holds log ${begin.log}, this node ${ours}; give it another --out DIR`);
  }
}

function takeRecord(work: Work, record: TopicRecord): void {
  const { offset, payload } = record;
  if (offset < work.nextOffset && isOurs(work, record)) {
    work.isAnchored = true;
    return;
  }
  if (!work.isAnchored && work.nextOffset > 0) {
    drift(work);
    return;
  }
  if (offset > work.nextOffset) {
    const text = `the topic has record ${offset} where ${work.nextOffset} is next`;
    work.ports.onStrange(`${text}; it has lost some: begin a new one`);
    return;
  }
  if (offset < work.nextOffset) cut(work, offset);
  welcome(work);
  work.nextOffset = offset + 1;
  work.link?.handler.onMessage({ kind: 'record', offset, payload });
}

function isOurs(work: Work, { offset, payload }: TopicRecord): boolean {
  flush(work);
  if (work.own?.nextOffset !== offset) {
    const rest = work.ports.log.read(offset)[Symbol.iterator]();
    work.own = { rest, nextOffset: offset };
  }
  const next = work.own.rest.next();
  work.own.nextOffset++;
  return next.done !== true && Buffer.compare(next.value.payload, payload) === 0;
}

function drift(work: Work): void {
  work.isAdrift = true;
  work.ports.onAdrift();
}

function connect(work: Work): PeerHandler<FromPrimary> {
  const handler = work.ports.connected({
    // A topic asks nothing, and waits for nobody's word.
    send() {},
    end() {
      if (work.link?.handler !== handler) return;
      work.link = undefined;
      handler.onClosed();
    },
  });
  work.link = { handler, isWelcome: false };
  return handler;
}

function welcome(work: Work, fromOffset: number = work.nextOffset): void {
  if (work.link?.isWelcome) return;
  const { log, originNs } = work.ports;
  const handler = work.link?.handler ?? connect(work);
  const isNew = log.nextOffset === 0;
  if (isNew && work.begin === undefined) return;
  const origin = isNew ? work.begin!.originNs : originNs();
  const name = isNew ? work.begin!.log : logName(log);
  work.link!.isWelcome = true;
  handler.onMessage({ kind: 'welcome', originNs: origin, log: name, epoch: 0, fromOffset });
}

/** A pair cuts what a welcome does not count, and ends the link. */
function cut(work: Work, fromOffset: number): void {
  leave(work);
  work.nextOffset = fromOffset;
  work.own = undefined;
  welcome(work, fromOffset);
}

/** A heartbeat ends a batch. */
const flush = ({ link }: Work) =>
  link?.isWelcome && link.handler.onMessage({ kind: 'heartbeat', heartbeatNs: 0 });

function leave(work: Work): void {
  flush(work);
  const { link } = work;
  work.link = undefined;
  link?.handler.onClosed();
}
