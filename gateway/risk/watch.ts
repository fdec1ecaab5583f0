/** What risk learns beside wishes: fills, connections, quotes; nothing here without a desk file. */
import { convert } from '../account/conversion.ts';
import type { AtVenue } from '../at-venue.ts';
import type { GatewayEffects } from '../effects.ts';
import type { Desk } from '../order/desk.ts';
import type { Execution } from '../order/execution.ts';
import type { Side } from '../order/terms.ts';
import type { GatewayState } from '../state.ts';
import { firmCurrency } from './firm-currency.ts';
import { CALL, EVENT, HEADER, PART } from './layout.ts';
import { EVENTS, INSTRUMENT } from './line-layout.ts';
import { accountAt, writePlace } from './risk.ts';
import { markScopes } from './scope-profit.ts';
import { callRisk, countFill, syncDesk } from './sync.ts';
import { writeProfit } from './write-profit.ts';

/** After an answer of the venue: the orders as they are now, and each fill. */
export function watchAnswer(
  { state, venue, effects }: AtVenue,
  { desk, order }: { desk: Desk; order: { side: Side } },
  { kind }: Execution,
): void {
  if (state.config.risk === undefined) return;
  syncDesk(state, desk, effects);
  if (kind !== 'filled') return;
  const { strategy, instrument } = desk;
  countFill(state, { strategy, instrument, venue: venue.index, side: order.side }, effects);
}

/** True where the venue is back too late: what rests there is to be cancelled. */
export function watchConnection(
  state: GatewayState,
  { venue, isLost }: { venue: number; isLost: boolean },
  effects: GatewayEffects,
): boolean {
  if (state.config.risk === undefined) return false;
  const { memory } = state.risk;
  memory[PART.event + EVENT.kind] = isLost ? EVENTS.lost : EVENTS.back;
  memory[PART.event + EVENT.venue] = venue;
  writePlace(memory, PART.event, { strategy: 0, instrument: 0 });
  return callRisk(state, CALL.connection, effects) === 1;
}

/** After a quote: marks, profits of every scope, and what they have reached. */
export function watchQuote(
  state: GatewayState,
  quote: { instrument: number; bidIncrements: number; askIncrements: number },
  effects: GatewayEffects,
): void {
  if (state.config.risk === undefined) return;
  const { memory } = state.risk;
  writeUnits(state);
  for (const [at, account] of state.accounts.entries()) {
    writeProfit(memory, accountAt(memory, at), account);
  }
  markScopes(state);
  memory[PART.event + EVENT.markHalfIncrements] = quote.bidIncrements + quote.askIncrements;
  memory[PART.event + EVENT.venue] = 0;
  const strategies = memory[HEADER.strategies]!;
  for (let strategy = 0; strategy < strategies; strategy++) {
    writePlace(memory, PART.event, { strategy, instrument: quote.instrument });
    if (strategy === 0) callRisk(state, CALL.mark, effects);
    callRisk(state, CALL.loss, effects);
  }
}

/** Larger than any limit allows, where there is no rate: nothing is worth nothing by mistake. */
const UNKNOWN_NANOS = 2 ** 52;

/** What an increment of each instrument is worth in the firm's currency, by the rates of now. */
function writeUnits({ risk, config, desks, valuation, accounts, nowNs }: GatewayState): void {
  const { conversion } = valuation;
  if (conversion === undefined) return;
  const to = firmCurrency(accounts);
  for (const [at, { quoteCurrency: currency }] of config.instruments.entries()) {
    const nanos = BigInt(desks[at]!.holding.incrementNanos);
    const worth = convert(conversion, { nanos, currency }, { to, nowNs });
    const place = risk.memory[HEADER.instrumentsAt]! + at * PART.instrumentValues;
    risk.memory[place + INSTRUMENT.reportNanos] =
      typeof worth === 'bigint' ? Math.max(1, Number(worth)) : UNKNOWN_NANOS;
  }
}
