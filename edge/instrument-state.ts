/** What an edge knows of an instrument before its first tick. */
import { createContext } from '#law';
import { sessionsOf } from '#market';
import { createAcceptance } from './forecast/acceptance.ts';
import type { EdgeConfig, InstrumentState } from './state.ts';

export function createInstrumentState(config: EdgeConfig, index: number): InstrumentState {
  const { symbol, calendar } = config.instruments[index]!;
  return {
    context: createContext(symbol, config.contextMoves),
    sessions: sessionsOf(calendar, config.originNs),
    session: undefined,
    quote: undefined,
    tickTimeNs: 0,
    asked: [],
    forecast: undefined,
    awaits: undefined,
    positionLots: 0,
    acceptance: createAcceptance(),
    sent: undefined,
  };
}
