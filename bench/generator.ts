/**
 * The load of a measurement, as a process of its own: recorded ticks, each published when it is
 * due whether or not anyone keeps up, over the feed protocol of `outrider venue --feed`.
 *
 *     node bench/generator.ts '{"ticks":["PATH"],"from":"14:00","speed":5,"seconds":20}'
 *
 * Prints `{"port":N}` once it listens, and what it offered once the last tick is out.
 */

import { readFileSync } from 'node:fs';
import { feedRecorded } from '#cli';
import { clockFrom, preciseTimers, SECOND_NS, wallTimers } from '#engine';
import { openTicks, publishFeed, type Tick } from '#market';
import { createHistogram, summarise } from './latency/histogram.ts';
import { type Offered, offerSchema } from './replay/offer.ts';

const offer = offerSchema.parse(JSON.parse(process.argv[2] ?? readFileSync(0, 'utf8')));
const [hours = 0, minutes = 0] = offer.from.split(':').map(Number);
const fromNs = (hours * 60 + minutes) * 60 * SECOND_NS;

const { originNs, instruments, ticks } = await openTicks({ paths: offer.ticks });
const due = await skipTo(ticks[Symbol.asyncIterator](), fromNs);
const startNs = due.first[0]!.exchangeTimeNs;

const ownClock = clockFrom(0);
const subscribed = Promise.withResolvers<void>();
let feedClock: ReturnType<typeof clockFrom> | undefined;
const feed = await publishFeed({
  ...{ port: 0, originNs, instruments, clock: ownClock, timers: wallTimers(ownClock) },
  positionNs: () => feedClock?.nowNs() ?? startNs,
  onSubscribed() {
    feedClock ??= clockFrom(startNs);
    subscribed.resolve();
  },
  onGone() {},
});
console.log(JSON.stringify({ port: feed.port }));
await subscribed.promise;
const offered = await publishAll(feedClock!);
feed.finish();
console.log(JSON.stringify(offered satisfies Offered));
process.once('SIGTERM', () => void feed.close());

/** Drops what was recorded before a time of the first day. */
async function skipTo(batches: AsyncIterator<Tick[]>, timeNs: number) {
  for (;;) {
    const { done, value } = await batches.next();
    if (done)
      throw new Error(`from: ${offer.from}; no tick is recorded so late, give an earlier one`);
    const first = value.filter(tick => tick.exchangeTimeNs >= timeNs);
    if (first.length > 0) return { first, rest: batches };
  }
}

async function* allDue(): AsyncGenerator<Tick[]> {
  yield due.first;
  for (let next = await due.rest.next(); !next.done; next = await due.rest.next()) {
    yield next.value;
  }
}

async function publishAll(clock: ReturnType<typeof clockFrom>): Promise<Offered> {
  const endNs = startNs + offer.seconds * SECOND_NS;
  const late = createHistogram();
  let count = 0;
  await feedRecorded(
    allDue(),
    { firstNs: startNs, startNs, speed: offer.speed },
    {
      ...{ clock, endNs, isStopped: () => false },
      timers: preciseTimers({ clock, timers: wallTimers(clock), nextTurn: setImmediate }),
      onBatch(batch, injectedNs) {
        feed.publish(batch, injectedNs);
        late.recordValue(Math.max(0, clock.nowNs() - injectedNs));
        count += batch.length;
      },
    },
  );
  return { ticks: count, seconds: offer.seconds, lateNs: summarise(late) };
}
