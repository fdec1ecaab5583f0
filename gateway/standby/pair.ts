/** One of two gateways at work: its role, its links, and what may leave for the venue. */
import type { Clock, Nanoseconds, TimerHandle, Timers } from '#engine';
import type { BuildIdentity } from './build-identity.ts';
import { createFollower, type FollowerPorts } from './follower.ts';
import { waitsForSecond } from './following.ts';
import { createHeldOutputs } from './held-outputs.ts';
import { stepNode } from './node.ts';
import type { Lacking, NodeEffect, NodeEvent } from './node-event.ts';
import { createNode, maySend, type NodeState, type NodeTerms } from './node-state.ts';
import type { FromPrimary, ToPrimary } from './peer-messages.ts';
import type { Promotion } from './promotion.ts';
import {
  createReplication,
  type PeerHandler,
  type PeerLink,
  type ReplicationPorts,
} from './replication.ts';
import type { FromWitness, ToWitness } from './witness-messages.ts';

type Answered = 'onAcknowledged' | 'onJoining' | 'onInSync' | 'onRenewal' | 'onLost';
type Heard = 'onLinked' | 'onHeartbeat' | 'onUnlinked';

export type PairPorts<Output> = {
  clock: Clock;
  timers: Timers;
  terms: NodeTerms;
  /** It trades as soon as it may, rather than to follow first. */
  isFirst: boolean;
  /** What it has to give as a primary, and to keep as a standby. */
  replication: Omit<ReplicationPorts, Answered | 'node'>;
  follower: Omit<FollowerPorts, Heard> & {
    /** Its log says that the primary was stopped in order, and has logged out. */
    isEnded(): boolean;
  };
  /** See promotion.ts; what is taken is the port's to log. */
  judgePromotion(promotion: Promotion): { operator: string } | { refusal: string };
  /** As commands have to name the gateway; '' where a promotion is not signed. */
  signedGateway: string;
  ask(message: ToWitness): void;
  /** To the venue, or to whoever else waits for it. */
  send(output: Output): void;
  /** It does not leave: the venue is closed, and no standby may have its record. */
  lost(output: Output): void;
  /** Writes and steps the claim of an epoch, by an operator's word or '': it trades from now on. */
  onClaim(epoch: number, operator: string): void;
  /** Writes and steps that it is paired with a standby, or (undefined) alone. */
  onPairing(standby: StandbyNode | undefined): void;
  /** Closes the venue; and opens it. */
  onSuspend(lacks: Lacking): void;
  onResume(): void;
  /** It must not trade, nor follow: the process ends. */
  onStop(reason: string): void;
  onProblem(text: string): void;
};

export type StandbyNode = { node: string; build: BuildIdentity };

export type Pair<Output> = {
  readonly state: NodeState;
  /** This primary has appended a record: the outputs that follow come of it. */
  appended(offset: number, payload: Uint8Array): void;
  /** Leaves once the record it comes of is where it must be. */
  output(output: Output, bytes: number): void;
  /** All that was appended is stepped, and has made bytes with this hash. */
  stepped(hash: string): void;
  /** Somebody connected to this node. */
  accept(link: PeerLink<FromPrimary>): PeerHandler<ToPrimary>;
  /** This node has connected to the other. */
  connected(link: PeerLink<ToPrimary>): PeerHandler<FromPrimary>;
  /** A claim was stepped that came from the primary. */
  claimRead(epoch: number): void;
  onWitness(message: FromWitness): void;
  onWitnessLost(): void;
  close(): void;
};

/** Looks at its deadlines so often a lease. */
const TICKS = 20;

type Work<Output> = {
  ports: PairPorts<Output>;
  state: NodeState;
  replication: ReturnType<typeof createReplication>;
  held: ReturnType<typeof createHeldOutputs<Output>>;
  ackedOffset: number;
  /** Of this node alone, what is new waits for a standby that has nearly all. */
  isJoined: boolean;
  /** Of the standby that had every record last. */
  standbyBuild: BuildIdentity;
  /** The link to the primary, and what takes its messages. */
  upstream: { link: PeerLink<ToPrimary>; handler: PeerHandler<FromPrimary> } | undefined;
  timer: TimerHandle | undefined;
};

export function createPair<Output>(ports: PairPorts<Output>): Pair<Output> {
  const { terms, clock } = ports;
  const epoch = ports.replication.claims().at(-1)?.epoch ?? 0;
  const state = createNode(terms, { epoch, isFirst: ports.isFirst, nowNs: clock.nowNs() });
  const held = createHeldOutputs<Output>(ports);
  const work: Work<Output> = {
    ...{ ports, state, held, ackedOffset: 0, isJoined: false },
    ...{ upstream: undefined, timer: undefined },
    standbyBuild: { steps: [], layout: '' },
    replication: createReplication({
      ...ports.replication,
      node: terms.node,
      onAcknowledged(nextOffset) {
        work.ackedOffset = nextOffset;
        release(work);
        const hasAll = nextOffset === ports.replication.log.nextOffset;
        if (state.isSuspended && hasAll) take(work, { kind: 'acknowledged' });
      },
      onJoining() {
        work.isJoined = true;
      },
      onInSync(standby, build) {
        work.standbyBuild = build;
        take(work, { kind: 'standby-in-sync', standby });
      },
      onRenewal: heartbeatNs => take(work, { kind: 'renewal', heartbeatNs }),
      onLost() {
        work.isJoined = false;
        take(work, { kind: 'standby-lost' });
        release(work);
      },
    }),
  };
  tickLater(work);
  return {
    state,
    appended: (offset, payload) => work.replication.appended(offset, payload),
    output: (output, bytes) => putOut(work, output, bytes),
    stepped: hash => work.replication.stepped(ports.replication.log.nextOffset - 1, hash),
    accept: link => accept(work, link),
    connected: link => connected(work, link),
    claimRead: claimed => take(work, { kind: 'claim-read', epoch: claimed }),
    onWitness: message => take(work, { kind: 'witness', message }),
    onWitnessLost: () => take(work, { kind: 'witness-lost' }),
    close() {
      work.timer?.cancel();
      work.replication.close(`${terms.node} is shutting down`);
      work.upstream?.link.end(`${terms.node} is shutting down`);
    },
  };
}

function tickLater<Output>(work: Work<Output>): void {
  const { clock, timers, terms } = work.ports;
  const atNs = clock.nowNs() + Math.ceil(terms.leaseNs / TICKS);
  work.timer = timers.at(atNs, () => {
    tickLater(work);
    take(work, { kind: 'tick' });
  });
}

function take<Output>(work: Work<Output>, event: NodeEvent): void {
  const effects: NodeEffect[] = [];
  stepNode(work.state, event, { nowNs: work.ports.clock.nowNs(), effects });
  for (const effect of effects) carryOut(work, effect);
}

function carryOut<Output>(work: Work<Output>, effect: NodeEffect): void {
  const { ports } = work;
  switch (effect.kind) {
    case 'ask':
      ports.ask(effect.message);
      break;
    case 'claim':
      leaveUpstream(work, `${ports.terms.node} has epoch ${effect.epoch}`);
      ports.onClaim(effect.epoch, effect.operator);
      break;
    case 'heartbeat':
      work.replication.heartbeat(effect.heartbeatNs);
      break;
    case 'renewal':
      work.upstream?.link.send({ kind: 'renewal', heartbeatNs: effect.heartbeatNs });
      break;
    case 'pairing':
      ports.onPairing(
        effect.pairing === 'alone' ? undefined : { node: effect.standby, build: work.standbyBuild },
      );
      release(work);
      break;
    case 'suspend':
      ports.onSuspend(effect.lacks);
      work.held.drop();
      break;
    case 'resume':
      work.held.drop();
      ports.onResume();
      break;
    case 'problem':
      ports.onProblem(effect.text);
      break;
    case 'stop':
      work.timer?.cancel();
      work.held.drop();
      ports.onStop(effect.reason);
      break;
  }
}

function putOut<Output>(work: Work<Output>, output: Output, bytes: number): void {
  const { ports, state, held } = work;
  if (state.isSuspended) {
    ports.lost(output);
    return;
  }
  const isDirect = waitsForNobody(work) && held.isEmpty;
  if (isDirect && maySend(state, ports.clock.nowNs())) {
    ports.send(output);
    return;
  }
  if (held.hold(ports.replication.log.nextOffset - 1, output, bytes)) return;
  take(work, { kind: 'overfull' });
  ports.lost(output);
}

/** A process that stood still looks at its lease before each byte: what is over is not used. */
function release<Output>(work: Work<Output>): void {
  const { state, held, ports, ackedOffset } = work;
  if (!maySend(state, ports.clock.nowNs())) return;
  held.releaseBelow(waitsForNobody(work) ? Number.POSITIVE_INFINITY : ackedOffset);
}

const waitsForNobody = <Output>({ state, isJoined }: Work<Output>) =>
  state.pairing === 'alone' && !isJoined;

function connected<Output>(
  work: Work<Output>,
  link: PeerLink<ToPrimary>,
): PeerHandler<FromPrimary> {
  const { ports, state } = work;
  const { follower, replication } = ports;
  const handler = createFollower(link, {
    ...follower,
    onLinked: () => take(work, { kind: 'linked' }),
    onHeartbeat: heartbeatNs => take(work, { kind: 'heartbeat', heartbeatNs }),
    onUnlinked: () => take(work, { kind: 'unlinked', isEnded: follower.isEnded() }),
  });
  work.upstream = { link, handler };
  link.send({
    ...{ kind: 'hello', node: ports.terms.node, epoch: state.epoch },
    ...{ config: replication.config, build: replication.build() },
    ...{ log: follower.logName(), nextOffset: follower.nextOffset() },
  });
  return {
    onMessage(message) {
      if (work.upstream?.link === link && isFollower(state)) handler.onMessage(message);
    },
    onClosed() {
      if (work.upstream?.link !== link) return;
      work.upstream = undefined;
      handler.onClosed();
    },
  };
}

/** What has come and was not kept yet was not acknowledged either: it is void from here on. */
function leaveUpstream<Output>(work: Work<Output>, reason: string): void {
  const { upstream } = work;
  work.upstream = undefined;
  upstream?.link.end(reason);
  upstream?.handler.onClosed();
}

const isFollower = ({ role }: NodeState) => role === 'following' || role === 'seeking';

/** A standby says hello, or an operator asks or tells it something. */
function accept<Output>(work: Work<Output>, link: PeerLink<FromPrimary>): PeerHandler<ToPrimary> {
  const { state, ports } = work;
  let handler: PeerHandler<ToPrimary> | undefined;
  const report = (refusal = '') => {
    const told: NodeReport = { ...nodeReport(work), refusal };
    link.send({ kind: 'report', text: JSON.stringify(told) });
  };
  return {
    onMessage(message) {
      if (handler !== undefined) {
        handler.onMessage(message);
        return;
      }
      switch (message.kind) {
        case 'hello':
          if (state.role === 'primary') handler = work.replication.accept(link, message);
          else link.end(`${ports.terms.node} does not trade: it has no records to give`);
          return;
        case 'promote': {
          const judged = ports.judgePromotion(message);
          const refusal = 'refusal' in judged ? judged.refusal : saidAlready(work, judged);
          if ('operator' in judged && refusal === '') take(work, { kind: 'promote', ...judged });
          report(refusal);
          return;
        }
        case 'status':
          report();
          return;
        case 'tail':
        case 'ack':
        case 'renewal':
          link.end(`${message.kind} came before hello`);
      }
    },
    onClosed: () => handler?.onClosed(),
  };
}

function saidAlready<Output>({ state, ports }: Work<Output>, { operator }: { operator: string }) {
  const isOwn = operator === state.follower.operator;
  if (!isOwn || !waitsForSecond(state, ports.clock.nowNs())) return '';
  return `promote: ${operator} has said so already: it takes another operator`;
}

/** How a node stands, as `outrider promote --status` prints it. */
export type NodeReport = {
  node: string;
  /** Of its process. */
  pid: number;
  role: NodeState['role'];
  epoch: number;
  pairing: NodeState['pairing'];
  standby: string;
  isTrading: boolean;
  /** An operator's word is here, and the witness does not answer: it takes a second one's. */
  waitsForSecond: boolean;
  records: number;
  /** That the log goes by, and what this build knows. */
  stepVersion: number;
  build: BuildIdentity;
  /** Records whose outputs may have left; of a primary that is paired. */
  acknowledged: number;
  heldBytes: number;
  /** The latest reason why it does not trade, or ''. */
  problem: string;
  /** As a signed promotion has to name the gateway; '' where none is signed. */
  gateway: string;
  /** Why a promotion does not count, or ''. */
  refusal: string;
};

function nodeReport<Output>(work: Work<Output>): Omit<NodeReport, 'refusal'> {
  const { state, ports, held, ackedOffset } = work;
  const { role, epoch, pairing, isSynced, synced, terms } = state;
  const nowNs: Nanoseconds = ports.clock.nowNs();
  return {
    ...{
      node: terms.node,
      pid: process.pid,
      role,
      epoch,
      pairing,
      standby: isSynced ? synced : '',
    },
    ...{ isTrading: maySend(state, nowNs), waitsForSecond: waitsForSecond(state, nowNs) },
    records: ports.follower.nextOffset(),
    ...{ stepVersion: ports.replication.stepVersion(), build: ports.replication.build() },
    ...{ acknowledged: ackedOffset, heldBytes: held.heldBytes, problem: state.lastProblem },
    gateway: ports.signedGateway,
  };
}
