/** What a bad feed does to batches of ticks on their way: loses, repeats and delays them. */
import { type Clock, MILLISECOND_NS, type Nanoseconds, type Random, type Timers } from '#engine';
import type { Tick } from '#market';

/** A batch, when it was due and when it came here, both on the clock of the harness. */
export type FeedBatch = {
  ticks: readonly Tick[];
  injectedNs: Nanoseconds;
  arrivedNs: Nanoseconds;
};

/**
 * `gap`: every batch is lost, the connection lives on.
 * `duplicate`: some batches go on at once and come again within REPEAT_NS, times unchanged.
 * `reorder`: some batches are held until up to OVERTAKERS_MAX later ones have gone by, or HOLD_NS.
 */
export type Disturbance = 'gap' | 'duplicate' | 'reorder';

export type FeedDisturber = {
  push(batch: FeedBatch): void;
  begin(kind: Disturbance, share: number): void;
  /** Ends it; what is held goes on at once, what was to come again does not. */
  end(kind: Disturbance): void;
};

export type DisturberPorts = {
  clock: Clock;
  timers: Timers;
  random: Random;
  deliver(batch: FeedBatch): void;
};

const REPEAT_NS = 200 * MILLISECOND_NS;
const HOLD_NS = 250 * MILLISECOND_NS;
const OVERTAKERS_MAX = 3;

type Held = { batch: FeedBatch; overtakersLeft: number; isGone: boolean };

export function createDisturber(ports: DisturberPorts): FeedDisturber {
  const { clock, timers, random, deliver } = ports;
  const shares = new Map<Disturbance, number>();
  let held: Held[] = [];

  const happens = (kind: Disturbance) => {
    const share = shares.get(kind);
    return share !== undefined && random.nextFloat() < share;
  };
  const release = (due: readonly Held[]) => {
    held = held.filter(one => !due.includes(one));
    for (const one of due) {
      if (!one.isGone) deliver(one.batch);
      one.isGone = true;
    }
  };
  const hold = (batch: FeedBatch) => {
    const overtakersLeft = 1 + Math.floor(random.nextFloat() * OVERTAKERS_MAX);
    const one: Held = { batch, overtakersLeft, isGone: false };
    held.push(one);
    timers.at(clock.nowNs() + HOLD_NS, () => release([one]));
  };
  const pass = (batch: FeedBatch) => {
    deliver(batch);
    for (const one of held) one.overtakersLeft--;
    release(held.filter(({ overtakersLeft }) => overtakersLeft <= 0));
  };
  const repeat = (batch: FeedBatch) => {
    const waitNs = Math.floor(random.nextFloat() * REPEAT_NS);
    timers.at(clock.nowNs() + waitNs, () => {
      if (shares.has('duplicate') && !shares.has('gap')) deliver(batch);
    });
  };

  return {
    push(batch) {
      if (shares.has('gap')) return;
      if (happens('duplicate')) repeat(batch);
      if (happens('reorder')) hold(batch);
      else pass(batch);
    },
    begin: (kind, share) => void shares.set(kind, share),
    end(kind) {
      shares.delete(kind);
      if (kind === 'reorder') release(held);
    },
  };
}
