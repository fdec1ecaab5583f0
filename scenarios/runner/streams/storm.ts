/** Members of a group that die, stand still and leave, and come back, each for itself. */
import {
  type Clock,
  MILLISECOND_NS,
  type Nanoseconds,
  type SeededRandom,
  seededRandom,
} from '#engine';
import type { StreamScenario } from '../file/stream-scenario.ts';
import { waitUntil } from '../play/wait.ts';
import type { MemberFailure, Members } from './members.ts';

export type StormPorts = {
  readonly scenario: StreamScenario;
  readonly members: Members;
  readonly clock: Clock;
  readonly untilNs: Nanoseconds;
  readonly abort: AbortSignal;
  /** When each failure was, milliseconds since 1970. */
  readonly failuresMs: number[];
  event(text: string): void;
};

const KINDS: readonly MemberFailure[] = ['kill', 'leave', 'stop'];
const PAUSE_MS = { least: 500, most: 2_500 };
/** A member that is not back by then is failed again nevertheless. */
const JOIN_MS = 15_000;
const AWAY_MS = { least: 100, most: 4_000 };

/** Whoever is away when it ends comes back first. */
export async function storm(ports: StormPorts): Promise<void> {
  const { scenario } = ports;
  const random = seededRandom(`${scenario.seed} storm`);
  const others = Array.from({ length: scenario.streams.members - 1 }, (_, at) => at + 1);
  await Promise.all(others.map(index => failAgain(index, ports, random.split(String(index)))));
}

async function failAgain(index: number, ports: StormPorts, random: SeededRandom): Promise<void> {
  const { members, clock, untilNs, abort, failuresMs, event, scenario } = ports;
  const wait = (ms: number) => waitUntil(clock, clock.nowNs() + ms * MILLISECOND_NS, abort);
  const between = ({ least, most }: typeof PAUSE_MS) => least + (random.nextU32() % (most - least));
  const isOver = () => abort.aborted || clock.nowNs() >= untilNs;
  // Each kind comes as often as another, in whatever order.
  for (let turn = random.nextU32(); !isOver(); turn++) {
    await wait(between(PAUSE_MS));
    if (isOver()) return;
    const kind = KINDS[turn % KINDS.length]!;
    event(`member ${index + 1}: ${kind}`);
    failuresMs.push(Date.now());
    await members.fail(index, kind);
    try {
      const pastSession = kind === 'stop' ? scenario.streams.session : 0;
      await wait(pastSession + between(AWAY_MS));
    } finally {
      await members.recover(index, kind);
    }
    // One that never got a task would fail without anybody's noticing.
    await Promise.race([members.joined(index), wait(JOIN_MS)]);
  }
}
