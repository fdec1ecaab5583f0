/** A wish from the gateway's step to FIX bytes, risk checks included: its cost. */

import {
  clearGatewayEffects,
  createGatewayEffects,
  createReplay,
  encodeMessage,
  endOrder,
  type GatewayConfig,
  type GatewayEvent,
  isLoggedOn,
  referenceVenue,
  type Signal,
} from '#gateway';
import type { Kernels } from '#native';
import { madeUpInstruments, ORIGIN_NS } from './made-up-market.ts';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const SIGNALS = 64;
const GAP_NS = 1_000_000_000;
const START_NS = 36_000_000_000_000;

export const riskEncode: Micro = {
  question: 'What does a wish cost from the step of the gateway to FIX bytes, risk included?',
  items: SIGNALS,
  item: 'order',
  ways: nativeAndTwin(openGateway),
};

const config: GatewayConfig = {
  ...{ originNs: ORIGIN_NS, instruments: madeUpInstruments() },
  limits: {
    ...{ positionLots: 1000, orderValue: 1e9, ordersPerSecond: 1000, collarBasisPoints: 500 },
    ...{ dailyLoss: 1e9, trailingDrawdown: 1e9, tickAgeNs: GAP_NS, forecastAgeNs: GAP_NS },
  },
  venues: [referenceVenue({ senderCompId: 'GATEWAY', targetCompId: 'VENUE', heartbeatNs: 0 })],
  resendAgeNs: GAP_NS,
};

function openGateway(kernels: Kernels): () => number {
  const { state, step } = createReplay(config, kernels);
  const effects = createGatewayEffects();
  step({ kind: 'connected', timeNs: START_NS, venue: 0 }, effects);
  step({ kind: 'inbound', timeNs: START_NS, venue: 0, bytes: logonOfVenue() }, effects);
  if (!isLoggedOn(state)) throw new Error('the session did not come up');
  const desk = state.desks[0]!;
  const signal = signalAt(START_NS);
  const event: GatewayEvent = { kind: 'signal', timeNs: START_NS, signal };
  return () => {
    let bytes = 0;
    for (let at = 0; at < SIGNALS; at++) {
      event.timeNs += GAP_NS;
      signal.timeNs = event.timeNs;
      signal.tickTimeNs = event.timeNs;
      signal.forecastTimeNs = event.timeNs;
      clearGatewayEffects(effects);
      step(event, effects);
      for (const each of effects.outbound.list) bytes += each.length;
      // No venue answers here: the order is forgotten, and the next wish is a new one.
      endOrder(desk, desk.orders[0]!);
    }
    if (bytes < SIGNALS * 100) throw new Error(`${bytes} bytes: an order was refused`);
    return bytes;
  };
}

function logonOfVenue(): Buffer {
  return encodeMessage(
    {
      ...{ msgSeqNum: 1, senderCompId: 'VENUE', targetCompId: 'GATEWAY' },
      sendingTime: '20140502-10:00:00.000',
    },
    { msgType: 'A', heartBtInt: 0, resetSeqNumFlag: false },
  );
}

/** Its times stand by themselves: those of a spread would become objects of their own. */
function signalAt(timeNs: number): Signal {
  return {
    timeNs,
    tickTimeNs: timeNs,
    forecastTimeNs: timeNs,
    ...{ strategy: 0, instrument: 0, desiredLots: 3, style: 'join', limitIncrements: 100_000 },
    ...{ midLowHalfIncrements: 199_990, midHighHalfIncrements: 200_014, basis: 'verified' },
    ...{ forecastId: '0123456789abcdef0123456789abcdef' },
    ...{ bidIncrements: 100_000, askIncrements: 100_002 },
  };
}
