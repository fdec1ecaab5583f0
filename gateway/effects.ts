/** What a step of the gateway wants done, appended to a buffer that its host clears. */
import type { Nanoseconds } from '#engine';
import type { ParentNews } from './execution/work.ts';
import { createMessageList, type MessageList } from './message-list.ts';
import type { OperatorOutcome } from './operator/operator-terms.ts';
import { createOrderRequest, type OrderRequest } from './order/request.ts';
import type { OrderNews } from './order-news.ts';
import { noProbe, type StepProbe } from './probe.ts';
import { createReused, type Reused } from './reused.ts';
import type { Alert } from './risk/alerts.ts';
import type { Objection } from './risk/control.ts';
import type { RuleName } from './risk/rules.ts';

export type OrderRefusal = {
  strategy: number;
  instrument: number;
  rule: RuleName;
  /** Whose limit it is: `firm`, or `strategy:NAME`. */
  scope: string;
} & Objection;

export type GatewayEffects = {
  /** Bytes for the venues, whole messages in order. */
  readonly outbound: MessageList;
  readonly requests: Reused<OrderRequest>;
  readonly news: OrderNews[];
  readonly refusals: OrderRefusal[];
  /** What risk says beside its refusals. */
  readonly alerts: Alert[];
  /** What came of operators' commands. */
  readonly outcomes: OperatorOutcome[];
  /** Desks whose position changed. */
  readonly positions: { strategy: number; instrument: number; positionLots: number }[];
  /** What became of parents and their schedules. */
  readonly parents: ParentNews[];
  readonly problems: string[];
  /** Venues whose session came up. */
  readonly loggedOn: number[];
  /** Connections to close after the bytes, and why. */
  readonly disconnects: { venue: number; reason: string }[];
  /** When the gateway wants a timer record at the latest; infinite if it does not care. */
  dueNs: Nanoseconds;
  readonly probe: StepProbe;
};

export const createGatewayEffects = (probe: StepProbe = noProbe): GatewayEffects => ({
  outbound: createMessageList(),
  requests: createReused(createOrderRequest),
  news: [],
  refusals: [],
  alerts: [],
  outcomes: [],
  positions: [],
  parents: [],
  problems: [],
  loggedOn: [],
  disconnects: [],
  dueNs: Number.POSITIVE_INFINITY,
  probe,
});

/** For a buffer that is used again. */
export function clearGatewayEffects(effects: GatewayEffects): void {
  effects.outbound.clear();
  effects.requests.clear();
  empty(effects.news);
  empty(effects.refusals);
  empty(effects.alerts);
  empty(effects.outcomes);
  empty(effects.positions);
  empty(effects.parents);
  empty(effects.problems);
  empty(effects.loggedOn);
  empty(effects.disconnects);
  effects.dueNs = Number.POSITIVE_INFINITY;
}

/** Most are empty already, which is quicker to see than to set. */
function empty(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}
