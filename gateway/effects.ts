/** What a step of the gateway wants done, appended to a buffer that its host clears. */
import type { Nanoseconds } from '#engine';
import { createMessageList, type MessageList } from './message-list.ts';
import { createOrderRequest, type OrderRequest } from './order/desk.ts';
import type { Execution, ExecutionNews } from './order/execution.ts';
import { noProbe, type StepProbe } from './probe.ts';
import { createReused, type Reused } from './reused.ts';
import type { Objection, RuleName } from './risk/control.ts';

export type OrderNews = { instrument: number; news: ExecutionNews; execution: Execution };

export type GatewayEffects = {
  /** Bytes for the venue, whole messages in order. */
  readonly outbound: MessageList;
  readonly requests: Reused<OrderRequest>;
  readonly news: OrderNews[];
  readonly refusals: ({ instrument: number; rule: RuleName } & Objection)[];
  /** Instruments whose position changed. */
  readonly positions: { instrument: number; positionLots: number }[];
  readonly problems: string[];
  isLoggedOn: boolean;
  /** Close the connection after the bytes, and why. */
  disconnect: string | undefined;
  /** When the gateway wants a timer record at the latest; infinite if it does not care. */
  dueNs: Nanoseconds;
  readonly probe: StepProbe;
};

export const createGatewayEffects = (probe: StepProbe = noProbe): GatewayEffects => ({
  outbound: createMessageList(),
  requests: createReused(createOrderRequest),
  news: [],
  refusals: [],
  positions: [],
  problems: [],
  isLoggedOn: false,
  disconnect: undefined,
  dueNs: Number.POSITIVE_INFINITY,
  probe,
});

/** For a buffer that is used again. */
export function clearGatewayEffects(effects: GatewayEffects): void {
  effects.outbound.clear();
  effects.requests.clear();
  empty(effects.news);
  empty(effects.refusals);
  empty(effects.positions);
  empty(effects.problems);
  effects.isLoggedOn = false;
  effects.disconnect = undefined;
  effects.dueNs = Number.POSITIVE_INFINITY;
}

/** Most are empty already, which is quicker to see than to set. */
function empty(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}
