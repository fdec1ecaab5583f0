/** A live run's ticks over Kafka: what is fed goes to the topic, and on when it is back. */
import { type Clock, type Nanoseconds, OutriderError } from '#engine';
import type { Tick } from '#market';
import type { TopicLeg } from './topic-leg.ts';

export type LiveLegPorts = {
  readonly clock: Clock;
  deliver(ticks: Tick[], injectedNs: Nanoseconds): void;
  /** From the call that published a batch to its delivery. */
  onLeg(publishedNs: Nanoseconds, deliveredNs: Nanoseconds): void;
};

export type LiveLeg = {
  publish(ticks: readonly Tick[], injectedNs: Nanoseconds): void;
  /** Rejects with what ends the run: brokers that are lost, or too slow. */
  readonly failed: Promise<never>;
  /** Delivers what is under way, for 5 s at most. */
  close(): Promise<void>;
};

/** Ticks that wait for room on the way: brokers take fewer than are fed. */
const WAITING_MAX = 65_536;
const CLOSE_NS = 5_000_000_000;

type State = {
  readonly leg: TopicLeg;
  readonly ports: LiveLegPorts;
  /** Of each batch on the way, in order. */
  readonly publishedNs: Nanoseconds[];
  waiting: number;
  isClosed: boolean;
};

export function startLiveLeg(leg: TopicLeg, ports: LiveLegPorts): LiveLeg {
  const state: State = { leg, ports, publishedNs: [], waiting: 0, isClosed: false };
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  const delivering = deliverAll(state).catch(reject);
  return {
    failed,
    publish(ticks, injectedNs) {
      state.publishedNs.push(ports.clock.nowNs());
      state.waiting += ticks.length;
      if (state.waiting > WAITING_MAX) reject(tooSlow(state.waiting));
      leg
        .publish(ticks, injectedNs)
        .catch(reject)
        .finally(() => {
          state.waiting -= ticks.length;
        });
    },
    async close() {
      const untilNs = ports.clock.nowNs() + CLOSE_NS;
      const isUnderWay = () => leg.underWay > 0 && ports.clock.nowNs() < untilNs;
      while (isUnderWay()) await new Promise(resolve => setTimeout(resolve, 5));
      state.isClosed = true;
      await leg.close();
      await delivering;
    },
  };
}

async function deliverAll(state: State): Promise<void> {
  const { ports, publishedNs } = state;
  while (!state.isClosed) {
    for (const { ticks, injectedNs } of await takeFrom(state)) {
      ports.onLeg(publishedNs.shift()!, ports.clock.nowNs());
      ports.deliver(ticks, injectedNs);
    }
  }
}

/** A leg that is closed while it is waited for has no more. */
async function takeFrom(state: State) {
  try {
    return await state.leg.take();
  } catch (error) {
    if (state.isClosed) return [];
    throw error;
  }
}

const tooSlow = (waiting: number) =>
  new OutriderError(
    'limit',
    `brokers: ${waiting} ticks wait for them; feed fewer (--speed), or give them more machines`,
  );
