/** What execution keeps beside desks and orders: markets, each desk's work, venues' histories. */
import type { GatewayConfig } from '../state.ts';
import { createFillHistory, type FillHistory } from './fill-history.ts';
import { createInstrumentMarket, type InstrumentMarket } from './market.ts';
import { createExecutionWork, type ExecutionWork } from './work.ts';

export type ExecutionState = {
  /** By instrument. */
  markets: InstrumentMarket[];
  /** As the gateway's desks, with nothing where the strategy has no policy of its own. */
  works: (ExecutionWork | undefined)[];
  /** By venue. */
  histories: FillHistory[];
  /** Parents begun so far, over all strategies. */
  parents: number;
};

export function createExecutionState(config: GatewayConfig): ExecutionState {
  const { instruments, venues, strategies = [] } = config;
  return {
    markets: instruments.map(createInstrumentMarket),
    works: strategies.flatMap(({ execution }) =>
      instruments.map(() => (execution === undefined ? undefined : createExecutionWork())),
    ),
    histories: venues.map(createFillHistory),
    parents: 0,
  };
}
