/** The gateway's share of the latency: risk, encode, tick to order, order to answer. */

import { edgeLatency, type LatencyRecorder } from '#bench';
import type { EdgeLatency } from '#edge';
import type { Clock } from '#engine';
import type { GatewayEffects, GatewayState, StepProbe } from '#gateway';

export type LiveLatency = {
  edge: EdgeLatency;
  probe: StepProbe;
  /** Once a step's bytes have left. */
  onGateway(effects: GatewayEffects, state: GatewayState, nowNs: number): void;
};

export function liveLatency(recorder: LatencyRecorder, clock: Clock): LiveLatency {
  let begunNs = 0;
  /** When each instrument's request under way left. */
  const sentNs = new Map<number, number>();
  return {
    edge: edgeLatency(recorder),
    probe: {
      begin() {
        begunNs = clock.nowNs();
      },
      end(part) {
        recorder.record(part, clock.nowNs() - begunNs);
      },
    },
    onGateway(effects, state, nowNs) {
      for (const { instrument, news } of effects.news) {
        const requestedNs = sentNs.get(instrument);
        if (requestedNs === undefined || news === 'filled' || news === 'partially-filled') continue;
        recorder.record('order-to-ack', nowNs - requestedNs);
        sentNs.delete(instrument);
      }
      for (const { instrument } of effects.requests.list) {
        sentNs.set(instrument, nowNs);
        const signal = state.desks[instrument]!.signal;
        // A request that an answer of the venue set free is no tick's doing.
        if (signal === undefined || effects.news.length > 0) continue;
        recorder.record('tick-to-order', nowNs - signal.tickTimeNs);
      }
    },
  };
}
