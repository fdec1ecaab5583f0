/** What a step of the gateway wants done, appended to a buffer that its host empties. */
import type { Nanoseconds } from '#engine';
import type { OrderRequest } from './order/desk.ts';
import type { Execution, ExecutionNews } from './order/execution.ts';
import { noProbe, type StepProbe } from './probe.ts';
import type { Objection, RuleName } from './risk/control.ts';

export type OrderNews = { instrument: number; news: ExecutionNews; execution: Execution };

export type GatewayEffects = {
  /** Bytes for the venue, whole messages in order. */
  outbound: Buffer[];
  requests: OrderRequest[];
  news: OrderNews[];
  refusals: ({ instrument: number; rule: RuleName } & Objection)[];
  /** Instruments whose position changed. */
  positions: { instrument: number; positionLots: number }[];
  problems: string[];
  isLoggedOn: boolean;
  /** Close the connection after the bytes, and why. */
  disconnect: string | undefined;
  /** When the gateway wants a timer record at the latest; infinite if it does not care. */
  dueNs: Nanoseconds;
  readonly probe: StepProbe;
};

export const createGatewayEffects = (probe: StepProbe = noProbe): GatewayEffects => ({
  outbound: [],
  requests: [],
  news: [],
  refusals: [],
  positions: [],
  problems: [],
  isLoggedOn: false,
  disconnect: undefined,
  dueNs: Number.POSITIVE_INFINITY,
  probe,
});
