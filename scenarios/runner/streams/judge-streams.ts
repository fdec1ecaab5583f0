/** From what a group left to its verdict: raw values, invariants, thresholds. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import { partitionOfKey } from '#engine/broker';
import type { StreamScenario } from '../file/stream-scenario.ts';
import { judgeBars } from '../invariants/bars-exact.ts';
import type { JudgedInvariant } from '../invariants/invariant.ts';
import { judgeHotAgain, judgeLags, judgeWithin } from '../invariants/result-delay.ts';
import { judgeSilence } from '../invariants/silence.ts';
import { emptyMeasured, type MetricName, type Sample } from '../measure/metric.ts';
import { neverCrashed, spansOf, type Verdict, verdictOf } from '../verdict.ts';
import { HOT_KEY } from './load-source.ts';
import type { PlayedStreams } from './play-streams.ts';
import { rulesOf } from './read-streams.ts';

export function judgeStreams(scenario: StreamScenario, played: PlayedStreams): Verdict {
  const measured = measureStreams(scenario, played);
  const live = neverCrashed(played.crashes, 'no member ended that was not killed or sent away');
  const invariants = [live, ...invariantsOf(scenario, played, measured)];
  return verdictOf(scenario, { invariants, measured, played });
}

type Measured = Record<MetricName, Sample[]>;

function measureStreams(scenario: StreamScenario, played: PlayedStreams): Measured {
  const { records, generations, failuresMs } = played;
  const measured = emptyMeasured();
  const at = (ms: number) => sinceBegin(played, ms);
  // A partition is worked off in order: whoever shares the hot key's waits with it.
  const isHot = (key: string) => partitionOf(key, scenario) === partitionOf(HOT_KEY, scenario);
  for (const { key, sentMs, atMs } of records.bars) {
    const value = Math.max(0, atMs - sentMs) * MILLISECOND_NS;
    measured[isHot(key) ? 'hot-result' : 'result'].push({ atNs: at(sentMs), value });
  }
  const count = (name: MetricName, times: Iterable<number>) => {
    for (const ms of times) measured[name].push({ atNs: at(ms), value: 1 });
  };
  count(
    'late-records',
    records.late.map(({ atMs }) => atMs),
  );
  count(
    'dead-letters',
    records.dead.map(({ atMs }) => atMs),
  );
  count('member-failures', failuresMs);
  // The first is that of the start.
  count(
    'rebalances',
    [...generations.values()].filter(ms => at(ms) > 0),
  );
  return measured;
}

const sinceBegin = ({ beginNs, originMs }: PlayedStreams, ms: number): Nanoseconds =>
  (ms - originMs) * MILLISECOND_NS - beginNs;

function invariantsOf(
  scenario: StreamScenario,
  played: PlayedStreams,
  measured: Measured,
): JudgedInvariant[] {
  const { invariants, streams } = scenario;
  const { records, sent, beginNs, endNs } = played;
  const judged = [judgeBars({ sent, ...records }, rulesOf(scenario))];
  const { resultSilenceAtMost, othersWithin, othersLagAtMost, hotAgainWithin } = invariants;
  if (resultSilenceAtMost !== undefined) {
    const timesNs = [...records.bars, ...records.late]
      .map(({ atMs }) => sinceBegin(played, atMs))
      .filter(ns => ns < endNs - beginNs)
      .sort((a, b) => a - b);
    const of = { what: 'result', name: 'resultSilenceAtMost' } as const;
    const bounds = { lengthNs: endNs - beginNs, atMostNs: resultSilenceAtMost };
    judged.push(judgeSilence(timesNs, { ...of, ...bounds }));
  }
  if (othersWithin !== undefined) judged.push(judgeWithin(measured.result, othersWithin));
  if (othersLagAtMost !== undefined) {
    const hot = partitionOf(HOT_KEY, scenario);
    judged.push(judgeLags(played.lags, { hot, atMost: othersLagAtMost }));
  }
  if (hotAgainWithin !== undefined) {
    const overNs = spansOf(scenario.load).find(({ name }) => name === streams.hot.stage)!.toNs;
    judged.push(judgeHotAgain(measured['hot-result'], { overNs, withinNs: hotAgainWithin }));
  }
  return judged;
}

const partitionOf = (key: string, { streams }: StreamScenario) =>
  partitionOfKey(Buffer.from(key), streams.partitions, 'key-group');
