/** Two nodes and a witness on a network that delays and parts, and a venue that takes all. */
import { MILLISECOND_NS, seededRandom, virtualTime } from '#engine';
import { type Claim, logName, type ReadableLog, tailHash } from './log-identity.ts';
import { createPair, type Pair, type PairPorts } from './pair.ts';
import { dialOther, dialWitness } from './simulated-links.ts';
import { createSimulatedNetwork, type SimulatedProcess } from './simulated-network.ts';
import { createSimulatedTopic, joinTopic } from './simulated-topic.ts';
import {
  type Gateway,
  LEASE_NS,
  type Living,
  type Output,
  otherOf,
  RETRY_NS,
  type World,
} from './simulated-world.ts';
import {
  MEMBERS,
  type Member,
  type SimulatedFault,
  type SimulationOutcome,
  type SimulationPlan,
} from './simulation-plan.ts';
import { linkTerms, TOPIC_TERMS } from './way-terms.ts';
import { createWitness, NEW_WITNESS, stepWitness } from './witness.ts';
import type { ToWitness } from './witness-messages.ts';

const WATCHDOG_NS = 3 * MILLISECOND_NS;

export function simulatePair(plan: SimulationPlan): SimulationOutcome {
  const random = seededRandom(plan.seed);
  const pace = () => 1 + (random.nextFloat() - 0.5) / 25;
  const world: World = {
    ...{
      plan,
      records: 0,
      sent: [],
      claims: 0,
      pairings: 0,
      words: 0,
      word: undefined,
      violations: [],
    },
    network: createSimulatedNetwork(virtualTime(), random.split('network')),
    gateways: (['A', 'B'] as const).map(name => ({
      ...{ name, log: ['start'], process: undefined, pair: undefined, instances: 0, hasAll: false },
    })),
    witness: { process: undefined, state: undefined, record: NEW_WITNESS },
    topic: createSimulatedTopic(),
    paces: { A: pace(), B: pace(), W: pace() },
  };
  const { time } = world.network;
  for (const member of MEMBERS) start(world, member);
  if (plan.hasOperators) lookAfter(world);
  for (const fault of plan.faults) {
    time.at(fault.atMs * MILLISECOND_NS, () => inject(world, fault));
    time.at((fault.atMs + fault.forMs) * MILLISECOND_NS, () => undo(world, fault));
  }
  time.advanceTo(plan.lengthMs * MILLISECOND_NS);
  const { violations, claims, pairings, words, sent } = world;
  return { violations, claims, pairings, words, outputs: sent.length };
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

function inject(world: World, fault: SimulatedFault): void {
  const { kind, member } = fault;
  const process = processOf(world, member);
  const [one, other] = MEMBERS.filter(name => name !== member) as [Member, Member];
  switch (kind) {
    case 'kill':
      if (process?.isAlive !== true) return;
      if (isUntold(world) && world.witness.process!.isAlive) {
        world.network.time.at(world.network.time.nowNs() + RETRY_NS, () => inject(world, fault));
        return;
      }
      if (member !== 'W') noteDying(world, member);
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

function undo(world: World, fault: SimulatedFault): void {
  const { kind, member } = fault;
  const process = processOf(world, member);
  const [one, other] = MEMBERS.filter(name => name !== member) as [Member, Member];
  switch (kind) {
    case 'kill':
      if (process?.isAlive === true) return;
      if (member === 'W' && isUntold(world) && !tradesByWord(world)) {
        world.network.time.at(world.network.time.nowNs() + OPERATORS_NS, () => undo(world, fault));
      } else start(world, member);
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

/** What operators go by: whether the other had every record that this one let leave. */
function noteDying(world: World, name: 'A' | 'B'): void {
  const { role, pairing } = otherOf(world, otherOf(world, name).name).pair!.state;
  if (role === 'primary') otherOf(world, name).hasAll = pairing === 'paired';
}

/** The witness knows an epoch from its holder alone: one that died before it said so is lost. */
const isUntold = ({ word, witness }: World) => (word?.epoch ?? 0) > witness.record.claimed;

function tradesByWord({ word }: World): boolean {
  const { process, pair } = word!.holder;
  return process!.isAlive && pair!.state.role === 'primary';
}

const OPERATORS_NS = 20 * MILLISECOND_NS;

/** Operators look at the machines now and then, as docs/runbooks/manual-takeover.md has it. */
function lookAfter(world: World): void {
  const { network, gateways, witness, plan } = world;
  network.time.at(network.time.nowNs() + OPERATORS_NS, () => {
    lookAfter(world);
    if (witness.process!.isAlive) return;
    for (const { name, process, pair, hasAll } of gateways) {
      const isLeft = process!.isAlive && !otherOf(world, name).process!.isAlive;
      if (!isLeft || !(hasAll || plan.planted === 'word-unlooked')) continue;
      for (const operator of ['ada', 'bea']) {
        process!.run(() => pair!.accept(DEAF).onMessage({ kind: 'promote', operator, signed }));
      }
    }
  });
}

const DEAF = { send() {}, end() {} };
const signed = new Uint8Array();

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
  const { isOnTopic = false } = plan;
  const aloneAfterNs = plan.aloneAfterMs && plan.aloneAfterMs * MILLISECOND_NS;
  // It believes in its lease for far too long: both of its own sources are taken for longer ones.
  const leaseNs = plan.planted === 'lease-ignored' && !isOnTopic ? 8 * LEASE_NS : LEASE_NS;
  const isFirst = gateway.name === 'A' && gateway.instances === 1;
  const replication = {
    ...{ config: 'same', log: readable(gateway), originNs: () => 0n, stepVersion: () => 1 },
    claims: () => claimsOf(gateway),
    build: () => ({ steps: [1], layout: '' }),
  };
  const topic = isOnTopic
    ? joinTopic(world, { gateway, process, replication, pair: () => pair })
    : undefined;
  const pair: Pair<Output> = createPair<Output>({
    ...{ clock: process.clock, timers: process.timers, isFirst, replication },
    terms: {
      ...{ node: gateway.name, instance: `${gateway.name}${gateway.instances}` },
      ...(isOnTopic ? TOPIC_TERMS : linkTerms({ hasWitness: true, aloneAfterNs })),
      leaseNs: isFirst ? leaseNs : LEASE_NS,
    },
    follower: followerPorts(world, gateway),
    judgePromotion: ({ operator }) => ({ operator }),
    signedGateway: '',
    ask: message => (topic ?? { ask }).ask?.(message),
    send: output => reachVenue(world, output),
    lost() {},
    onClaim(epoch, operator) {
      if (operator.includes(',')) {
        world.words++;
        world.word = { epoch, holder: gateway };
      }
      claim(world, gateway, epoch);
      topic?.lead();
    },
    onPairing(standby) {
      if (standby !== undefined) world.pairings++;
      append(world, gateway, `p ${standby ? 'paired' : 'alone'}`);
    },
    ...{ onSuspend() {}, onResume() {}, onProblem() {} },
    onStop: () => restart(world, gateway, process),
  });
  gateway.pair = pair;
  if (topic === undefined) {
    dialWitness(world, gateway, { process, pair, onAsk: to => (ask = to) });
    dialOther(world, gateway, { process, pair });
  }
  trade(world, gateway, { process, pair });
}

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
  gateway.hasAll = true;
  otherOf(world, gateway.name).hasAll = false;
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
    else pair!.output(output, world.plan.outputBytes ?? text.length);
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
