/** A run in real time, from its processes' start to their end: feed, script, screen. */
import { join } from 'node:path';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import type { VenueEvent } from '#gateway';
import type { Tick } from '#market';
import { parseAddress } from '../commands/address.ts';
import { createDisplay } from './display.ts';
import { durationNs } from './duration.ts';
import type { Evidence } from './evidence.ts';
import { openEdgeJournal } from './journals.ts';
import { type LiveRun, liveTime, startLive } from './live.ts';
import { recordedMarketOf, showBatch, startVenue } from './live-venue.ts';
import { feedRecorded } from './recorded-feed.ts';
import { rehearse } from './rehearsal.ts';
import type { Script } from './script.ts';
import type { RunSetting } from './settings.ts';
import { feedSimulated } from './simulated-feed.ts';
import type { Source } from './source.ts';
import { startRecord } from './start-record.ts';
import { startVerifierProcess, type VerifierProcess } from './verifier-process.ts';

export type LiveJob = {
  setting: RunSetting;
  source: Source;
  evidence: Evidence;
  /** Needs a verifier of the run's own. */
  script: Script | undefined;
};

/** The feed begins once the verifier answers, or after this long without it. */
const READY_NS = 10 * SECOND_NS;
const POLL_NS = 20 * MILLISECOND_NS;
/** Between two writes of what the edge journalled and no signal forced out. */
const FLUSH_NS = 100 * MILLISECOND_NS;

export async function runLiveJob(job: LiveJob): Promise<void> {
  const { setting, source, evidence, script } = job;
  await rehearse(setting);
  const time = liveTime(source.startNs);
  const { clock } = time;
  const parts = await startParts(job, time);
  const { run, venue, market, edgeLog, display, ownVerifier } = parts;
  await ready(run, time);
  const endNs = endOf(setting.config.duration, script, clock.nowNs());
  display.start(run, endNs);
  const flushing = every(time, FLUSH_NS, () => edgeLog.flush());
  const played = script?.play({
    ...{ verifier: ownVerifier!, ...time },
    event: text => display.event(text),
  });
  const stopping = stopSignals();
  try {
    await feed(source, {
      ...{ config: setting.config, time, endNs, isStopped: () => stopping.isStopped },
      onBatch(batch, injectedNs) {
        run.onBatch(batch, injectedNs);
        venue.onMarket(showBatch(market, batch));
        const nowNs = clock.nowNs();
        for (const tick of batch) if (tick.kind === 'quote') evidence.observer.onQuote(tick, nowNs);
        run.edge.publish();
        evidence.drain();
      },
      onMarket: events => venue.onMarket(events),
    });
    await played;
  } finally {
    stopping.close();
    flushing.stop();
    display.close();
    await run.stop();
    await ownVerifier?.stop();
    await venue.close();
    edgeLog.close();
  }
}

/** Verifier, venue, journals and the run itself, connected; nothing is fed yet. */
async function startParts({ setting, source, evidence }: LiveJob, time: Time) {
  const { config } = setting;
  const { clock, timers } = time;
  const { originNs, instruments, startNs: timeNs, kind } = source;
  const start = startRecord(setting);
  const ownVerifier =
    config.verifier === undefined ? await startVerifierProcess(config, time) : undefined;
  const market = kind === 'recorded' ? recordedMarketOf(config, instruments) : source.exchange;
  const edgeLog = openEdgeJournal(evidence.folder.edgeLog, { originNs, timeNs, start });
  const venue = await startVenue({
    ...{ port: 0, originNs, instruments, market, clock, timers },
    heartbeatNs: config.heartbeatSeconds * SECOND_NS,
    storeDirectory: join(evidence.folder.path, 'venue-store'),
    onReceived: bytes => evidence.onVenueReceived(bytes),
  });
  const display = createDisplay({ config, source, evidence, clock, timers });
  const latency = evidence.startLatency(clock);
  const addresses = {
    verifier: verifierAddress(config.verifier, ownVerifier),
    venue: { port: venue.port },
    gatewayLogDirectory: evidence.folder.gatewayLog,
    start,
  };
  const run: LiveRun = startLive(setting, addresses, {
    ...{ clock, timers, observer: evidence.observer },
    journalEdge: event => edgeLog.write(event),
    flushEdge: () => edgeLog.flush(),
    onSent: bytes => evidence.onSent(bytes),
    onGatewayEffects(effects, nowNs) {
      latency.onGateway(effects, run.gateway.gateway.state, clock.nowNs());
      evidence.observer.onGateway(effects, nowNs);
    },
    onProblem: text => display.event(text),
    latency: latency.edge,
    probe: latency.probe,
  });
  return { run, venue, market, edgeLog, display, ownVerifier };
}

type Time = ReturnType<typeof liveTime>;

function verifierAddress(given: string | undefined, own: VerifierProcess | undefined) {
  return given === undefined ? { port: own!.port } : parseAddress('verifier', given);
}

async function ready(run: LiveRun, { clock, timers }: Time): Promise<void> {
  const untilNs = clock.nowNs() + READY_NS;
  while (!(run.isVerifierUp && run.gateway.gateway.state.isLoggedOn) && clock.nowNs() < untilNs) {
    await new Promise<void>(resolve => timers.at(clock.nowNs() + POLL_NS, resolve));
  }
}

function endOf(duration: string | undefined, script: Script | undefined, nowNs: number): number {
  if (duration !== undefined) return nowNs + durationNs(duration);
  return script === undefined ? Number.POSITIVE_INFINITY : nowNs + script.lengthNs;
}

type FeedOptions = {
  config: RunSetting['config'];
  time: Time;
  endNs: number;
  isStopped(): boolean;
  onBatch(batch: Tick[], injectedNs: number): void;
  onMarket(events: readonly VenueEvent[]): void;
};

async function feed(source: Source, { config, time, ...ports }: FeedOptions): Promise<void> {
  const { clock, precise: timers } = time;
  switch (source.kind) {
    case 'recorded': {
      const speed = config.speed === 'max' ? 1 : config.speed;
      const pace = { firstNs: source.startNs, startNs: clock.nowNs(), speed };
      await feedRecorded(source.ticks, pace, { ...ports, clock, timers });
      return;
    }
    case 'simulated':
      await feedSimulated(source.exchange, { ...ports, clock, timers });
      return;
  }
}

function every({ clock, timers }: Time, periodNs: number, callback: () => void) {
  let isStopped = false;
  const turn = () => {
    if (isStopped) return;
    callback();
    timers.at(clock.nowNs() + periodNs, turn);
  };
  turn();
  return {
    stop() {
      isStopped = true;
    },
  };
}

/** Ctrl-C and SIGTERM end the feed; what follows is an orderly stop. */
function stopSignals() {
  const stopping = { isStopped: false, close: () => {} };
  const stop = () => {
    stopping.isStopped = true;
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  stopping.close = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  return stopping;
}
