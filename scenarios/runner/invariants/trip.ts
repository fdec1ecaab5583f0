/** A throttle that trips stays tripped: no order follows until operators re-enable the scope. */
import { timestampMs } from '../measure/fix-bytes.ts';
import type { JudgedInvariant } from './invariant.ts';

/** Lines of risk.jsonl. */
type Line = { time: string; kind: string; level?: string; rule?: string; status?: string };

/** Orders as the venue received them, Unix milliseconds by SendingTime. */
export function judgeTrips(evidence: string, ordersMs: readonly number[]): JudgedInvariant {
  const lines = evidence
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Line);
  const trips = lines.filter(
    ({ kind, level, rule }) =>
      kind === 'alert' && level === 'hard' && rule === 'repeated-execution',
  );
  const violations = trips.flatMap(({ time }) => {
    const fromMs = timestampMs(time);
    const armed = lines.find(each => each.status === 'applied' && timestampMs(each.time) > fromMs);
    const untilMs = armed === undefined ? Number.POSITIVE_INFINITY : timestampMs(armed.time);
    return ordersMs
      .filter(ms => ms > fromMs && ms < untilMs)
      .map(ms => `tripped at ${time}, and an order ${ms - fromMs} ms later`);
  });
  const claim = 'after each trip no order until operators re-enabled the scope';
  return { name: 'tripHolds', claim, checked: trips.length, violations };
}
