/** Failures at an exact system call of the gateway: killed, stopped or refused by the shim. */
import { constants } from 'node:os';
import type { SeededRandom } from '#engine';
import type { Fault, FaultAction, FaultTarget } from '../fault-control.ts';
import type { World } from '../world.ts';
import {
  between,
  type Failure,
  type FailureGroup,
  FailureMissed,
  pause,
  waitFor,
} from './failure.ts';

/** Until a gateway that trades has come to its point. */
const REACH_MS = 4_000;
/** Until a gateway is ready, or has ended because it cannot be. */
const START_MS = 15_000;
/** A gateway that cannot write may end; one that lives on after this has chosen to. */
const DECIDE_MS = 250;
const CALLS_MAX = 8;
const PART_BYTES_MAX = 160;
/** In one of so many cases it is dead long enough for its orders to be too old to be sent. */
const LATE_ONE_IN = 5;
const LATE_MS = 1_150;

/**
 *  a write to the log: length u32 | crc u32 | time 8 | kind u8 | ...
 *                                                      '- byte 16
 */
const KIND_AT = 16;
const KIND = { restarted: 1, connected: 2, inbound: 4, signal: 7 } as const;

const LOG = '/gateway.log/';
const SENT_FILE = '/outbound.fix';
const SNAPSHOTS = '/snapshots/';

type Point = (world: World) => FaultTarget;

const record =
  (kind?: keyof typeof KIND): Point =>
  () => {
    const byte = kind && { at: KIND_AT, is: KIND[kind] };
    return { operation: 'write', path: LOG, byte };
  };
const sentFile: Point = () => ({ operation: 'write', path: SENT_FILE });
const snapshot: Point = () => ({ operation: 'write', path: SNAPSHOTS });
const snapshotSync: Point = () => ({ operation: 'sync', path: SNAPSHOTS });
const sync: Point = () => ({ operation: 'sync', path: LOG });
const send: Point = ({ recorder: { port } }) => ({ operation: 'send', port });
const receive: Point = ({ recorder: { port } }) => ({ operation: 'receive', port });

type Kill = 'kill-before' | 'kill-partly' | 'kill-after';

/** Killed while it trades, at one of its next calls of this sort. */
function killed(
  group: FailureGroup,
  [name, point, kind]: [string, Point, Kill],
  callsMax = CALLS_MAX,
): Failure {
  return {
    ...{ name: `${name}, ${kind.replace('kill-', 'killed ')}`, group },
    async inflict(world, random) {
      const call = between(random, 1, callsMax);
      await reach(world, { target: point(world), call, action: actionOf(kind, random) });
      await world.gateway?.exited;
      world.fault.disarm();
      if (between(random, 1, LATE_ONE_IN) === 1) await pause(LATE_MS);
    },
  };
}

function actionOf(kind: Kill, random: SeededRandom): FaultAction {
  return kind === 'kill-partly' ? { kind, bytes: between(random, 1, PART_BYTES_MAX) } : { kind };
}

/** Killed once, and again at this call of the process that takes up its log. */
function killedAgain([name, point, kind]: [string, Point, Kill], calls: number): Failure {
  return {
    ...{ name: `${name}, ${kind.replace('kill-', 'killed ')}`, group: 'start' },
    async inflict(world, random) {
      await world.killGateway();
      const action = actionOf(kind, random);
      world.fault.arm({ target: point(world), call: between(random, 1, calls), action });
      await startOrEnd(world);
      const isDead = await waitFor(() => world.fault.hasFired, REACH_MS);
      world.fault.disarm();
      if (!isDead) throw new FailureMissed(name);
      await world.gateway?.exited;
    },
  };
}

/** It may end before it says that it is ready, but it must do one of them. */
async function startOrEnd(world: World): Promise<void> {
  const late = pause(START_MS).then(() => 'late');
  const ended = world.startGateway().catch(() => {});
  if ((await Promise.race([late, ended])) !== 'late') return;
  await world.killGateway();
  throw new Error(`the gateway has neither started nor ended after ${START_MS} ms`);
}

/** The disk says no while it trades: it may end or go on, but not send what is not kept. */
function refused(
  [name, point]: [string, Point],
  action: FaultAction,
  callsMax = CALLS_MAX,
): Failure {
  return {
    ...{ name, group: 'disk' },
    async inflict(world, random) {
      await reach(world, { target: point(world), call: between(random, 1, callsMax), action });
      await pause(DECIDE_MS);
      world.fault.disarm();
      await pause(DECIDE_MS);
    },
  };
}

const syncRefusedAtStart: Failure = {
  ...{ name: 'sync at start fails (EIO)', group: 'start' },
  async inflict(world, random) {
    await world.killGateway();
    const action = { kind: 'fail', errno: constants.errno.EIO } as const;
    world.fault.arm({ target: sync(world), call: between(random, 1, 1), action });
    await startOrEnd(world);
    const { hasFired } = world.fault;
    world.fault.disarm();
    if (!hasFired) throw new FailureMissed('sync at start');
  },
};

/** SIGSTOP at this call, SIGCONT a while later. */
function stopped(
  [name, point, kind]: [string, Point, 'stop-before' | 'stop-after'],
  [leastMs, mostMs]: [number, number],
): Failure {
  return {
    ...{ name: `${name}, ${kind.replace('stop-', 'stopped ')}`, group: 'process' },
    async inflict(world, random) {
      const call = between(random, 1, CALLS_MAX);
      await reach(world, { target: point(world), call, action: { kind } });
      await pause(between(random, leastMs, mostMs));
      world.fault.disarm();
      world.gateway?.signal('SIGCONT');
    },
  };
}

async function reach({ fault }: World, what: Fault): Promise<void> {
  fault.arm(what);
  if (await waitFor(() => fault.hasFired, REACH_MS)) return;
  fault.disarm();
  throw new FailureMissed(JSON.stringify(what));
}

const KILLS: readonly Kill[] = ['kill-before', 'kill-partly', 'kill-after'];
const WHOLE: readonly Kill[] = ['kill-before', 'kill-after'];
const { ENOSPC, EIO } = constants.errno;

export const FAILURES_AT_CALLS: readonly Failure[] = [
  ...KILLS.map(kind => killed('journal', ['record of a signal', record('signal'), kind])),
  ...KILLS.map(kind => killed('journal', ['record of what came in', record('inbound'), kind])),
  ...KILLS.map(kind => killed('send', ['send to the venue', send, kind])),
  ...KILLS.map(kind => killed('send', ['file of what was sent', sentFile, kind])),
  ...KILLS.map(kind => killed('snapshot', ['snapshot', snapshot, kind], 1)),
  ...WHOLE.map(kind => killed('snapshot', ['sync of a snapshot', snapshotSync, kind], 1)),
  ...WHOLE.map(kind => killed('receive', ['receive from the venue', receive, kind])),
  ...WHOLE.map(kind => killedAgain(['sync at start', sync, kind], 1)),
  ...KILLS.map(kind => killedAgain(['record of the restart', record('restarted'), kind], 1)),
  ...KILLS.map(kind => killedAgain(['record of the connection', record('connected'), kind], 1)),
  ...KILLS.map(kind => killedAgain(['send of the Logon', send, kind], 1)),
  ...WHOLE.map(kind => killedAgain(['receive after the Logon', receive, kind], 3)),
  syncRefusedAtStart,
  refused(['log write fails once (ENOSPC)', record()], { kind: 'fail', errno: ENOSPC }),
  refused(['log writes fail for a while (ENOSPC)', record()], { kind: 'fail-on', errno: ENOSPC }),
  refused(['log write fails once (EIO)', record()], { kind: 'fail', errno: EIO }),
  refused(['log write is short', record()], { kind: 'short', bytes: 20 }),
  refused(['file of what was sent fails (ENOSPC)', sentFile], { kind: 'fail-on', errno: ENOSPC }),
  refused(['snapshot fails (ENOSPC)', snapshot], { kind: 'fail', errno: ENOSPC }, 1),
  refused(['sync of a snapshot fails (EIO)', snapshotSync], { kind: 'fail', errno: EIO }, 1),
  stopped(['record', record(), 'stop-after'], [20, 400]),
  stopped(['send to the venue', send, 'stop-before'], [20, 400]),
  stopped(['send to the venue', send, 'stop-after'], [1_200, 2_600]),
];
