/** Failures of a pair of gateways: either node at its calls, a hang, a cut, the witness. */
import type { Forwarder, SeededRandom } from '#engine';
import type { FaultAction, FaultTarget } from '../fault-control.ts';
import type { PairNode, PairWorld } from '../pair-world.ts';
import { between, type Failure, FailureMissed, pause, waitFor } from './failure.ts';

type PairFailure = Failure<PairWorld>;

const REACH_MS = 6_000;
const CALLS_MAX = 8;
const PART_BYTES_MAX = 160;
const LOG = '/gateway.log/';
/** Ended earlier, once what is waited for has happened. */
const SILENCE_MS = 60_000;
const PAST_SILENCE_MS = 20_000;
/** Longer than any lease. */
const PAST_LEASE_MS = [2_600, 4_000] as const;

type Role = 'primary' | 'standby';
type Kill = 'kill-before' | 'kill-partly' | 'kill-after';
type Point = (world: PairWorld, node: PairNode) => FaultTarget;

const record: Point = () => ({ operation: 'write', path: LOG });
const toVenue: Point = ({ recorder: { port } }) => ({ operation: 'send', port });
const fromVenue: Point = ({ recorder: { port } }) => ({ operation: 'receive', port });
/** A primary is connected to at its own port, a standby connects by its way to the other. */
const toStandby: Point = (_, { peerPort: port }) => ({ operation: 'send', port });
const fromStandby: Point = (_, { peerPort: port }) => ({ operation: 'receive', port });
const toPrimary: Point = (_, { toOther: { port } }) => ({ operation: 'send', port });
const fromPrimary: Point = (_, { toOther: { port } }) => ({ operation: 'receive', port });

/** Killed at one of its next calls of this sort. */
function killed(role: Role, [name, point, kind]: [string, Point, Kill]): PairFailure {
  return {
    ...{ name: `${role}: ${name}, ${kind.replace('kill-', 'killed ')}`, group: role },
    async inflict(world, random) {
      const node = (await world.roles())[role];
      const bytes = between(random, 1, PART_BYTES_MAX);
      const action: FaultAction = kind === 'kill-partly' ? { kind, bytes } : { kind };
      node.fault.arm({ target: point(world, node), call: between(random, 1, CALLS_MAX), action });
      const isDead = await waitFor(() => node.fault.hasFired, REACH_MS);
      node.fault.disarm();
      if (!isDead) throw new FailureMissed(name);
      await node.process.process?.exited;
    },
  };
}

function acted(
  name: string,
  group: PairFailure['group'],
  act: (world: PairWorld, random: SeededRandom) => Promise<void>,
): PairFailure {
  return { name, group, inflict: act };
}

function stopped(role: Role, name: string, [leastMs, mostMs]: readonly [number, number]) {
  return acted(`${role}: ${name}`, role, async (world, random) => {
    const { process } = (await world.roles())[role].process;
    process?.signal('SIGSTOP');
    await pause(between(random, leastMs, mostMs));
    process?.signal('SIGCONT');
  });
}

/** The standby's way to the primary. */
function onTheWay(
  name: string,
  act: (node: PairNode, random: SeededRandom) => Promise<void>,
): PairFailure {
  return acted(`between the nodes: ${name}`, 'network', async (world, random) => {
    await act((await world.roles()).standby, random);
  });
}

const MS = 1_000_000;

const stalledFor = (node: PairNode, ms: number) => {
  node.toOther.stall('both', ms * MS);
  return pause(ms);
};

type Direction = 'up' | 'down' | 'both';

/** Nothing is handed on, and nothing is closed, until well past the lease. */
async function silenced(ways: readonly [Forwarder, Direction][], random: SeededRandom) {
  const ms = between(random, ...PAST_LEASE_MS);
  for (const [way, direction] of ways) way.stall(direction, ms * MS);
  await pause(ms);
}

/**
 * Neither node sees a connection close. The primary ends by itself, and the other trades; that the
 * one had stopped before the other began, the venue's bytes say.
 */
async function cutOff(world: PairWorld, direction: Direction): Promise<void> {
  const { primary, standby } = await world.roles();
  primary.process.process?.expectEnd();
  const ways = [primary.toWitness, standby.toOther];
  for (const way of ways) way.stall(direction, SILENCE_MS * MS);
  const isOver = await waitFor(() => !primary.process.isAlive, PAST_SILENCE_MS);
  if (!isOver) throw new Error('the primary outlived its lease');
  const trades = async () => (await standby.status())?.isTrading === true;
  if (!(await waitFor(trades, PAST_SILENCE_MS))) throw new Error('nobody took over');
  for (const way of ways) way.resume();
}

const KILLS: readonly Kill[] = ['kill-before', 'kill-partly', 'kill-after'];
const WHOLE: readonly Kill[] = ['kill-before', 'kill-after'];

/** Links that go half-open: `up` is towards the primary, or the witness. */
export const SILENCES: readonly PairFailure[] = [
  ...(['up', 'down'] as const).map(direction =>
    acted(`between the nodes: silent ${direction}`, 'network', async (world, random) => {
      await silenced([[(await world.roles()).standby.toOther, direction]], random);
    }),
  ),
  ...(['up', 'down'] as const).map(direction =>
    acted(`primary and witness: silent ${direction}`, 'network', async (world, random) => {
      await silenced([[(await world.roles()).primary.toWitness, direction]], random);
    }),
  ),
  ...(['both', 'down'] as const).map(direction =>
    acted(`primary: hears nobody, ${direction} silent`, 'network', world =>
      cutOff(world, direction),
    ),
  ),
];

export const FAILURES_OF_A_PAIR: readonly PairFailure[] = [
  ...SILENCES,
  ...KILLS.map(kind => killed('primary', ['record', record, kind])),
  ...KILLS.map(kind => killed('primary', ['send to the standby', toStandby, kind])),
  ...WHOLE.map(kind => killed('primary', ['word of the standby', fromStandby, kind])),
  ...KILLS.map(kind => killed('primary', ['send to the venue', toVenue, kind])),
  ...WHOLE.map(kind => killed('primary', ['receive from the venue', fromVenue, kind])),
  ...KILLS.map(kind => killed('standby', ['record', record, kind])),
  ...WHOLE.map(kind => killed('standby', ['receive from the primary', fromPrimary, kind])),
  ...KILLS.map(kind => killed('standby', ['word to the primary', toPrimary, kind])),
  stopped('primary', 'SIGSTOP past its lease', PAST_LEASE_MS),
  stopped('primary', 'SIGSTOP for a moment', [10, 300]),
  stopped('standby', 'SIGSTOP past the lease', PAST_LEASE_MS),
  acted('primary: SIGTERM', 'primary', async world => {
    const { process } = (await world.roles()).primary;
    process.process?.expectEnd();
    process.process?.signal('SIGTERM');
    if (!(await waitFor(() => !process.isAlive, REACH_MS))) throw new Error('it did not end');
  }),
  acted('both nodes killed', 'primary', async ({ nodes }) => {
    await Promise.all([nodes.A.process.kill(), nodes.B.process.kill()]);
  }),
  onTheWay('cut', async node => node.toOther.closeAll()),
  onTheWay('half-open', async node => node.toOther.halfOpen()),
  onTheWay('stalled for a moment', (node, random) => stalledFor(node, between(random, 20, 400))),
  onTheWay('stalled past the lease', (node, random) =>
    stalledFor(node, between(random, ...PAST_LEASE_MS)),
  ),
  acted('witness killed', 'witness', async (world, random) => {
    await world.witness.kill();
    await pause(between(random, 0, 2_500));
    await world.startWitness();
  }),
  acted('witness killed, then the primary', 'witness', async world => {
    const { primary } = await world.roles();
    await world.witness.kill();
    await primary.process.kill();
    await pause(1_500);
    await world.startWitness();
  }),
  acted('witness not reached by the primary', 'witness', async (world, random) => {
    const ms = between(random, 200, PAST_LEASE_MS[1]);
    (await world.roles()).primary.toWitness.stall('both', ms * MS);
    await pause(ms);
  }),
];
