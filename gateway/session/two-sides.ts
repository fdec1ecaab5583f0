/** Two sessions back to back over a connection that may end at any moment, for property tests. */
import type { Nanoseconds } from '#engine';
import { type SessionConfig, sessionConfig } from './config.ts';
import type { DisconnectReason, SessionEffect, SessionEvent } from './event.ts';
import { memoryStore } from './memory-store.ts';
import { ORIGIN_NS } from './session-script.ts';
import { newSession, type SessionState } from './state.ts';
import { stepSession } from './step.ts';
import type { SentStore } from './store.ts';

export type Side = {
  state: SessionState;
  /** Ids of the orders sent and of those delivered, in order. */
  sent: string[];
  delivered: string[];
  /** Whole messages on their way from this side. */
  wire: Buffer[];
  dueNs: Nanoseconds;
  /** Everything that happened to this side, and every byte it answered. */
  events: SessionEvent[];
  output: Buffer[];
  reasons: DisconnectReason[];
};

export type Action =
  /** Both sides see it; what is under way when it is cut is lost, as whole messages. */
  | { kind: 'connect' | 'cut' }
  | { kind: 'send' | 'logout'; from: 0 | 1 }
  /** Up to `count` messages of a side arrive at the other one. */
  | { kind: 'arrive'; from: 0 | 1; count: number }
  /** Time passes, and timers fire when they are due. */
  | { kind: 'wait'; durationNs: Nanoseconds };

export type TwoSides = { nowNs: Nanoseconds; sides: readonly [Side, Side]; isUp: boolean };

type SideOptions = Partial<SessionConfig> & { store?: SentStore };

export function twoSides(initiator: SideOptions = {}, acceptor: SideOptions = {}): TwoSides {
  const sides = [
    newSide({ senderCompId: 'GATEWAY', targetCompId: 'VENUE', role: 'initiator' }, initiator),
    newSide({ senderCompId: 'VENUE', targetCompId: 'GATEWAY', role: 'acceptor' }, acceptor),
  ] as const;
  return { nowNs: 0, sides, isUp: false };
}

export function perform(world: TwoSides, action: Action): void {
  switch (action.kind) {
    case 'connect':
      connect(world);
      break;
    case 'cut':
      if (world.isUp) cut(world);
      break;
    case 'logout':
      act(world, world.sides[action.from], { kind: 'logout', timeNs: world.nowNs });
      break;
    case 'send':
      send(world, world.sides[action.from]);
      break;
    case 'arrive':
      arrive(world, action.from, action.count);
      break;
    case 'wait':
      wait(world, action.durationNs);
      break;
  }
}

/** Lets everything arrive and reconnects as often as needed, until nothing more can happen. */
export function settle(world: TwoSides): void {
  for (let round = 0; round < 40; round++) {
    connect(world);
    while (world.isUp && world.sides.some(side => side.wire.length > 0)) {
      arrive(world, 0, 1);
      arrive(world, 1, 1);
    }
    wait(world, 2e9);
  }
}

function connect(world: TwoSides): void {
  if (world.isUp) return;
  world.isUp = true;
  for (const side of world.sides) act(world, side, { kind: 'connected', timeNs: world.nowNs });
}

function cut(world: TwoSides): void {
  world.isUp = false;
  for (const side of world.sides) {
    side.wire = [];
    act(world, side, { kind: 'disconnected', timeNs: world.nowNs });
  }
}

/** An order whose id says which side's it is and the how many-th. */
function send(world: TwoSides, side: Side): void {
  const clOrdId = `${side.state.config.role}-${side.sent.length}`;
  const order = { clOrdId, postOnly: false, orderQty: '1', price: '2', symbol: 'X' } as const;
  const transactTime = '20260921-00:00:00.000';
  side.sent.push(clOrdId);
  act(world, side, {
    kind: 'send',
    timeNs: world.nowNs,
    message: { msgType: 'D', side: '1', ...order, transactTime },
  });
}

function arrive(world: TwoSides, from: 0 | 1, count: number): void {
  const receiver = world.sides[from === 0 ? 1 : 0];
  for (let arrived = 0; arrived < count && world.isUp; arrived++) {
    const bytes = world.sides[from].wire.shift();
    if (bytes === undefined) return;
    act(world, receiver, { kind: 'message', timeNs: world.nowNs, bytes });
  }
}

function wait(world: TwoSides, durationNs: Nanoseconds): void {
  const endNs = world.nowNs + durationNs;
  for (;;) {
    const [first, second] = world.sides;
    const next = first.dueNs <= second.dueNs ? first : second;
    if (next.dueNs > endNs) break;
    world.nowNs = Math.max(world.nowNs, next.dueNs);
    next.dueNs = Number.POSITIVE_INFINITY;
    act(world, next, { kind: 'timer', timeNs: world.nowNs });
  }
  world.nowNs = endNs;
}

function newSide(
  names: Pick<SessionConfig, 'role' | 'senderCompId' | 'targetCompId'>,
  { store = memoryStore(), ...given }: SideOptions,
): Side {
  const config = sessionConfig({ ...names, originNs: ORIGIN_NS, heartbeatNs: 10e9, ...given });
  return {
    state: newSession(config, store),
    ...{ sent: [], delivered: [], wire: [], events: [], output: [], reasons: [] },
    dueNs: Number.POSITIVE_INFINITY,
  };
}

function act(world: TwoSides, side: Side, event: SessionEvent): void {
  const effects: SessionEffect[] = [];
  side.events.push(event);
  stepSession(side.state, event, effects);
  side.state.store.commit();
  let isEnding = false;
  for (const effect of effects) {
    if (effect.kind === 'send') {
      side.output.push(effect.bytes);
      if (world.isUp) side.wire.push(effect.bytes);
    } else if (effect.kind === 'deliver' && effect.message.msgType === 'D') {
      side.delivered.push(effect.message.clOrdId);
    } else if (effect.kind === 'timer') {
      side.dueNs = effect.dueNs;
    } else if (effect.kind === 'disconnect') {
      side.reasons.push(effect.reason);
      isEnding = true;
    }
  }
  if (isEnding && world.isUp) endAfterWire(world, side);
}

/** The last bytes of the side that leaves still arrive. */
function endAfterWire(world: TwoSides, side: Side): void {
  arrive(world, world.sides[0] === side ? 0 : 1, side.wire.length);
  if (world.isUp) cut(world);
}
