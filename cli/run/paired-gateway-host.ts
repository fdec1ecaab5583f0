/** The gateway as one of two processes: it follows the other, or trades with the other's word. */
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Clock,
  clockFrom,
  MILLISECOND_NS,
  midnightBefore,
  OutriderError,
  type Timers,
  wallClock,
  wallTimers,
} from '#engine';
import {
  buildDifference,
  createPair,
  type DeskFile,
  type EdgeDoor,
  type EdgeWelcome,
  judgePromotion,
  logName,
  NEWEST_STEP_VERSION,
  type Pair,
  type PairPorts,
  STEP_VERSIONS,
  type StandbyNode,
  serveEdges,
  servePeers,
  stepsText,
  tailHash,
} from '#gateway';
import type { Instrument } from '#market';
import { loadDeskFile, venueAccesses } from './desk-file.ts';
import { SNAPSHOT_RECORDS_DEFAULT } from './gateway-snapshots.ts';
import { type GatewayOutput, type LiveGateway, startGateway } from './live-gateway.ts';
import { notReplicated, openNodeOperators } from './node-operators.ts';
import { type OperatorDoor, obey } from './operator-door.ts';
import { configHash, type PairOptions } from './pair-options.ts';
import { type OpenWay, type PairWay, wayOf } from './pair-way.ts';
import {
  type GatewayHost,
  type GatewayHostOptions,
  keepSent,
  openOutbound,
  refuseOthers,
  strategyNames,
  welcomeOf,
} from './remote-gateway-host.ts';
import { GATEWAY_OPTIONS, wallTimeOf } from './remote-wall-gateway.ts';
import { repeatedText } from './repeated-signal.ts';
import { createReplica, type Replica } from './replica.ts';
import { startText } from './start-record.ts';

export type PairedHostOptions = GatewayHostOptions & { pair: PairOptions };

export type PairedGatewayHost = GatewayHost & {
  readonly replicationPort: number;
  /** What trades here, once and while this node does. */
  live(): LiveGateway | undefined;
  /** Why this node must neither trade nor follow any more: the process is to end at once. */
  readonly stopped: Promise<string>;
};

const LOG = 'gateway.log';
const STOP_NS = 2_000_000_000;
const NO_PROBE = { begin() {}, end() {} };

type Node = {
  options: PairedHostOptions;
  deskFile: DeskFile | undefined;
  /** Of the log, known once that is there. */
  clock: Clock;
  replica: Replica;
  pair: Pair<GatewayOutput>;
  replication: PairPorts<GatewayOutput>['replication'];
  /** Monotonic: leases are counted by it. */
  leaseClock: Clock;
  leaseTimers: Timers;
  way: PairWay;
  /** And what is open of it. */
  open: OpenWay | undefined;
  peers: Awaited<ReturnType<typeof servePeers>> | undefined;
  door: EdgeDoor | undefined;
  live: LiveGateway | undefined;
  /** From when the log is open. */
  operators: OperatorDoor | undefined;
  outbound: number[];
  /** Of this node, whose log is not begun yet. */
  claim: { epoch: number; operator: string } | undefined;
  /** As operators signed them, the latest two; empty once they are in the log. */
  promotions: Uint8Array[];
  stop: PromiseWithResolvers<string>;
};

/** Throws where an address or the log is taken by another, or the log was begun otherwise. */
export async function hostPairedGateway(options: PairedHostOptions): Promise<PairedGatewayHost> {
  const node = createNode(options);
  try {
    return await openDoors(node);
  } catch (error) {
    // What still runs would keep a process alive that has failed.
    node.pair.close();
    node.replica.close();
    await Promise.all([node.door?.close(), node.operators?.close(), node.peers?.close()]);
    throw error;
  }
}

async function openDoors(node: Node): Promise<PairedGatewayHost> {
  const { pair: terms, listen, onProblem } = node.options;
  if (node.replica.begun !== undefined) openOperators(node);
  const clock: Clock = { nowNs: () => node.clock.nowNs() };
  const door = await serveEdges({
    ...{ ...listen, clock, timers: wallTimers(clock) },
    strategies: strategyNames(node.deskFile),
    onEdge: (instruments, strategy) => welcomeEdge(node, instruments, strategy),
    onSignal: signal => node.live?.gateway.onSignal(signal),
    onQuote: quote => node.live?.gateway.onQuote(quote),
    onRepeated: signal => onProblem(repeatedText(signal)),
    onEdgeLost: (...lost) => node.live?.gateway.onEdgeLost(...lost),
    onDisconnected: reason => onProblem(`edge: ${reason}`),
  });
  node.door = door;
  const times = { clock: node.leaseClock, timers: node.leaseTimers, leaseNs: terms.leaseNs };
  const peers = await servePeers({
    ...{ ...terms.replicate, ...times, accept: node.pair.accept },
    onDisconnected: reason => onProblem(`pair: ${reason}`),
  });
  node.peers = peers;
  const open = await node.way.open(node);
  node.open = open;
  return {
    port: door.port,
    replicationPort: peers.port,
    live: () => node.live,
    state: () => node.live?.gateway.state,
    stopped: node.stop.promise,
    async stop() {
      await Promise.all([door.close(), node.operators?.close(), node.live?.stop(STOP_NS)]);
      node.live?.close();
      await open.close();
      node.pair.close();
      await peers.close();
      node.replica.close();
      for (const file of node.outbound) closeSync(file);
    },
  };
}

function createNode(options: PairedHostOptions): Node {
  const { directory, config, pair: terms, onProblem } = options;
  const logDirectory = join(directory, LOG);
  const deskFile = loadDeskFile(config);
  const leaseClock = clockFrom(0);
  let pair: Pair<GatewayOutput> | undefined;
  // The claims of a log that is there already, the pair reads for itself.
  const onClaim = (epoch: number) => pair?.claimRead(epoch);
  const onEffects: OperatorDoor['onEffects'] = (effects, timeNs) =>
    node.operators?.onEffects(effects, timeNs);
  const replica = createReplica({ directory: logDirectory, onProblem, onClaim, onEffects });
  const node = {
    ...{ options, deskFile, replica, leaseClock, leaseTimers: wallTimers(leaseClock) },
    ...{ clock: wallTimeOf(logDirectory, config, deskFile).clock, stop: Promise.withResolvers() },
    ...{ door: undefined, live: undefined, outbound: [], claim: undefined, operators: undefined },
    ...{ promotions: [], way: wayOf(terms), open: undefined, peers: undefined },
    replication: {
      config: configHash(config, { names: GATEWAY_OPTIONS, deskFile, leaseNs: terms.leaseNs }),
      ...{ log: replica.readable, originNs: () => replica.originNs, claims: () => replica.claims },
      stepVersion: () => replica.state?.stepVersion ?? NEWEST_STEP_VERSION,
      build: () => ({ steps: STEP_VERSIONS, layout: replica.layout }),
    },
  } as unknown as Node;
  pair = createPair<GatewayOutput>({
    ...{ clock: leaseClock, timers: node.leaseTimers, onProblem, replication: node.replication },
    terms: { ...terms, ...node.way.terms },
    isFirst: node.way.isFirst,
    follower: followerPorts(node),
    ...tradingPorts(node),
  });
  node.pair = pair;
  return node;
}

function openOperators(node: Node): void {
  const { replica, pair, options } = node;
  node.operators ??= openNodeOperators({
    ...{ directory: options.directory, onProblem: options.onProblem, terms: options.pair },
    ...{ originNs: replica.originNs, clock: node.clock, pair: pair.state },
    state: () => node.live?.gateway.state ?? replica.state,
    operate: order => node.live && obey(node.live.gateway, order),
  });
}

function followerPorts(node: Node): PairPorts<GatewayOutput>['follower'] {
  const { replica, options, stop, way } = node;
  const { readable } = replica;
  return {
    begin(originNs) {
      replica.open(originNs);
      node.clock = wallClock(originNs);
      openOperators(node);
    },
    logName: () => logName(readable),
    nextOffset: () => readable.nextOffset,
    tailHash: offset => tailHash(readable, offset),
    cut: fromOffset => replica.cut(fromOffset),
    append: payloads => replica.append(payloads, options.pair.durability === 'disk'),
    step(payloads) {
      try {
        replica.step(payloads);
      } catch (error) {
        if (!(error instanceof OutriderError)) throw error;
        stop.resolve(`a record of the primary cannot be stepped: ${error.message}`);
      }
    },
    outputsHash: () => replica.outputsHash(),
    onDivergence: text => stop.resolve(`divergence: ${text}`),
    onUnkept: text => stop.resolve(`its log takes nothing: ${text}`),
    afterBatch: queueMicrotask,
    isEnded() {
      const { state } = replica;
      if (!way.endsTogether || state?.isStopping !== true) return false;
      return state.venues.every(({ isLoggedOn }) => !isLoggedOn);
    },
  };
}

type Trading =
  | 'judgePromotion'
  | 'signedGateway'
  | 'ask'
  | 'send'
  | 'lost'
  | 'onClaim'
  | 'onPairing'
  | 'onSuspend'
  | 'onResume'
  | 'onStop';

function tradingPorts(node: Node): Pick<PairPorts<GatewayOutput>, Trading> {
  const { options, stop } = node;
  const { node: name } = options.pair;
  return {
    signedGateway: hasOperators(node) ? node.deskFile!.venues[0]!.senderCompId : '',
    judgePromotion(promotion) {
      const { noPromotion } = node.way;
      if (noPromotion !== undefined) return { refusal: noPromotion };
      const { replica, live, clock, pair } = node;
      const judged = judgePromotion(promotion, {
        ...{ node: name, epoch: pair.state.epoch, hasOperators: hasOperators(node) },
        ...{ state: live?.gateway.state ?? replica.state, nowNs: clock.nowNs() },
      });
      if ('operator' in judged) node.promotions = [...node.promotions, promotion.signed].slice(-2);
      if ('operator' in judged && pair.state.pairing === 'unpaired') logPromotions(node);
      return judged;
    },
    ask: message => node.open?.ask(message),
    send: output => node.live?.release(output),
    lost(output) {
      if (output.kind === 'outcome') node.operators?.onOutcome(notReplicated(output.outcome));
    },
    onClaim(epoch, operator) {
      const by = operator === '' ? '' : `, by the word of ${operator}`;
      options.onProblem(`pair: ${name} claims epoch ${epoch}${by}`);
      node.claim = { epoch, operator };
      if (node.replica.begun !== undefined) goLive(node);
    },
    onPairing(standby) {
      options.onProblem(`pair: ${name} trades ${standby ? `with ${standby.node}` : 'alone'}`);
      node.live?.gateway.noteStandby(standby?.node ?? '');
      noteBuild(node, standby);
    },
    onSuspend(lacks) {
      options.onProblem(`pair: ${name} has no ${lacks}: its venues are closed`);
      node.live?.pause();
    },
    onResume: () => node.live?.connect(true),
    onStop(reason) {
      node.live?.pause();
      stop.resolve(reason);
    },
  };
}

const hasOperators = ({ deskFile }: Node) => (deskFile?.operators ?? []).length > 0;

/** What was signed is a record as any command, behind the claim that it led to. */
function logPromotions(node: Node): void {
  const { live, promotions, operators } = node;
  if (live === undefined) return;
  node.promotions = [];
  for (const promotion of promotions.filter(({ length }) => length > 0)) {
    operators?.expectOther();
    live.gateway.operate(promotion);
  }
}

/** The rules are changed last: once the node that may take over knows them too. */
function noteBuild({ options, replica, live }: Node, standby: StandbyNode | undefined): void {
  const { stepVersion: wanted, onProblem } = options;
  const own = { steps: STEP_VERSIONS, layout: replica.layout };
  const difference = standby && buildDifference(standby.build, own);
  if (difference !== undefined) onProblem(`pair: ${standby!.node} is ${difference}`);
  if (live === undefined || wanted === undefined) return;
  if (live.gateway.state.stepVersion === wanted) return;
  if (standby?.build.steps.includes(wanted)) {
    onProblem(`pair: step version ${wanted} from here on`);
    live.gateway.switchStep(wanted);
    return;
  }
  const why = standby ? `${standby.node} knows ${stepsText(standby.build)}` : 'no standby knows it';
  onProblem(`pair: step version ${wanted} is not switched to: ${why}`);
}

/** A log that is there, and stepped, is traded on from here. */
function goLive(node: Node): void {
  const { options, replica, deskFile, clock, pair } = node;
  const { directory, config, onProblem } = options;
  const { epoch, operator } = node.claim!;
  const logDirectory = join(directory, LOG);
  const { config: terms, stepped } = replica.begun!;
  const files = openOutbound(directory, deskFile);
  const { operators } = node;
  node.outbound = files;
  node.live = startGateway({
    ...{ config: terms, start: '', logDirectory, clock, timers: wallTimers(clock) },
    ...{ onProblem, probe: NO_PROBE, venues: venueAccesses({ config, deskFile }, options.venue) },
    onSent: keepSent(files, onProblem),
    onPosition: (instrument, lots, strategy) => node.door?.sendPosition(strategy, instrument, lots),
    onEffects: (effects, timeNs) => operators?.onEffects(effects, timeNs),
    onOutcome: outcome => operators?.onOutcome(outcome),
    onStall(why) {
      const canHandOver = pair.state.pairing === 'paired' && node.way.handsOverStalled;
      if (why === undefined || !canHandOver) return;
      node.stop.resolve(`its log takes nothing, the standby goes on: ${why}`);
    },
    snapshotRecords: options.snapshotRecords ?? SNAPSHOT_RECORDS_DEFAULT,
    continued: { log: replica.log, stepped },
    hold: { appended: pair.appended, output: pair.output, stepped: pair.stepped },
  });
  replica.noteClaim(epoch);
  node.live.gateway.claim(epoch, options.pair.node, operator);
  if (operator !== '') logPromotions(node);
  node.open?.lead();
  node.door?.expectEdges();
}

/** The first edge of a new log says what is traded. */
function welcomeEdge(node: Node, instruments: Instrument[], strategy: number): EdgeWelcome {
  const { options, replica } = node;
  const { pair: terms } = options;
  if (node.claim === undefined) {
    const message = `${terms.node} follows, it does not trade; go to the other node`;
    throw new OutriderError('protocol', message);
  }
  if (replica.begun === undefined) begin(node, instruments);
  refuseOthers(instruments, replica.begun!.config.instruments);
  return welcomeOf(node.live!.gateway.state, strategy);
}

function begin(node: Node, instruments: Instrument[]): void {
  const { options, replica, deskFile, pair } = node;
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  node.clock = wallClock(originNs);
  const { config, stepVersion = NEWEST_STEP_VERSION } = options;
  const start = startText({ config, originNs, instruments, deskFile, stepVersion });
  replica.begin(start, { originNs, timeNs: node.clock.nowNs() });
  openOperators(node);
  goLive(node);
  if (pair.state.pairing === 'alone') node.live!.gateway.noteStandby('');
  if (!pair.state.isSuspended) node.live!.connect();
}
