/** A measured replay as text: where and under what load, what was offered, then every segment. */

import { PERCENTILES } from '../latency/percentiles.ts';
import { SEGMENTS } from '../latency/segment.ts';
import { durationText, percentText } from '../report-html/number-text.ts';
import { textTable } from '../table.ts';
import type { Replay } from './measure.ts';

export function replayText(replay: Replay): string {
  return [...surroundings(replay), '', segmentTable(replay.latencyNs)].join('\n');
}

export function machineText({ cpu, cores, node, kernel }: Replay['host']): string {
  return `machine    ${cpu}, ${cores} cores, Node ${node}, ${kernel}`;
}

function surroundings(replay: Replay): string[] {
  const { host, idleJitterNs, offered, achieved, speculation, gc } = replay;
  const { before, during } = idleJitterNs;
  const load = (averages: number[]) => averages.map(each => each.toFixed(2)).join(' ');
  const steal = host.stealShare === null ? 'not known' : percentText(host.stealShare);
  return [
    machineText(host),
    `load       ${load(host.loadBefore)} before, ${load(host.loadAfter)} after; steal ${steal}`,
    `idle       a thread that sleeps 1 ms wakes late by p50 ${durationText(before.p50)}, p99 ` +
      `${durationText(before.p99)}, max ${durationText(before.max)}; during the run p50 ` +
      `${durationText(during.p50)}, p99 ${durationText(during.p99)}, max ` +
      durationText(during.max),
    `offered    ${offered.ticks} ticks, ${offered.ticksPerSecond.toFixed(1)} a second; published ` +
      `late by p50 ${durationText(offered.lateNs.p50)}, p99 ${durationText(offered.lateNs.p99)}`,
    `achieved   ${achieved.ticks} ticks, ${achieved.ticksPerSecond.toFixed(1)} a second`,
    speculationText(speculation),
    gc === null
      ? 'gc         not said by this version'
      : `gc         ${gc.count} pauses (${gc.minor} minor, ${gc.major} major), ` +
        `${durationText(gc.totalNs)} in all, longest ${durationText(gc.maxNs)}`,
  ];
}

function speculationText({ moves, ...figures }: Replay['speculation']): string {
  const { hitRate, arrivalBound, late, overtaken, verifiedTokensPerUsed: waste } = figures;
  const share = (of: number | null) => (of === null ? 'not known' : percentText(of));
  return (
    `hits       ${share(hitRate)} of ${moves} moves, bound by arrival ${share(arrivalBound)}; ` +
    `${late} late, ${overtaken} overtaken; ${waste?.toFixed(1) ?? '-'} verified for each used`
  );
}

/** A percentile with fewer than 100 values beyond it is set in brackets: it says little. */
function segmentTable(latencyNs: Replay['latencyNs']): string {
  const heading = ['segment', 'count', ...PERCENTILES.map(([name]) => name)];
  const rows = SEGMENTS.flatMap(segment => {
    const summary = latencyNs[segment];
    if (summary === undefined) return [];
    const cells = PERCENTILES.map(([, field]) => {
      const text = durationText(summary[field]);
      const isWeak = field !== 'max' && summary.count * (1 - SHARES[field]) < 100;
      return isWeak && field !== 'p50' ? `(${text})` : text;
    });
    return [[segment, String(summary.count), ...cells]];
  });
  return textTable([heading, ...rows]);
}

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999, p9999: 0.9999 } as const;
