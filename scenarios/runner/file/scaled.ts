/** A scenario of any kind, made shorter or longer. */
import type { Nanoseconds } from '#engine';

type Timed = {
  readonly load: readonly { readonly for: Nanoseconds }[];
  readonly faults: readonly { readonly at: Nanoseconds; readonly for: Nanoseconds }[];
};

/** The same scenario with every time of load and faults so many times as long. */
export function scaledScenario<Kind extends Timed>(scenario: Kind, factor: number): Kind {
  const scaled = (ns: Nanoseconds) => Math.round(ns * factor);
  return {
    ...scenario,
    load: scenario.load.map(one => ({ ...one, for: scaled(one.for) })),
    faults: scenario.faults.map(one => ({ ...one, at: scaled(one.at), for: scaled(one.for) })),
  };
}
