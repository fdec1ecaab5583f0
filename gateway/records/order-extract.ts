/** The extract of one order: all that the logs say of it, each item with its record and hash. */
import { hash } from 'node:crypto';
import type { Basis } from '../signal.ts';

/** A record of a log by its offset, and the SHA-256 of its bytes as the log holds them. */
export type LogPlace = { log: 'edge.log' | 'gateway.log'; record: number; sha256: string };

type LimitHeld = {
  /** `firm`, or `strategy:NAME`. */
  scope: string;
  /** Money as decimals, the rest integers in the limit's own unit; null: no such level. */
  seen: string;
  soft: string | null;
  hard: string | null;
};

/** After a record: what the desk holds, in lots, and money in its quote currency. */
export type HoldingAfter = { positionLots: number; fees: string; cash: string };

export type ExtractContent =
  /** Of the edge's log: the tick a signal was decided on, the forecast, the decision itself. */
  | { kind: 'tick'; bid: string; ask: string; injectedNs: number }
  | ForecastContent
  | { kind: 'decision'; event: string }
  /** Of the gateway's log: what it was asked for, and the latest quote between signals. */
  | SignalContent
  | { kind: 'quote'; venue: string; bid: string; ask: string; tickTimeNs: number }
  | { kind: 'check'; rule: string; passed: boolean; limits: LimitHeld[]; refusal: string | null }
  | {
      kind: 'request';
      request: 'new' | 'replace' | 'cancel';
      clientOrderId: string;
      quantity: string;
      price: string | null;
    }
  /** Bytes for the venue as the log gives them: SOH stands as `|`. */
  | SentContent
  /** A gap fill told the venue that the message with this number will not come. */
  | { kind: 'withheld'; msgSeqNum: number; message: string }
  /** Bytes of the venue; `news` is what became of the order by them, null where nothing did. */
  | { kind: 'answer'; message: string; news: string | null; after: HoldingAfter | null }
  /** Of a report that had waited for a gap before it to be filled. */
  | { kind: 'news'; news: string; execId: string; after: HoldingAfter };

type SentContent = {
  kind: 'sent';
  message: string;
  isRepeated: boolean;
  chain: { messages: number; tip: string };
  /**
   * Of a pair: the standby that had to have the record before this left; null where the node that
   * sent it ran alone, so that it alone knew of it.
   */
  standby?: string | null;
};

type ForecastContent = {
  kind: 'forecast';
  forecastId: string;
  basis: Basis;
  moveIndex: number;
  target: { model: string; kernel: string };
  draft: string | null;
  seed: number;
  trajectories: number;
  moves: number;
};

type SignalContent = {
  kind: 'signal';
  desiredLots: number;
  style: string;
  limit: string;
  bid: string;
  ask: string;
  tickTimeNs: number;
  basis: Basis;
  forecastId: string;
  forecastTimeNs: number;
};

export type ExtractItem = { place: LogPlace; time: string } & ExtractContent;

export type OrderExtract = {
  version: 1;
  /** ClOrdID of its first request; then those of its replaces and cancels. */
  order: string;
  clientOrderIds: string[];
  venue: string;
  strategy: string;
  account: string;
  instrument: string;
  side: 'buy' | 'sell';
  /** In the order of the gateway's log; what lies under a signal stands before it. */
  items: ExtractItem[];
  /** Over all of the above as JSON. */
  sha256: string;
};

/** The extract with its hash. */
export function sealExtract(unsealed: Omit<OrderExtract, 'sha256'>): OrderExtract {
  const { version, order, clientOrderIds, venue, strategy, account, instrument } = unsealed;
  const { side, items } = unsealed;
  const content = { version, order, clientOrderIds, venue, strategy, account, instrument };
  const whole = { ...content, side, items };
  return { ...whole, sha256: hash('sha256', JSON.stringify(whole)) };
}

/** Whether an extract has the content that its hash says. */
export const isSealed = (extract: OrderExtract): boolean =>
  sealExtract(extract).sha256 === extract.sha256;
