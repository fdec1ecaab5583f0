/** The primary's side of replication: one standby, first what it lacks, then each record. */
import { OutriderError } from '#engine';
import { type BuildIdentity, stepsText } from './build-identity.ts';
import { type Claim, logName, type ReadableLog, sharedBelow, tailHash } from './log-identity.ts';
import type { FromPrimary, Hello, ToPrimary } from './peer-messages.ts';

/** A connection as it is seen from one end; `end` tells the other side why. */
export type PeerLink<Message> = { send(message: Message): void; end(reason: string): void };

export type PeerHandler<Message> = { onMessage(message: Message): void; onClosed(): void };

export type ReplicationPorts = {
  node: string;
  originNs(): bigint;
  config: string;
  /** Version of the rules that the log goes by now. */
  stepVersion(): number;
  /** Of this node. */
  build(): BuildIdentity;
  log: ReadableLog;
  /** Of this log, ascending. */
  claims(): readonly Claim[];
  /** The standby has every record below. */
  onAcknowledged(nextOffset: number): void;
  /** It is sent each record from now on: what those make waits for its word, as if it had all. */
  onJoining(): void;
  /** It has them all. */
  onInSync(standby: string, build: BuildIdentity): void;
  onRenewal(heartbeatNs: number): void;
  onLost(standby: string): void;
};

export type Replication = {
  /** A standby said hello over this link; what it says next goes to the handler. */
  accept(link: PeerLink<FromPrimary>, hello: Hello): PeerHandler<ToPrimary>;
  /** A record was appended; the payload is copied by the link. */
  appended(offset: number, payload: Uint8Array): void;
  /** All that this record and those before made the gateway say. */
  stepped(offset: number, hash: string): void;
  heartbeat(heartbeatNs: number): void;
  /** Ends the link, if there is one. */
  close(reason: string): void;
};

/*
   A standby that lacks records never finds a moment without a new one, where the primary makes some
   in each round trip. So its last batch is not waited for before it is sent what comes next:

   lacks records    a batch, its ack, the next batch            what is new leaves at once
   joining          the batch that reaches the end is under     what is new waits for acks
                    way; each record follows as it is appended
   in sync          it has said that it has that batch          what is new waits for acks
*/
/** So much at a time of what a standby lacks: stepped in some milliseconds. */
const BATCH_BYTES = 32 * 1024;

type Standby = {
  link: PeerLink<FromPrimary>;
  node: string;
  build: BuildIdentity;
  /** Where its log and ours agree, once it was checked. */
  fromOffset: number;
  isChecked: boolean;
  /** The next record to send, and the next it lacks. */
  nextOffset: number;
  ackedOffset: number;
  /** It was sent all there was, and gets each record as it is appended. */
  isLive: boolean;
  /** Once it has the records below, it has all that left; undefined before it is live. */
  joinsAt: number | undefined;
  isInSync: boolean;
};

type Work = { ports: ReplicationPorts; standby: Standby | undefined };

export function createReplication(ports: ReplicationPorts): Replication {
  const work: Work = { ports, standby: undefined };
  return {
    accept: (link, hello) => accept(work, link, hello),
    appended(offset, payload) {
      const { standby } = work;
      if (standby?.isLive !== true) return;
      standby.nextOffset = offset + 1;
      standby.link.send({ kind: 'record', offset, payload });
    },
    stepped(offset, hash) {
      // While it catches up the records go out of step with what is stepped here.
      if (work.standby?.isLive !== true) return;
      work.standby.link.send({ kind: 'outputs', offset, hash });
    },
    heartbeat(heartbeatNs) {
      work.standby?.link.send({ kind: 'heartbeat', heartbeatNs });
    },
    close(reason) {
      work.standby?.link.end(reason);
    },
  };
}

function accept(work: Work, link: PeerLink<FromPrimary>, hello: Hello): PeerHandler<ToPrimary> {
  const { ports } = work;
  const refusal = refusalOf(work, hello);
  if (refusal !== undefined) {
    link.end(refusal);
    return { onMessage() {}, onClosed() {} };
  }
  const claims = ports.claims();
  const fromOffset = sharedBelow(hello, { claims, end: ports.log.nextOffset });
  const standby: Standby = {
    ...{ link, node: hello.node, build: hello.build, fromOffset, isChecked: false },
    ...{ nextOffset: fromOffset, ackedOffset: fromOffset },
    ...{ isLive: false, joinsAt: undefined, isInSync: false },
  };
  work.standby = standby;
  const epoch = claims.at(-1)?.epoch ?? 0;
  link.send({
    ...{ kind: 'welcome', originNs: ports.originNs(), log: logName(ports.log) },
    ...{ epoch, fromOffset },
  });
  return {
    onMessage(message) {
      if (work.standby === standby) take(work, standby, message);
    },
    onClosed() {
      if (work.standby !== standby) return;
      work.standby = undefined;
      ports.onLost(standby.node);
    },
  };
}

function refusalOf({ ports, standby }: Work, hello: Hello): string | undefined {
  const { node, config, log } = ports;
  const ours = logName(log);
  const epoch = ports.claims().at(-1)?.epoch ?? 0;
  if (ours === '') return `the log of ${node} is not begun: an edge must connect first`;
  if (hello.node === node) return `node is ${node} on both sides; give each its own --node NAME`;
  if (standby !== undefined) return `${standby.node} follows ${node} already; it has one standby`;
  const differs = (what: string, [one, other]: [string, string], remedy: string) =>
    `${what}: ${one} of ${hello.node}, ${other} of ${node}; ${remedy}`;
  if (hello.config !== config) {
    return differs('configuration', [hello.config, config], 'give both the same options');
  }
  const step = ports.stepVersion();
  if (!hello.build.steps.includes(step)) {
    const steps: [string, string] = [stepsText(hello.build), String(step)];
    return differs('step version', steps, `bring the standby to a build that knows ${step}`);
  }
  if (hello.log !== '' && hello.log !== ours) {
    return differs('log', [hello.log, ours], 'give the standby a new --out DIR');
  }
  if (hello.epoch <= epoch) return undefined;
  const epochs: [string, string] = [String(hello.epoch), String(epoch)];
  return differs('epoch', epochs, 'the newer one has traded since: start the other as its standby');
}

function take(work: Work, standby: Standby, message: ToPrimary): void {
  switch (message.kind) {
    case 'tail':
      check(work, standby, message.hash);
      return;
    case 'ack':
      acknowledge(work, standby, message.nextOffset);
      return;
    case 'renewal':
      work.ports.onRenewal(message.heartbeatNs);
      return;
    case 'hello':
    case 'promote':
    case 'status':
      standby.link.end(`${message.kind} came from a standby that was welcome already`);
      return;
  }
}

function check(work: Work, standby: Standby, hash: string): void {
  const { log, node } = work.ports;
  const ours = tailHash(log, standby.fromOffset);
  if (hash !== ours) {
    const where = `log: records before ${standby.fromOffset}`;
    const text = `${where} have hash ${hash} on ${standby.node}, ${ours} on ${node}`;
    standby.link.end(`${text}; give the standby a new --out DIR`);
    return;
  }
  standby.isChecked = true;
  acknowledge(work, standby, standby.fromOffset);
}

/** The next batch of one that lacks records leaves once it has the one before. */
function acknowledge(work: Work, standby: Standby, nextOffset: number): void {
  const { ports } = work;
  if (!standby.isChecked || nextOffset > standby.nextOffset || nextOffset < standby.ackedOffset) {
    const has = `${standby.node} says it has the records below ${nextOffset}`;
    standby.link.end(`${has}, it was sent those below ${standby.nextOffset}`);
    return;
  }
  standby.ackedOffset = nextOffset;
  if (!standby.isLive && nextOffset === standby.nextOffset) sendBatch(work, standby);
  if (standby.joinsAt === undefined || nextOffset < standby.joinsAt) return;
  ports.onAcknowledged(nextOffset);
  if (standby.isInSync) return;
  standby.isInSync = true;
  ports.onInSync(standby.node, standby.build);
}

/** One that reaches the end makes it live. */
function sendBatch({ ports }: Work, standby: Standby): void {
  let bytes = 0;
  for (const { offset, payload } of ports.log.read(standby.nextOffset)) {
    if (offset !== standby.nextOffset) {
      const found = `record ${offset} stands where ${standby.nextOffset} should`;
      throw new OutriderError('bad-log', `${found}; the log is damaged`);
    }
    standby.link.send({ kind: 'record', offset, payload });
    standby.nextOffset = offset + 1;
    bytes += payload.length;
    if (bytes >= BATCH_BYTES) return;
  }
  standby.isLive = true;
  standby.joinsAt = standby.nextOffset;
  ports.onJoining();
}
