/** An intent as numbers through every control of risk to the FIX bytes of its order. */
import {
  createRisk,
  LIMIT_NAMES,
  RISK_CALL,
  RISK_INTENT,
  RISK_PART,
  type RiskTopology,
} from '#gateway';
import { createOrderEncoder, type Kernels, ORDER } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const ORDERS = 64;
const GAP_NS = 1_000_000_000;
const START_NS = 36_000_000_000_000;
const START_MS = 1_399_024_800_000;

export const riskJudge: Micro = {
  question: 'What do the limits of the law and the encoder cost an order, from numbers to bytes?',
  items: ORDERS,
  item: 'order',
  ways: nativeAndTwin(kernels => openRisk(kernels, LAW)),
};

export const riskJudgeAll: Micro = {
  question: 'And with a limit for every control, of the firm and of the strategy?',
  items: ORDERS,
  item: 'order',
  ways: nativeAndTwin(kernels => openRisk(kernels, ALL)),
};

const SCOPES = {
  ...{ venues: ['venue'], desks: ['desk'], strategies: ['strategy'], accounts: ['account'] },
  ...{ instruments: ['EURUSD'], lines: [{ desk: 0, account: 0, isPermitted: true }] },
  instrumentTerms: [
    {
      ...{ incrementNanos: 10_000_000, reportNanos: 10_000_000 },
      ...{ isRestricted: false, dailyLots: 1_000_000 },
    },
  ],
};

/** As without a desk file; none of them is met. */
const LAW: RiskTopology = {
  ...SCOPES,
  limits: [
    ...(['tickAgeNs', 'forecastAgeNs', 'collarBasisPoints', 'orderValue'] as const),
    ...(['positionLots', 'orders', 'dailyLoss', 'trailingDrawdown'] as const),
  ].map(name => {
    const isOfAccount = name === 'dailyLoss' || name === 'trailingDrawdown';
    const kind = isOfAccount ? ('account' as const) : ('firm' as const);
    return { scope: { kind, index: 0 }, name, hard: name === 'orders' ? 1000 : 2 ** 50 };
  }),
  settings: [],
};

/** Every limit is set for the firm and the strategy. */
const ALL: RiskTopology = {
  ...SCOPES,
  limits: (['firm', 'strategy'] as const).flatMap(kind =>
    LIMIT_NAMES.map(name => {
      const isCounted = name === 'orders' || name === 'executions';
      return { scope: { kind, index: 0 }, name, hard: isCounted ? 1000 : 2 ** 50 };
    }),
  ),
  settings: (['firm', 'strategy'] as const).flatMap(kind => {
    const scope = { kind, index: 0 };
    return [
      { scope, name: 'newIntervalNs', value: 1000 },
      { scope, name: 'collarPeriodNs', value: 60 * GAP_NS },
      { scope, name: 'duplicateWindowNs', value: GAP_NS },
      { scope, name: 'programmeWindowNs', value: GAP_NS },
      { scope, name: 'programmeCount', value: 50 },
      { scope, name: 'flowWindowNs', value: 10 * GAP_NS },
      { scope, name: 'selfTrade', value: 1 },
      { scope, name: 'capitalUnits', value: 1_000_000 },
    ] as const;
  }),
};

function openRisk(kernels: Kernels, topology: RiskTopology): () => number {
  const { memory, kernel } = createRisk(topology, kernels);
  const { order, encode } = createOrderEncoder(
    {
      ...{ senderCompId: 'OUTRIDER-GW', targetCompId: 'VENUE-ONE' },
      instruments: [
        {
          ...{ symbol: 'EUR/USD', unitsPerLot: 1000, lotDecimals: 0 },
          ...{ unitsPerIncrement: 1, priceDecimals: 5 },
        },
      ],
    },
    kernels,
  );
  const intent = memory.subarray(RISK_PART.intent, RISK_PART.event);
  let count = 0;
  return () => {
    let bytes = 0;
    for (let at = 0; at < ORDERS; at++) {
      count++;
      const limitIncrements = 138_700 + (count & 15);
      intent[RISK_INTENT.nowNs] = START_NS + count * GAP_NS;
      intent[RISK_INTENT.tickTimeNs] = START_NS + count * GAP_NS;
      intent[RISK_INTENT.forecastTimeNs] = START_NS + count * GAP_NS;
      intent[RISK_INTENT.side] = 1;
      intent[RISK_INTENT.lots] = 1 + (count % 9);
      intent[RISK_INTENT.limitIncrements] = limitIncrements;
      intent[RISK_INTENT.midHalfIncrements] = 277_400 + (count & 15);
      intent[RISK_INTENT.acceptancePpm] = 1_000_000;
      intent[RISK_INTENT.idSerial] = count;
      const rule = kernel.call(RISK_CALL.judge);
      if (rule !== 0) throw new Error(`rule ${rule} refused order ${count}`);
      order[ORDER.msgSeqNum] = 1000 + (count % 9000);
      order[ORDER.unixMs] = START_MS + count * 7;
      order[ORDER.side] = 1;
      order[ORDER.lots] = 1 + (count % 9);
      order[ORDER.limitIncrements] = limitIncrements;
      order[ORDER.date] = 20_140_502;
      order[ORDER.serial] = count % 1_000_000;
      bytes += encode();
    }
    return bytes;
  };
}
