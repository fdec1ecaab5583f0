/** Everything a gateway knows; it changes by `step` alone. */
import type { Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import { type Kernels, loadedKernels } from '#native';
import { type Account, createAccounts, createHolding } from './account/account.ts';
import { createOutputChain, type OutputChain } from './chain/output-chain.ts';
import { createDesk, type Desk } from './order/desk.ts';
import { type WireUnits, wireUnits } from './order/quantity.ts';
import { createOrderWire, type OrderWire } from './order/wire.ts';
import { createRiskView, type RiskView, type RuleName } from './risk/control.ts';
import { type Limits, type RiskLimits, riskLimits } from './risk/limits.ts';
import { createRecentOrders, type RecentOrders } from './risk/recent-orders.ts';
import { type ResendPolicy, type SessionConfig, sessionConfig } from './session/config.ts';
import { memoryStore } from './session/memory-store.ts';
import { newSession, type SessionState } from './session/state.ts';

export type GatewayConfig = {
  originNs: bigint;
  instruments: Instrument[];
  limits: Limits;
  senderCompId: string;
  targetCompId: string;
  heartbeatNs: number;
  /** New and replacing orders older than this are not resent to a venue that missed them. */
  resendAgeNs: number;
  session?: SessionTerms;
};

/** What the session before the venue has agreed on beside that. */
export type SessionTerms = Partial<
  Pick<SessionConfig, 'credentials' | 'nextExpectedMsgSeqNum' | 'resendRequestChunk' | 'schedule'>
>;

export type OrderCounts = {
  sent: number;
  acked: number;
  filled: number;
  partiallyFilled: number;
  cancelled: number;
  replaced: number;
  rejected: number;
  refused: Partial<Record<RuleName, number>>;
  /** Journalled, but kept back from a venue that never had them. */
  notSent: number;
  /** Reports that cannot be true of the order they name, or that name none of ours. */
  outOfStep: number;
};

export type GatewayState = {
  config: GatewayConfig;
  /** Time of the latest event. */
  nowNs: Nanoseconds;
  units: WireUnits[];
  wire: OrderWire;
  desks: Desk[];
  accounts: Account[];
  riskLimits: RiskLimits;
  riskView: RiskView;
  recentOrders: RecentOrders;
  /** Client order ids given out, and the UTC day of the latest with its `YYYYMMDD`. */
  orderIds: { count: number; utcDay: number; date: number };
  isKilled: boolean;
  isStopping: boolean;
  isLoggedOn: boolean;
  session: SessionState;
  counts: OrderCounts;
  /** Over every byte that left for a venue. */
  outputChain: OutputChain;
};

/** What a venue may still ask for: older orders would not be resent anyway. */
const SENT_MESSAGES_MAX = 4096;

export function createGatewayState(
  config: GatewayConfig,
  kernels: Kernels = loadedKernels.kernels,
): GatewayState {
  const { originNs, senderCompId, targetCompId, heartbeatNs } = config;
  const units = config.instruments.map(wireUnits);
  const holdings = config.instruments.map(createHolding);
  const accounts = createAccounts(holdings);
  const resendPolicy = resendYoung(config.resendAgeNs);
  const agreed = { senderCompId, targetCompId, originNs, heartbeatNs, resendPolicy };
  return {
    ...{ config, units, accounts, nowNs: 0.5 },
    wire: createOrderWire(config, units, kernels),
    desks: holdings.map((holding, instrument) => {
      const account = accounts.find(({ holdings: own }) => own.includes(holding))!;
      return createDesk(instrument, holding, account);
    }),
    riskLimits: riskLimits(config.limits),
    riskView: createRiskView(),
    recentOrders: createRecentOrders(),
    orderIds: { count: 0, utcDay: -1, date: 0 },
    isKilled: false,
    isStopping: false,
    isLoggedOn: false,
    session: newSession(
      sessionConfig({ role: 'initiator', ...agreed, ...config.session }),
      memoryStore({ messagesMax: SENT_MESSAGES_MAX }),
    ),
    counts: {
      sent: 0,
      acked: 0,
      filled: 0,
      partiallyFilled: 0,
      cancelled: 0,
      replaced: 0,
      rejected: 0,
      refused: {},
      notSent: 0,
      outOfStep: 0,
    },
    outputChain: createOutputChain(),
  };
}

/** Cancels and questions always go again; an old order must not come as a surprise. */
function resendYoung(resendAgeNs: number): ResendPolicy {
  return ({ message, sentNs }, nowNs) => {
    const addsRisk = message.msgType === 'D' || message.msgType === 'G';
    return addsRisk && nowNs - sentNs > resendAgeNs ? 'gap-fill' : 'resend';
  };
}
