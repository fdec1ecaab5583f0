/** From what a group of edges left to its verdict: raw values, invariants, thresholds. */
import { MILLISECOND_NS } from '#engine';
import { judgeTicks } from '../../edge-group/tick-checker.ts';
import type { EdgeScenario } from '../file/edge-scenario.ts';
import type { JudgedInvariant } from '../invariants/invariant.ts';
import { emptyMeasured } from '../measure/metric.ts';
import { neverCrashed, type Verdict, verdictOf } from '../verdict.ts';
import type { PlayedEdges } from './play-edges.ts';

export function judgeEdges(scenario: EdgeScenario, played: PlayedEdges): Verdict {
  const measured = emptyMeasured();
  for (const { fault, injectedNs, tookNs } of played.faults) {
    const metric = fault.kind === 'leave' ? 'edge-leave' : 'edge-takeover';
    measured[metric].push({ atNs: injectedNs - played.beginNs, value: tookNs });
  }
  const { goesOnWithin } = scenario.invariants;
  const invariants = [
    neverCrashed(played.crashes, 'no edge ended that was not killed or told to leave'),
    ticksTakenOnce(played),
    ...(goesOnWithin === undefined ? [] : [goesOn(played, goesOnWithin)]),
  ];
  return verdictOf(scenario, { invariants, measured, played });
}

function ticksTakenOnce({ seen }: PlayedEdges): JudgedInvariant {
  const claim = 'each tick was taken once, in order, and no forecast was settled twice';
  const checked = [...seen.ticks.values()].reduce((sum, ticks) => sum + ticks.length, 0);
  return { name: 'ticksTakenOnce', claim, checked, violations: judgeTicks(seen) };
}

function goesOn({ faults }: PlayedEdges, withinNs: number): JudgedInvariant {
  const claim = `others went on within ${withinNs / MILLISECOND_NS} ms`;
  const late = faults.filter(({ tookNs }) => tookNs > withinNs);
  const violations = late.map(
    ({ fault, tookNs }) => `edge ${fault.kind}: after ${tookNs / MILLISECOND_NS} ms`,
  );
  return { name: 'goesOnWithin', claim, checked: faults.length, violations };
}
