/** The order flows of the two built-in simulated instruments, and the market each one makes. */
import type { OrderFlowConfig } from './order-flow.ts';

/**
 * What an event sets off at once: orders are split, a side that was taken is refilled and pulled,
 * and cancelled orders come back. Rows are excited and columns excite, in the order of
 * `FLOW_COMPONENTS`: market buy, market sell, limit buy, limit sell, cancel buy, cancel sell.
 */
const REACTION = [
  [0.15, 0.0, 0.01, 0.0, 0.0, 0.02],
  [0.0, 0.15, 0.0, 0.01, 0.02, 0.0],
  [0.15, 0.25, 0.12, 0.04, 0.25, 0.05],
  [0.25, 0.15, 0.04, 0.12, 0.05, 0.25],
  [0.05, 0.3, 0.15, 0.05, 0.1, 0.02],
  [0.3, 0.05, 0.05, 0.15, 0.02, 0.1],
];

/** What it sets off over seconds, on both sides alike: trading and volatility come in spells. */
const SPELL = [
  [0.32, 0.32, 0.01, 0.01, 0.01, 0.01],
  [0.32, 0.32, 0.01, 0.01, 0.01, 0.01],
  [0.3, 0.3, 0.02, 0.02, 0.02, 0.02],
  [0.3, 0.3, 0.02, 0.02, 0.02, 0.02],
  [0.2, 0.2, 0.02, 0.02, 0.02, 0.02],
  [0.2, 0.2, 0.02, 0.02, 0.02, 0.02],
];

/**
 * Liquid: 164 events, 55 quotes, 45 trades and 14 mid moves a second; a spread of 1 to 5 increments
 * for 99 % of the time.
 */
export const SIMA_FLOW: OrderFlowConfig = {
  startPriceIncrements: 10_000,
  reversionSeconds: 3_600,
  impactIncrementsPerLot: 0.06,
  arrivals: {
    baseRatesPerSecond: [0.4, 0.4, 10, 10, 4, 4],
    kernels: [
      { decayPerSecond: 60, branching: REACTION },
      { decayPerSecond: 0.8, branching: SPELL },
    ],
  },
  halfSpreadIncrements: 0.2,
  distanceMeanIncrements: 3,
  marketReachIncrements: 20,
  sizeMeanLots: 3,
  sizeMaxLots: 50,
  ordersTarget: 30,
  ordersMin: 5,
};

/** Slow: 12 events, 4.5 quotes, 3.3 trades and 1.3 mid moves a second; the same spreads. */
export const SIMB_FLOW: OrderFlowConfig = {
  startPriceIncrements: 2_500,
  reversionSeconds: 14_400,
  impactIncrementsPerLot: 0.06,
  arrivals: {
    baseRatesPerSecond: [0.03, 0.03, 0.75, 0.75, 0.3, 0.3],
    kernels: [
      { decayPerSecond: 20, branching: REACTION },
      { decayPerSecond: 0.1, branching: SPELL },
    ],
  },
  halfSpreadIncrements: 0.2,
  distanceMeanIncrements: 3,
  marketReachIncrements: 20,
  sizeMeanLots: 2,
  sizeMaxLots: 30,
  ordersTarget: 24,
  ordersMin: 5,
};
