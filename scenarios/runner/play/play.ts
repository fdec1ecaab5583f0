/** Plays a scenario: processes up, load and faults at their times, everything down again. */
import type { Clock, Nanoseconds } from '#engine';
import { OutriderError, SECOND_NS } from '#engine';
import type { Instrument } from '#market';
import type { Brokers } from '../brokers/brokers.ts';
import { type ReadTopics, readPipelineTopics } from '../brokers/pipeline-topics.ts';
import type { DeliveredQuote } from '../feed/delivered.ts';
import { loadNs, type Scenario } from '../file/scenario.ts';
import { logsOf } from '../invariants/logs-copied.ts';
import { type PlayedFault, playFaults } from './faults.ts';
import { type PlayedStep, playSteps } from './steps.ts';
import { untilReturned } from './until-returned.ts';
import { waitUntil } from './wait.ts';
import { type Folders, startWorld, type World } from './world.ts';

/** What there is to judge; times on the clock of the harness. */
export type Played = {
  folders: Folders;
  instruments: readonly Instrument[];
  delivered: readonly DeliveredQuote[];
  /** Of the times of those quotes, nanoseconds since 1970. */
  feedOriginNs: bigint;
  /** When the feed began and ended. */
  beginNs: Nanoseconds;
  endNs: Nanoseconds;
  faults: PlayedFault[];
  steps: PlayedStep[];
  /** What the brokers have, where there are any. */
  topics: ReadTopics | undefined;
  /** Processes that ended though nobody meant them to. */
  crashes: string[];
};

export type PlayOptions = {
  directory: string;
  clock: Clock;
  /** Unix ns at which that clock begins. */
  originNs: bigint;
  /** Stops the scenario: faults are undone, processes ended, and `play` rejects. */
  abort: AbortSignal;
  event(text: string): void;
};

/** The run begins once verifier and gateway are up, and waits 10 s for them at most. */
const BEGIN_NS = 60 * SECOND_NS;
/** After the last tick the run cancels, logs out and writes its reports. */
const END_NS = 60 * SECOND_NS;

/** Rejects where processes cannot be started, or with the reason of the abort. */
export async function play(scenario: Scenario, options: PlayOptions): Promise<Played> {
  const { directory, clock, originNs, event } = options;
  const stopping = new AbortController();
  const abort = AbortSignal.any([options.abort, stopping.signal]);
  const crashes: string[] = [];
  const world = await startWorld({
    ...{ scenario, directory, clock },
    onCrash(text) {
      crashes.push(text);
      event(text);
    },
    onFailure: error => stopping.abort(error),
  });
  try {
    // An abort while the processes started comes here.
    abort.throwIfAborted();
    const beginNs = await begin(world, clock, abort);
    event(`the feed begins, for ${loadNs(scenario) / SECOND_NS} s`);
    const ports = { world, clock, beginNs, abort, event };
    const playing = playFaults(scenario.faults, ports);
    const orStop = <Done>(done: Promise<Done>) =>
      done.catch((error: unknown) => {
        stopping.abort(error);
        throw error;
      });
    const [faults, steps] = await Promise.all([
      orStop(playing),
      orStop(playSteps(scenario.steps, { world, clock, abort, event })),
      waitUntil(clock, beginNs + loadNs(scenario), abort),
    ]);
    await untilReturned({ scenario, world, clock, originNs, abort, faults });
    const endNs = clock.nowNs();
    abort.throwIfAborted();
    await finish(world, clock, abort);
    const { folders, relay, brokers } = world;
    const { instruments, delivered, originNs: feedOriginNs } = relay;
    const topics = brokers && (await readTopics(folders, brokers));
    const given = { folders, instruments, delivered, feedOriginNs };
    return { ...given, topics, beginNs, endNs, faults, steps, crashes };
  } finally {
    await world.stop();
  }
}

function readTopics({ run }: Folders, { addresses }: Brokers): Promise<ReadTopics> {
  const lengths = [...logsOf(run)].map(([name, records]) => {
    return [name.endsWith('edge-log') ? 'edge-log' : 'gateway-log', records.length] as const;
  });
  return readPipelineTopics(addresses, new Map(lengths));
}

async function begin(world: World, clock: Clock, abort: AbortSignal): Promise<Nanoseconds> {
  const late = new AbortController();
  const waiting = AbortSignal.any([abort, late.signal]);
  const failed = waitUntil(clock, clock.nowNs() + BEGIN_NS, waiting).then(() => undefined);
  const ended = world.run.exited.then(() => undefined);
  const beginNs = await Promise.race([world.relay.begun, failed, ended]);
  late.abort();
  abort.throwIfAborted();
  if (beginNs !== undefined) return beginNs;
  throw new OutriderError('network', 'run: it did not ask for its feed; see processes/run.log');
}

/** The run ends with its feed. One that does not is ended, and counts as a crash. */
async function finish(world: World, clock: Clock, abort: AbortSignal): Promise<void> {
  const over = new AbortController();
  const waiting = AbortSignal.any([abort, over.signal]);
  world.relay.finish();
  world.run.expectEnd();
  // An exchange's feed has no end: the run is told.
  if (world.bridge !== undefined) world.run.signal('SIGTERM');
  const late = waitUntil(clock, clock.nowNs() + END_NS, waiting).then(() => undefined);
  const exit = await Promise.race([world.run.exited, late]);
  over.abort();
  abort.throwIfAborted();
  if (exit?.status === 0) return;
  const how = exit === undefined ? 'did not end with its feed' : `ended with ${exit.status}`;
  throw new OutriderError('network', `run: ${how}; see processes/run.log`);
}
