/** Which quotes between signals a gateway wants of its edge, and how often. */
import type { Nanoseconds } from '#engine';
import type { GatewayConfig } from '../state.ts';

/**
 * By instrument: the shortest interval that a strategy with an execution policy asks for; 0 where
 * no strategy needs quotes beside those of its signals.
 */
export function quoteIntervals({
  instruments,
  strategies = [],
}: Pick<GatewayConfig, 'instruments' | 'strategies'>): Nanoseconds[] {
  return instruments.map(({ symbol }) => {
    const wanted = strategies
      .filter(each => each.instruments === undefined || each.instruments.includes(symbol))
      .flatMap(({ execution }) => (execution === undefined ? [] : [execution.quoteIntervalNs]));
    return wanted.length === 0 ? 0 : Math.min(...wanted);
  });
}
