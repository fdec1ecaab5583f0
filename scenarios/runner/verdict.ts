/** A verdict, and what every kind of scenario has in it: processes that live, thresholds. */
import type { Nanoseconds } from '#engine';
import type { Stage } from './file/scenario.ts';
import type { Threshold } from './file/threshold.ts';
import type { JudgedInvariant } from './invariants/invariant.ts';
import { type JudgedThreshold, judgeThreshold, type Span } from './measure/judge-threshold.ts';
import type { Measured } from './measure/metric.ts';

export type Verdict = {
  invariants: JudgedInvariant[];
  thresholds: JudgedThreshold[];
  measured: Measured;
  stages: Span[];
};

type Asked = { readonly load: readonly Stage[]; readonly thresholds: readonly Threshold[] };

type Seen = {
  readonly invariants: JudgedInvariant[];
  readonly measured: Measured;
  /** From the beginning of the load to its end, on the clock of the harness. */
  readonly played: { readonly beginNs: Nanoseconds; readonly endNs: Nanoseconds };
};

export function verdictOf({ load, thresholds }: Asked, seen: Seen): Verdict {
  const { invariants, measured, played } = seen;
  const stages = spansOf(load);
  const lengthNs = played.endNs - played.beginNs;
  return {
    ...{ invariants, measured, stages },
    thresholds: thresholds.map(each => judgeThreshold(each, measured, { stages, lengthNs })),
  };
}

/** `claim`: of which processes, and what else may end them. */
export function neverCrashed(crashes: readonly string[], claim: string): JudgedInvariant {
  return { name: 'processesLive', claim, checked: 1, violations: [...crashes] };
}

export function spansOf(load: readonly Stage[]): Span[] {
  let fromNs = 0;
  return load.map(({ name = '', for: lengthNs }, at) => {
    const span = { name: name || `stage ${at + 1}`, fromNs, toNs: fromNs + lengthNs };
    fromNs = span.toNs;
    return span;
  });
}
