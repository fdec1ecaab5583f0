/** From what a group of edges left to its verdict: raw values, invariants, thresholds. */
import { MILLISECOND_NS } from '#engine';
import { judgeTicks } from '../../edge-group/tick-checker.ts';
import type { EdgeScenario } from '../file/edge-scenario.ts';
import type { JudgedInvariant } from '../invariants/invariant.ts';
import type { Verdict } from '../judge.ts';
import { judgeThreshold } from '../measure/judge-threshold.ts';
import { emptyMeasured } from '../measure/metric.ts';
import type { PlayedEdges } from './play-edges.ts';

export function judgeEdges(scenario: EdgeScenario, played: PlayedEdges): Verdict {
  const measured = emptyMeasured();
  for (const { fault, injectedNs, tookNs } of played.faults) {
    const metric = fault.kind === 'leave' ? 'edge-leave' : 'edge-takeover';
    measured[metric].push({ atNs: injectedNs - played.beginNs, value: tookNs });
  }
  const [{ name = 'stage 1', for: toNs }] = scenario.load as [EdgeScenario['load'][number]];
  const stages = [{ name, fromNs: 0, toNs }];
  const lengthNs = played.endNs - played.beginNs;
  const { goesOnWithin } = scenario.invariants;
  return {
    invariants: [
      neverCrashed(played),
      ticksTakenOnce(played),
      ...(goesOnWithin === undefined ? [] : [goesOn(played, goesOnWithin)]),
    ],
    thresholds: scenario.thresholds.map(threshold =>
      judgeThreshold(threshold, measured, { stages, lengthNs }),
    ),
    ...{ measured, stages },
  };
}

function neverCrashed({ crashes }: PlayedEdges): JudgedInvariant {
  const claim = 'no edge ended that was not killed or told to leave';
  return { name: 'processesLive', claim, checked: 1, violations: [...crashes] };
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
