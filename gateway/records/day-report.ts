/** What a day of a gateway's log came to: money, counts, orders, events, and what it covers. */
import type { ChainReading } from '../chain/output-chain.ts';
import type { RuleName } from '../risk/rules.ts';
import type { DayPairing } from './day-pairing.ts';

/** Money as exact decimals of the currency beside it. */
type DayLine = {
  strategy: string;
  instrument: string;
  currency: string;
  positionLots: number;
  averagePrice: string | null;
  /** Since the log began, by average cost; then what the day added to them. */
  realised: string;
  unrealised: string;
  fees: string;
  dayRealised: string;
  dayFees: string;
  deliveries: { valueDate: string; isSettled: boolean; lots: number; cash: string }[];
};

export type DayAccount = {
  account: string;
  currency: string;
  profit: string;
  drawdown: string;
  /** Of the account's own trading day; null without a desk file. */
  tradingDay: string | null;
  dayProfit: string;
  missingRate: string | null;
  lines: DayLine[];
};

export type DayOrder = {
  order: string;
  /** OrderID (37); empty where the venue has not said one. */
  orderId: string;
  venue: string;
  strategy: string;
  instrument: string;
  side: 'buy' | 'sell';
  lots: number;
  filledLots: number;
  isUnknown: boolean;
};

/** A fill, its bust or its correction, as it was booked. */
export type DayExecution = {
  record: number;
  time: string;
  kind: 'filled' | 'busted' | 'corrected';
  venue: string;
  execId: string;
  /** ExecRefID (19) of a bust or a correction. */
  refersTo: string | null;
  order: string;
  strategy: string;
  instrument: string;
  side: 'buy' | 'sell';
  /** Null of a bust. */
  quantity: string | null;
  price: string | null;
};

/** What people did and what risk and sessions said. */
export type DayEvent = {
  record: number;
  time: string;
  /** `limit`: a soft limit passed, a hard one reached; `operator`: a signed command's outcome. */
  kind: 'command' | 'operator' | 'soft-limit' | 'hard-limit' | 'problem';
  text: string;
};

export type DayReport = {
  version: 1;
  /** A trading day by the clock of this zone, from its first moment until that of the next, UTC. */
  day: string;
  timeZone: string;
  from: string;
  until: string;
  log: {
    /** Null where the day has no record. */
    firstRecord: number | null;
    lastRecord: number | null;
    lastTime: string | null;
    lastSha256: string | null;
    chainBefore: Pick<ChainReading, 'messages' | 'tip'>;
    chainAfter: Pick<ChainReading, 'messages' | 'tip'>;
  };
  /** Of a pair of gateways alone. */
  pair?: DayPairing;
  venues: { venue: string; start: SequenceNumbers; end: SequenceNumbers }[];
  accounts: DayAccount[];
  /** Of the day alone. */
  counts: Record<string, number>;
  refusals: Partial<Record<RuleName, number>>;
  executions: DayExecution[];
  openOrders: DayOrder[];
  /** Desks whose position may not be what the venue has. */
  inDoubt: { strategy: string; instrument: string; missingOrders: number }[];
  /** Lots of fills of orders that are nobody's here, by instrument; those of none left out. */
  unknownFills: { instrument: string; lots: number }[];
  events: DayEvent[];
  /** Beyond EVENTS_MAX, not listed. */
  eventsLeftOut: number;
  sha256: string;
};

/** Of the next message sent, and of the next expected. */
export type SequenceNumbers = { sent: number; received: number };

export const EVENTS_MAX = 10_000;
