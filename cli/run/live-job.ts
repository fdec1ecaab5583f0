/** A run in real time, from its processes' start to their end: feed, script, screen. */
import { MILLISECOND_NS, type Nanoseconds, SECOND_NS } from '#engine';
import type { VenueEvent } from '#gateway';
import type { Tick } from '#market';
import { parseAddress } from '../commands/address.ts';
import { hasVenueElsewhere } from './desk-file.ts';
import { createDisplay } from './display.ts';
import { needsDrafter, startDrafter, warmingSetting } from './drafter.ts';
import { durationNs } from './duration.ts';
import type { Evidence } from './evidence.ts';
import { feedExchange } from './exchange-feed.ts';
import { gapTicks } from './gap-ticks.ts';
import { feedIngested, hasIngestThread, type IngestEnd } from './ingest.ts';
import { openEdgeJournal } from './journals.ts';
import { startKeepingWarm } from './keeping-warm.ts';
import { type LiveRun, liveTime, startLive } from './live.ts';
import { type LiveLeg, startLiveLeg } from './live-leg.ts';
import { paceStages } from './pace.ts';
import { showVenues, startPaperVenues } from './paper-venues.ts';
import { feedRecorded } from './recorded-feed.ts';
import { rehearse } from './rehearsal.ts';
import { type FeedEnd, feedRemote } from './remote-feed.ts';
import { openRunOperations, type RunOperations } from './run-operations.ts';
import type { RunTopics } from './run-topics.ts';
import type { Script } from './script.ts';
import type { RunSetting } from './settings.ts';
import { feedSimulated } from './simulated-feed.ts';
import { startSlowInputs } from './slow-inputs.ts';
import type { Source } from './source.ts';
import { startRecord } from './start-record.ts';
import type { TopicLeg } from './topic-leg.ts';
import { topicsOf } from './topics-of.ts';
import { startVerifierProcess, type VerifierProcess } from './verifier-process.ts';

export type LiveJob = {
  setting: RunSetting;
  source: Source;
  evidence: Evidence;
  /** Played where the verifier is the run's own; gives the run its length in any case. */
  script: Script | undefined;
};

/** The feed begins once the verifier answers, or after this long without it. */
const READY_NS = 10 * SECOND_NS;
const POLL_NS = 20 * MILLISECOND_NS;
/** Between two writes of what the edge journalled and no signal forced out. */
const FLUSH_NS = 100 * MILLISECOND_NS;

/** A run whose feed was lost for good has ended in order, but early. */
export async function runLiveJob(job: LiveJob): Promise<FeedEnd> {
  const { config } = job.setting;
  await rehearse(warmingSetting(job.setting));
  // An exchange's time goes on while the run is rehearsed.
  if (job.source.kind === 'exchange') job.source.startNs = job.source.clock.nowNs();
  const time = liveTime(job.source.startNs);
  const topics = await topicsOf(job.setting);
  let ownVerifier: VerifierProcess | undefined;
  try {
    const leg = await topics?.openLeg();
    if (config.verifier === undefined) ownVerifier = await startVerifierProcess(config, time);
    return await runWith(job, time, { ownVerifier, topics, leg });
  } finally {
    await ownVerifier?.stop();
    await topics?.close();
  }
}

/** What stands before the run does, and after it. */
type Grounds = {
  ownVerifier: VerifierProcess | undefined;
  topics: RunTopics | undefined;
  leg: TopicLeg | undefined;
};

async function runWith(
  job: LiveJob,
  time: Time,
  { ownVerifier, topics, leg }: Grounds,
): Promise<FeedEnd> {
  const { setting, source, evidence, script } = job;
  const { clock } = time;
  const operations = await openRunOperations(setting.config, job.source.originNs);
  const parts = await startParts({ ...job, operations }, time, ownVerifier);
  const { run, papers, edgeLog, display } = parts;
  await ready(run, time);
  const endNs = endOf(setting.config.duration, script, clock.nowNs());
  display.start(run, endNs);
  const slow = startSlowInputs(run.edge, setting.target.sideInputs, evidence.folder);
  const turns = [
    every(time, FLUSH_NS, () => edgeLog.flush()),
    every(time, SECOND_NS, () => operations.publish()),
    every(time, SECOND_NS, () => slow.turn()),
    startKeepingWarm(warmingSetting(setting), time),
  ];
  const onProblem = (text: string) => display.event(text);
  const played = ownVerifier && script?.play({ ...time, verifier: ownVerifier, event: onProblem });
  const stopping = stopSignals();
  const deliver = (batch: Tick[], injectedNs: Nanoseconds) => {
    run.gateway.onTicks(batch, injectedNs);
    run.onBatch(batch, injectedNs);
    showVenues(papers, { batch, injectedNs, onQuotes: run.gateway.onVenueTicks });
    observe(evidence, batch, clock.nowNs());
    run.edge.publish();
    evidence.drain();
    slow.note(batch);
  };
  const way = leg && startLiveLeg(leg, { clock, deliver, onLeg: evidence.onLeg });
  // Else the feed would go on to its end, and with it the process.
  way?.failed.catch(stopping.stop);
  try {
    await topics?.mirror(evidence.folder, onProblem);
    const fed = feed(source, {
      ...{ config: setting.config, time, endNs, isStopped: () => stopping.isStopped },
      onBatch: way?.publish ?? deliver,
      onMarket: events => papers[0]?.onMarket(events),
      onHop: (pushedNs, takenNs) => evidence.onHop(pushedNs, takenNs),
      onGap() {
        beginEpochs(job, run, { way, nowNs: clock.nowNs() });
        display.event('feed back: each instrument begins a new epoch');
      },
      onClockOffset: offsetNs => run.edge.onClockOffset(offsetNs),
      onProblem,
    });
    const end = await (way === undefined ? fed : Promise.race([fed, way.failed]));
    await played;
    return end;
  } finally {
    await way?.close();
    stopping.close();
    for (const turn of turns) turn.stop();
    display.close();
    await operations.close(() => endParts(parts, slow));
  }
}

type Parts = Awaited<ReturnType<typeof startParts>>;
type Slow = ReturnType<typeof startSlowInputs>;

async function endParts({ run, drafter, papers, edgeLog }: Parts, slow: Slow): Promise<void> {
  await run.stop();
  await drafter?.close();
  for (const paper of papers) await paper.close();
  await slow.close();
  edgeLog.close();
}

function beginEpochs(
  { source, evidence }: LiveJob,
  { edge }: LiveRun,
  over: { way: LiveLeg | undefined; nowNs: Nanoseconds },
): void {
  // Over Kafka earlier ticks may still be on their way: the gap goes behind them.
  if (over.way !== undefined) {
    over.way.publish(gapTicks(source.instruments, over.nowNs), over.nowNs);
    return;
  }
  for (const instrument of source.instruments.keys()) {
    edge.onGap(instrument);
    evidence.observer.onGap(instrument);
  }
}

function observe({ observer }: Evidence, batch: readonly Tick[], nowNs: Nanoseconds): void {
  for (const tick of batch) {
    if (tick.kind === 'quote') observer.onQuote(tick, nowNs);
    else if (tick.kind === 'gap') observer.onGap(tick.instrument);
  }
}

/** Paper venues, journals and the run itself, connected; nothing is fed yet. */
async function startParts(
  { setting, source, evidence, operations }: LiveJob & { operations: RunOperations },
  time: Time,
  ownVerifier: VerifierProcess | undefined,
) {
  const { config } = setting;
  const { clock, timers } = time;
  const { originNs, startNs: timeNs } = source;
  const start = startRecord(setting);
  const edgeLog = openEdgeJournal(evidence.folder.edgeLog, { originNs, timeNs, start });
  const isPaper = config.gateway === undefined && !hasVenueElsewhere(setting);
  const papers = isPaper ? await startPaperVenues({ setting, source, evidence }, time) : [];
  const display = createDisplay({ config, source, evidence, clock, timers });
  const latency = evidence.startLatency(clock);
  const addresses = {
    verifier: verifierAddress(config.verifier, ownVerifier),
    ownVenues: papers.map(({ port }) => ({ port })),
    gatewayLogDirectory: evidence.folder.gatewayLog,
    start,
  };
  const drafter = needsDrafter(setting)
    ? await startDrafter(setting, {
        onDrafted: drafted => run.edge.onDrafted(drafted),
        onLost: ({ message }) => display.event(`${message}; the verifier alone looks ahead`),
      })
    : undefined;
  const run: LiveRun = startLive(setting, addresses, {
    ...{ clock, timers, observer: evidence.observer },
    journalEdge: event => edgeLog.write(event),
    flushEdge: () => edgeLog.flush(),
    onSent: (bytes, venue) => evidence.onSent(bytes, venue),
    onGatewayEffects(effects) {
      const { state, clock: gatewayClock } = run.gateway;
      if (state !== undefined) latency.onGateway(effects, state, gatewayClock.nowNs());
      evidence.observer.onGateway(effects, clock.nowNs());
    },
    onProblem: text => display.event(text),
    latency: operations.traced(latency.edge),
    probe: latency.probe,
    drafter,
  });
  operations.watch(run, () => evidence.buckets());
  return { run, papers, edgeLog, display, drafter };
}

type Time = ReturnType<typeof liveTime>;

function verifierAddress(given: string | undefined, own: VerifierProcess | undefined) {
  return given === undefined ? { port: own!.port } : parseAddress('verifier', given);
}

async function ready(run: LiveRun, { clock, timers }: Time): Promise<void> {
  const untilNs = clock.nowNs() + READY_NS;
  while (!(run.isVerifierUp && run.gateway.isUp) && clock.nowNs() < untilNs) {
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
  onHop(pushedNs: number, takenNs: number): void;
  onGap(): void;
  onClockOffset(offsetNs: number): void;
  onProblem(text: string): void;
};

const conflated = ({ merged, lostBookChanges }: IngestEnd['counts']) =>
  `the ring was full: ${merged} ticks merged into later ones, ${lostBookChanges} book changes lost`;

async function feed(source: Source, { config, time, ...ports }: FeedOptions): Promise<FeedEnd> {
  const { clock, precise: timers } = time;
  const stages = paceStages(config.stages);
  switch (source.kind) {
    case 'recorded': {
      const speed = config.speed === 'max' ? 1 : config.speed;
      const pace = { firstNs: source.startNs, startNs: clock.nowNs(), speed, stages };
      if (!hasIngestThread(config.ingest)) {
        await feedRecorded(source.ticks, pace, { ...ports, clock, timers });
        return { feedLost: undefined };
      }
      const { ticks: paths, timeZone } = config;
      const opening = { paths, timeZone, originNs: source.originNs };
      const { stats, counts } = await feedIngested(opening, pace, { ...ports, clock });
      source.ingested = stats;
      if (counts.merged > 0) ports.onProblem(conflated(counts));
      return { feedLost: undefined };
    }
    case 'simulated':
      await feedSimulated(source.exchange, { ...ports, clock, timers, stages });
      return { feedLost: undefined };
    case 'remote':
      return await feedRemote(source.feed, { ...ports, clock });
    case 'exchange':
      return await feedExchange(source, { ...ports, clock });
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
  const stop = () => {
    stopping.isStopped = true;
  };
  const stopping = { isStopped: false, stop, close: () => {} };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  stopping.close = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  return stopping;
}
