/** Two nodes and a witness on a network that delays and parts, and a venue that takes all. */
import { MILLISECOND_NS, type Nanoseconds, seededRandom, virtualTime } from '#engine';
import { type Claim, logName, type ReadableLog, tailHash } from './log-identity.ts';
import { createPair, type Pair, type PairPorts } from './pair.ts';
import type { PeerLink } from './replication.ts';
import {
  createSimulatedNetwork,
  type SimulatedNetwork,
  type SimulatedProcess,
} from './simulated-network.ts';
import {
  createWitness,
  NEW_WITNESS,
  stepWitness,
  type WitnessRecord,
  type WitnessState,
} from './witness.ts';
import type { FromWitness, ToWitness } from './witness-messages.ts';

const MEMBERS = ['A', 'B', 'W'] as const;
export type Member = (typeof MEMBERS)[number];

export type SimulatedFault = {
  atMs: number;
  forMs: number;
  /** `part`: the member from both others; `cut`: the two others from each other. */
  kind: 'kill' | 'pause' | 'part' | 'cut';
  member: Member;
};

/** What is broken on purpose, which the checks must find. */
export type Planted = 'lease-ignored' | 'sent-before-acknowledged' | 'alone-unknown' | undefined;

export type SimulationPlan = {
  seed: number;
  lengthMs: number;
  faults: readonly SimulatedFault[];
  aloneAfterMs: number | undefined;
  /** Between two records of the node that trades, by its own clock. Default 4. */
  recordEveryMs?: number;
  planted?: Planted;
};

export type SimulationOutcome = {
  violations: string[];
  /** Claims in all logs, and outputs that reached the venue. */
  claims: number;
  outputs: number;
  /** How often a primary had a standby with every record. */
  pairings: number;
};

const LEASE_NS = 100 * MILLISECOND_NS;
const RETRY_NS = 5 * MILLISECOND_NS;
const WATCHDOG_NS = 3 * MILLISECOND_NS;

/** `c EPOCH` for a claim, `p` for a pairing, `r NUMBER` for what makes an output. */
type Output = { epoch: number; offset: number; text: string };

type Gateway = {
  name: 'A' | 'B';
  /** Outlives its processes. */
  log: string[];
  process: SimulatedProcess | undefined;
  pair: Pair<Output> | undefined;
  instances: number;
};

type World = {
  plan: SimulationPlan;
  network: SimulatedNetwork;
  gateways: Gateway[];
  witness: {
    process: SimulatedProcess | undefined;
    state: WitnessState | undefined;
    record: WitnessRecord;
  };
  paces: Record<Member, number>;
  records: number;
  /** As they reached the venue. */
  sent: Output[];
  claims: number;
  pairings: number;
  violations: string[];
};

export function simulatePair(plan: SimulationPlan): SimulationOutcome {
  const random = seededRandom(plan.seed);
  const pace = () => 1 + (random.nextFloat() - 0.5) / 25;
  const world: World = {
    ...{ plan, records: 0, sent: [], claims: 0, pairings: 0, violations: [] },
    network: createSimulatedNetwork(virtualTime(), random.split('network')),
    gateways: (['A', 'B'] as const).map(name => ({
      ...{ name, log: ['start'], process: undefined, pair: undefined, instances: 0 },
    })),
    witness: { process: undefined, state: undefined, record: NEW_WITNESS },
    paces: { A: pace(), B: pace(), W: pace() },
  };
  const { time } = world.network;
  for (const member of MEMBERS) start(world, member);
  for (const fault of plan.faults) {
    time.at(fault.atMs * MILLISECOND_NS, () => inject(world, fault));
    time.at((fault.atMs + fault.forMs) * MILLISECOND_NS, () => undo(world, fault));
  }
  time.advanceTo(plan.lengthMs * MILLISECOND_NS);
  const { violations, claims, pairings, sent } = world;
  return { violations, claims, pairings, outputs: sent.length };
}

function start(world: World, member: Member): void {
  const process = world.network.process(member, world.paces[member]);
  if (member !== 'W') {
    startGateway(world, world.gateways.find(({ name }) => name === member)!, process);
    return;
  }
  const { witness } = world;
  witness.process = process;
  const nowNs = process.clock.nowNs();
  witness.state = createWitness(witness.record, { leaseNs: LEASE_NS, nowNs });
}

function processOf(world: World, member: Member): SimulatedProcess | undefined {
  if (member === 'W') return world.witness.process;
  return world.gateways.find(({ name }) => name === member)!.process;
}

function inject(world: World, { kind, member }: SimulatedFault): void {
  const process = processOf(world, member);
  const [one, other] = MEMBERS.filter(name => name !== member) as [Member, Member];
  switch (kind) {
    case 'kill':
      if (process?.isAlive !== true) return;
      process.kill();
      if (member !== 'W') reportDeath(world, member);
      return;
    case 'pause':
      process?.pause();
      return;
    case 'part':
      world.network.part(member, one);
      world.network.part(member, other);
      return;
    case 'cut':
      world.network.part(one, other);
  }
}

function undo(world: World, { kind, member }: SimulatedFault): void {
  const process = processOf(world, member);
  const [one, other] = MEMBERS.filter(name => name !== member) as [Member, Member];
  switch (kind) {
    case 'kill':
      if (process?.isAlive !== true) start(world, member);
      return;
    case 'pause':
      process?.resume();
      return;
    case 'part':
      world.network.heal(member, one);
      world.network.heal(member, other);
      return;
    case 'cut':
      world.network.heal(one, other);
  }
}

/** A watchdog tells the witness what it saw; nothing keeps that from coming late. */
function reportDeath({ network, gateways, witness }: World, node: 'A' | 'B'): void {
  const { instances } = gateways.find(({ name }) => name === node)!;
  network.time.at(network.time.nowNs() + WATCHDOG_NS, () => {
    witness.process?.run(() => {
      const message = { kind: 'dead', node, instance: `${node}${instances}` } as const;
      stepWitness(witness.state!, message, witness.process!.clock.nowNs());
    });
  });
}

const readable = ({ log }: Gateway): ReadableLog => ({
  get nextOffset() {
    return log.length;
  },
  *read(from) {
    for (let offset = from; offset < log.length; offset++) {
      yield { offset, payload: Buffer.from(log[offset]!) };
    }
  },
});

const claimsOf = ({ log }: Gateway): Claim[] =>
  log.flatMap((text, offset) =>
    text.startsWith('c ') ? [{ epoch: Number(text.slice(2)), offset }] : [],
  );

function startGateway(world: World, gateway: Gateway, process: SimulatedProcess): void {
  const { plan } = world;
  gateway.process = process;
  gateway.instances++;
  let ask: ((message: ToWitness) => void) | undefined;
  const aloneAfterNs = plan.aloneAfterMs && plan.aloneAfterMs * MILLISECOND_NS;
  // It believes in its lease for far too long: both of its own sources are taken for longer ones.
  const leaseNs = plan.planted === 'lease-ignored' ? 8 * LEASE_NS : LEASE_NS;
  const isFirst = gateway.name === 'A' && gateway.instances === 1;
  const pair = createPair<Output>({
    ...{ clock: process.clock, timers: process.timers, isFirst },
    terms: {
      ...{ node: gateway.name, instance: `${gateway.name}${gateway.instances}` },
      ...{ leaseNs: isFirst ? leaseNs : LEASE_NS, hasWitness: true, aloneAfterNs },
    },
    replication: {
      ...{ config: 'same', log: readable(gateway), originNs: () => 0n, stepVersion: () => 1 },
      claims: () => claimsOf(gateway),
      build: () => ({ steps: [1], layout: '' }),
    },
    follower: followerPorts(world, gateway),
    judgePromotion: ({ operator }) => ({ operator }),
    signedGateway: '',
    ask: message => ask?.(message),
    send: output => reachVenue(world, output),
    lost() {},
    onClaim: epoch => claim(world, gateway, epoch),
    onPairing(standby) {
      if (standby !== undefined) world.pairings++;
      append(world, gateway, `p ${standby ? 'paired' : 'alone'}`);
    },
    ...{ onSuspend() {}, onResume() {}, onProblem() {} },
    onStop: () => restart(world, gateway, process),
  });
  gateway.pair = pair;
  dialWitness(world, gateway, { process, pair, onAsk: to => (ask = to) });
  dialOther(world, gateway, { process, pair });
  trade(world, gateway, { process, pair });
}

type Living = { process: SimulatedProcess; pair: Pair<Output> };

function followerPorts(world: World, gateway: Gateway): PairPorts<Output>['follower'] {
  return {
    begin() {},
    logName: () => logName(readable(gateway)),
    nextOffset: () => gateway.log.length,
    tailHash: offset => tailHash(readable(gateway), offset),
    cut: offset => void gateway.log.splice(offset),
    append: payloads => void gateway.log.push(...payloads.map(String)),
    step(payloads) {
      for (const text of payloads.map(String)) {
        if (text.startsWith('c ')) gateway.pair!.claimRead(Number(text.slice(2)));
      }
    },
    outputsHash: () => String(gateway.log.length),
    isEnded: () => false,
    onDivergence: text => void world.violations.push(text),
    onUnkept() {},
    afterBatch: callback => callback(),
  };
}

/** The venue of the checks has no fence of its own: every byte counts where it is sent. */
function reachVenue(world: World, output: Output): void {
  const last = world.sent.at(-1);
  if (last !== undefined && output.epoch < last.epoch) {
    world.violations.push(`epoch ${output.epoch} sent after epoch ${last.epoch}`);
  }
  world.sent.push(output);
}

function claim(world: World, gateway: Gateway, epoch: number): void {
  world.claims++;
  for (const { offset, text } of world.sent) {
    if (gateway.log[offset] === text) continue;
    world.violations.push(`epoch ${epoch} of ${gateway.name} lacks ${text} at ${offset}`);
  }
  append(world, gateway, `c ${epoch}`);
}

function append(world: World, gateway: Gateway, text: string): void {
  const { pair, log } = gateway;
  const offset = log.push(text) - 1;
  pair!.appended(offset, Buffer.from(text));
  if (text.startsWith('r ')) {
    const output = { epoch: pair!.state.epoch, offset, text };
    if (world.plan.planted === 'sent-before-acknowledged') reachVenue(world, output);
    else pair!.output(output, text.length);
  }
  pair!.stepped(String(log.length));
}

/** A primary is handed something every now and then, by timers of its own process. */
function trade(world: World, gateway: Gateway, living: Living): void {
  const { process, pair } = living;
  const { recordEveryMs = 4 } = world.plan;
  process.timers.at(process.clock.nowNs() + Math.ceil(recordEveryMs * MILLISECOND_NS), () => {
    if (pair.state.role === 'primary') append(world, gateway, `r ${++world.records}`);
    trade(world, gateway, living);
  });
}

/** Its lease was over, or another has its epoch: the process ends, and is started again. */
function restart(world: World, gateway: Gateway, process: SimulatedProcess): void {
  process.kill();
  reportDeath(world, gateway.name);
  const { time } = world.network;
  time.at(time.nowNs() + 50 * MILLISECOND_NS, () => {
    if (gateway.process === process) start(world, gateway.name);
  });
}

type Dialling = Living & { onAsk(to: ((message: ToWitness) => void) | undefined): void };

function dialWitness(world: World, gateway: Gateway, dialling: Dialling): void {
  const { process, pair, onAsk } = dialling;
  const { network, witness } = world;
  const again = () => dialWitness(world, gateway, dialling);
  const retry = () => void process.timers.at(process.clock.nowNs() + RETRY_NS, again);
  const to = witness.process;
  if (to?.isAlive !== true) {
    retry();
    return;
  }
  network.connect<ToWitness, FromWitness>({
    ...{ from: process, to, silenceNs: LEASE_NS },
    dial(link) {
      onAsk(message => link.send(message));
      return {
        onMessage: message => pair.onWitness(message),
        onClosed() {
          onAsk(undefined);
          pair.onWitnessLost();
          retry();
        },
      };
    },
    answer: link => witnessEnd(world, to, link),
  });
}

function witnessEnd(
  { plan, witness }: World,
  process: SimulatedProcess,
  link: PeerLink<FromWitness>,
) {
  return {
    onMessage(message: ToWitness) {
      const state = witness.state!;
      if (
        plan.planted === 'alone-unknown' &&
        message.kind === 'declare' &&
        message.standby === ''
      ) {
        const { epoch, serial } = message;
        link.send({ kind: 'agreed', epoch, serial });
        return;
      }
      const answer = stepWitness(state, message, process.clock.nowNs());
      const { epoch, holder, standby, serial, claimed } = state;
      witness.record = { epoch, holder, standby, serial, claimed };
      if (answer !== undefined) link.send(answer);
    },
    onClosed() {},
  };
}

function dialOther(world: World, gateway: Gateway, living: Living): void {
  const { process, pair } = living;
  const other = world.gateways.find(one => one !== gateway)!;
  const retry = (afterNs: Nanoseconds) =>
    void process.timers.at(process.clock.nowNs() + afterNs, () =>
      dialOther(world, gateway, living),
    );
  const to = other.process;
  if (to?.isAlive !== true || pair.state.role === 'primary') {
    retry(RETRY_NS);
    return;
  }
  world.network.connect({
    ...{ from: process, to, silenceNs: LEASE_NS },
    dial(link) {
      const handler = pair.connected(link);
      return {
        onMessage: handler.onMessage,
        onClosed() {
          handler.onClosed();
          retry(RETRY_NS);
        },
      };
    },
    answer: link => other.pair!.accept(link),
  });
}
