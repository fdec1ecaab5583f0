/** Faults at their times, each undone whatever happens: at its end, on an error, on Ctrl-C. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Nanoseconds } from '#engine';
import { placeOfTicks } from '../brokers/pipeline-topics.ts';
import type { FeedRelay } from '../feed/relay.ts';
import { type Fault, faultName } from '../file/scenario.ts';
import type { Impostor } from './impostor.ts';
import { FULL_BYTES, limitFiles } from './limit-files.ts';
import type { Operators } from './operators.ts';
import { waitUntil } from './wait.ts';
import type { World } from './world.ts';

/** What became of a fault; times on the clock of the harness. */
export type PlayedFault = {
  fault: Fault;
  /** When it was asked for, and when it was there. */
  requestedNs: Nanoseconds | undefined;
  injectedNs: Nanoseconds | undefined;
  /** When its end was asked for, and when it was gone. */
  endingNs: Nanoseconds | undefined;
  undoneNs: Nanoseconds | undefined;
};

export type FaultPorts = {
  world: World;
  clock: Clock;
  beginNs: Nanoseconds;
  /** Ends every wait: what is injected is undone at once. */
  abort: AbortSignal;
  event(text: string): void;
};

/** An order that is waited for comes this soon, or the fault goes ahead without it. */
const ORDER_WAIT_NS = 10_000_000_000;
const POLL_NS = 1_000_000;
const ORDER_MESSAGES = ['D', 'G', 'F'].map(type => `\u000135=${type}\u0001`);

/** Those of one target in turn: one that came late, or took long to undo, delays the next. */
export async function playFaults(
  faults: readonly Fault[],
  ports: FaultPorts,
): Promise<PlayedFault[]> {
  const targets = new Set(faults.map(({ target }) => target));
  const playing = [...targets].map(async target => {
    const played: PlayedFault[] = [];
    const own = faults.filter(fault => fault.target === target).sort((a, b) => a.at - b.at);
    for (const fault of own) played.push(await playFault(fault, ports));
    return played;
  });
  const settled = await Promise.allSettled(playing);
  return settled.flatMap(one => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

async function playFault(fault: Fault, ports: FaultPorts): Promise<PlayedFault> {
  const { clock, beginNs, abort, event } = ports;
  const played: PlayedFault = {
    ...{ fault, requestedNs: undefined, injectedNs: undefined },
    ...{ endingNs: undefined, undoneNs: undefined },
  };
  await waitUntil(clock, beginNs + fault.at, abort);
  if (fault.on === 'order') await nextOrder(ports);
  if (abort.aborted) return played;
  const name = faultName(fault);
  let impostor: Impostor | undefined;
  // Before the injection: a fault that failed half way is undone as well.
  try {
    event(name);
    played.requestedNs = clock.nowNs();
    impostor = await inject(fault, ports.world);
    if (fault.kind === 'higher-number') await ports.world.operators!.untilHalted(abort);
    played.injectedNs = clock.nowNs();
    await waitUntil(clock, played.injectedNs + fault.for, abort);
  } finally {
    played.endingNs = clock.nowNs();
    await impostor?.close();
    await undo(fault, ports.world);
    played.undoneNs = clock.nowNs();
    event(`${name}: undone`);
  }
  return played;
}

/** Whoever stands in the place of a process from then on, if anybody does. */
async function inject(fault: Fault, world: World): Promise<Impostor | undefined> {
  if (fault.target === 'operator') {
    await tighten(fault, world.operators!);
    return undefined;
  }
  if (fault.target === 'feed') {
    await spoil(fault, world.relay);
    return undefined;
  }
  if (fault.target === 'exchange') {
    world.bridge!.begin(fault.kind);
    return undefined;
  }
  if (fault.target === 'broker') {
    if (fault.kind === 'ahead') world.brokers!.setClock(fault.by);
    else await world.brokers!.fail(fault.kind, placeOfTicks(world.relay.instruments[0]!.symbol));
    return undefined;
  }
  if (fault.target === 'gateway' && world.pair !== undefined) {
    if (fault.kind === 'upgrade') await world.pair.beginUpgrade(underVersion(fault.to));
    else await world.pair.fail(fault.kind);
    return;
  }
  const process = world.process(fault.target);
  switch (fault.kind) {
    case 'kill':
    case 'higher-number':
      process.expectEnd();
      process.signal('SIGKILL');
      await process.exited;
      return fault.kind === 'kill' ? undefined : world.impersonate();
    case 'stop':
      process.signal('SIGSTOP');
      return undefined;
    case 'disk-full':
      limitFiles(process.pid, FULL_BYTES);
      return undefined;
    case 'upgrade':
      await process.stop();
      return undefined;
  }
}

async function undo(fault: Fault, world: World): Promise<void> {
  if (fault.target === 'operator') {
    await loosen(fault, world.operators!);
    return;
  }
  if (fault.target === 'feed') {
    await unspoil(fault, world.relay);
    return;
  }
  if (fault.target === 'exchange') {
    world.bridge!.end(fault.kind);
    return;
  }
  if (fault.target === 'broker') {
    if (fault.kind === 'ahead') world.brokers!.setClock(0);
    else await world.brokers!.recover();
    return;
  }
  if (fault.target === 'gateway' && world.pair !== undefined) {
    if (fault.kind === 'upgrade') await world.pair.endUpgrade(underVersion(fault.to));
    else await world.pair.rejoin();
    return;
  }
  switch (fault.kind) {
    case 'kill':
      await world.restart(fault.target);
      break;
    case 'higher-number':
      await world.restart(fault.target);
      await world.operators!.agreeOnNumber();
      break;
    case 'stop':
      world.process(fault.target).signal('SIGCONT');
      break;
    case 'disk-full':
      limitFiles(world.process(fault.target).pid, 'unlimited');
      break;
    case 'upgrade':
      await world.restart(fault.target, underVersion(fault.to));
      break;
  }
}

type FeedFault = Extract<Fault, { target: 'feed' }>;

async function spoil(fault: FeedFault, relay: FeedRelay): Promise<void> {
  switch (fault.kind) {
    case 'disconnect':
      await relay.disconnect();
      return;
    case 'ahead':
      relay.skew(fault.by);
      return;
    case 'behind':
      relay.skew(-fault.by);
      return;
    case 'drift':
      relay.drift(fault.by, fault.for);
      return;
    default:
      relay.disturb(fault.kind, fault.share);
  }
}

async function unspoil({ kind }: FeedFault, relay: FeedRelay): Promise<void> {
  switch (kind) {
    case 'disconnect':
      await relay.reconnect();
      return;
    case 'ahead':
    case 'behind':
    case 'drift':
      relay.skew(0);
      return;
    default:
      relay.undisturb(kind);
  }
}

const underVersion = (version: number) => ['--step-version', String(version)];

type OperatorFault = Extract<Fault, { target: 'operator' }>;

async function tighten(fault: OperatorFault, { tighten: apply, setLimit }: Operators) {
  const { scope } = fault;
  if (fault.kind === 'kill') await apply({ kind: 'state', scope, state: 'halted' });
  else await setLimit({ scope, name: fault.limit, hard: fault.hard });
}

async function loosen(fault: OperatorFault, { loosen: apply, restoreLimits }: Operators) {
  if (fault.kind === 'limit') await restoreLimits();
  else await apply({ kind: 'state', scope: fault.scope, state: 'active' });
}

/** Until the venue has received one more order message. */
async function nextOrder({ world, clock, abort }: FaultPorts): Promise<void> {
  const file = join(world.folders.trading, 'fix', 'venue-received.fix');
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const untilNs = clock.nowNs() + ORDER_WAIT_NS;
  let seen = size();
  while (clock.nowNs() < untilNs && !abort.aborted) {
    await waitUntil(clock, clock.nowNs() + POLL_NS, abort);
    if (size() === seen) continue;
    const bytes = readFileSync(file, 'latin1');
    if (ORDER_MESSAGES.some(type => bytes.includes(type, seen))) return;
    seen = bytes.length;
  }
}
