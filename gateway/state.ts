/** Everything a gateway knows; it changes by `step` alone. */
import type { Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import type { Account } from './order/account.ts';
import { createDesk, type Desk } from './order/desk.ts';
import { type WireUnits, wireUnits } from './order/quantity.ts';
import type { Limits, RuleName } from './risk/control.ts';
import { type ResendPolicy, sessionConfig } from './session/config.ts';
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
};

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
  units: WireUnits[];
  desks: Desk[];
  accounts: Map<string, Account>;
  /** Times of the new and replaced orders of the last second. */
  orderTimesNs: Nanoseconds[];
  /** Client order ids given out. */
  orderIds: number;
  isKilled: boolean;
  isStopping: boolean;
  isLoggedOn: boolean;
  session: SessionState;
  counts: OrderCounts;
};

/** What a venue may still ask for: older orders would not be resent anyway. */
const SENT_MESSAGES_MAX = 4096;

export function createGatewayState(config: GatewayConfig): GatewayState {
  const { originNs, senderCompId, targetCompId, heartbeatNs } = config;
  const resendPolicy = resendYoung(config.resendAgeNs);
  const agreed = { senderCompId, targetCompId, originNs, heartbeatNs, resendPolicy };
  return {
    config,
    units: config.instruments.map(wireUnits),
    desks: config.instruments.map(createDesk),
    accounts: new Map(),
    orderTimesNs: [],
    orderIds: 0,
    isKilled: false,
    isStopping: false,
    isLoggedOn: false,
    session: newSession(
      sessionConfig({ role: 'initiator', ...agreed }),
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
  };
}

/** Cancels and questions always go again; an old order must not come as a surprise. */
function resendYoung(resendAgeNs: number): ResendPolicy {
  return ({ message, sentNs }, nowNs) => {
    const addsRisk = message.msgType === 'D' || message.msgType === 'G';
    return addsRisk && nowNs - sentNs > resendAgeNs ? 'gap-fill' : 'resend';
  };
}
