/** A live run's tick path, walked again and again so that the next tick finds it in the caches. */
import { createEdgeEncoder, keepWarm, noEdgeLatency } from '#edge';
import { type Clock, MILLISECOND_NS, type Timers } from '#engine';
import { edgeOptions, policyOf, type RunSetting } from './settings.ts';

/** Every `keepWarmMs` until it is stopped; 0 never begins. */
export function startKeepingWarm(
  setting: RunSetting,
  { clock, timers }: { clock: Clock; timers: Timers },
): { stop(): void } {
  const periodNs = setting.config.keepWarmMs * MILLISECOND_NS;
  if (periodNs === 0) return { stop() {} };
  const encode = createEdgeEncoder();
  const walk = keepWarm(edgeOptions(setting, policyOf(setting.config)), {
    ...{ clock, timers, latency: noEdgeLatency },
    journal: event => void encode(event),
  });
  let next = timers.at(clock.nowNs() + periodNs, turn);
  function turn(): void {
    walk();
    next = timers.at(clock.nowNs() + periodNs, turn);
  }
  return { stop: () => next.cancel() };
}
