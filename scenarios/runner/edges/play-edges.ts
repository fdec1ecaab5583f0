/** Plays a scenario of edges: a group, its ticks, one edge after another lost and brought back. */
import { type Clock, MILLISECOND_NS, type Nanoseconds } from '#engine';
import { type EdgeGroup, startEdgeGroup } from '../../edge-group/edge-group.ts';
import type { Seen } from '../../edge-group/tick-checker.ts';
import type { EdgeFault, EdgeScenario } from '../file/edge-scenario.ts';
import { waitUntil } from '../play/wait.ts';

export type PlayedEdgeFault = {
  readonly fault: EdgeFault;
  readonly injectedNs: Nanoseconds;
  undoneNs: Nanoseconds | undefined;
  /** Until others had gone on with all of it. */
  tookNs: Nanoseconds;
};

/** What there is to judge; times on the clock of the harness. */
export type PlayedEdges = {
  readonly beginNs: Nanoseconds;
  readonly endNs: Nanoseconds;
  readonly faults: readonly PlayedEdgeFault[];
  readonly crashes: readonly string[];
  readonly seen: Seen;
};

export type PlayEdgesOptions = {
  readonly clock: Clock;
  readonly abort: AbortSignal;
  event(text: string): void;
};

/** Rejects where processes cannot be started, or with the reason of the abort. */
export async function playEdges(
  scenario: EdgeScenario,
  options: PlayEdgesOptions,
): Promise<PlayedEdges> {
  const { clock, abort, event } = options;
  const { brokers: nodes, edges, load, seed } = scenario;
  const [{ rate: ticksPerSecond, for: lengthNs }] = load as [EdgeScenario['load'][number]];
  const group = await startEdgeGroup({
    ...{ nodes, members: edges.members, sessionTimeoutMs: edges.session, ticksPerSecond },
    ...{ abort, seed: `edges ${seed}` },
  });
  try {
    await group.settled();
    const beginNs = clock.nowNs();
    event('the group is whole');
    const faults: PlayedEdgeFault[] = [];
    for (const fault of scenario.faults) {
      await waitUntil(clock, beginNs + fault.at, abort);
      abort.throwIfAborted();
      faults.push(await playFault(fault, group, options));
    }
    await waitUntil(clock, beginNs + lengthNs, abort);
    abort.throwIfAborted();
    await group.finish();
    const endNs = clock.nowNs();
    event('every tick is taken');
    return { beginNs, endNs, faults, crashes: group.crashes, seen: group.watch };
  } finally {
    await group.close();
  }
}

async function playFault(
  fault: EdgeFault,
  group: EdgeGroup,
  { clock, abort, event }: PlayEdgesOptions,
): Promise<PlayedEdgeFault> {
  const edge = group.busiest();
  const injectedNs = clock.nowNs();
  event(`edge ${edge}: ${fault.kind}`);
  const tookMs = await group.lose(edge, fault.kind);
  event(`others have gone on after ${tookMs} ms`);
  await waitUntil(clock, clock.nowNs() + fault.for, abort);
  await group.bringBack(edge);
  const undoneNs = clock.nowNs();
  await group.settled();
  event(`edge ${edge} is back`);
  return { fault, injectedNs, undoneNs, tookNs: tookMs * MILLISECOND_NS };
}
