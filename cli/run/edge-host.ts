/** An edge as a process: a member of a group that shares the instruments of the topic of ticks. */
import { createEdge, type Drafter, type Edge, noEdgeLatency } from '#edge';
import {
  type Clock,
  clockFrom,
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  OutriderError,
  seededRandom,
  type Timers,
  wallClock,
  wallTimers,
} from '#engine';
import type { Broker } from '#engine/broker';
import { type Processor, type ProcessorObserver, startProcessor, wallPorts } from '#engine/runtime';
import { checkSchemas } from '#engine/schema';
import { connectVerifier } from '#verifier';
import { needsDrafter, startDrafter } from './drafter.ts';
import { type EdgeClock, watchEdgeClock } from './edge-clock.ts';
import { createEdgeDesk, type HostedDesk } from './edge-desk.ts';
import { connectEdgeGateway } from './edge-gateway.ts';
import { edgeTopicSchemas, edgeTopology } from './edge-topology.ts';
import type { InstrumentTable } from './instrument-topic.ts';
import { edgeOptions, policyOf, type RunSetting, verifierTerms } from './settings.ts';
import { topicComplaints } from './topics.ts';

export type EdgeHostOptions = {
  readonly setting: RunSetting;
  readonly broker: Broker;
  readonly group: string;
  /** Among the members of the group, unlike any other's that lives. */
  readonly name: string;
  readonly verifier: { readonly host?: string; readonly port: number };
  readonly time: EdgeTime;
  readonly settings: EdgeGroupSettings;
  readonly observer?: ProcessorObserver | undefined;
  onProblem(text: string): void;
};

/** What all members of a group should have alike, in milliseconds. */
export type EdgeGroupSettings = {
  readonly standbys: number;
  readonly sessionTimeoutMs: number;
  readonly commitIntervalMs: number;
  /** Copies of the changelog's partitions. */
  readonly replicas: number;
};

export type EdgeTime = {
  readonly clock: Clock;
  readonly timers: Timers;
  /** What the clock counts from, nanoseconds since 1970. */
  readonly zeroNs: bigint;
};

export type EdgeHost = {
  readonly edge: Edge;
  readonly processor: Processor;
  readonly isVerifierUp: boolean;
  /** Undefined without one. */
  readonly isGatewayUp: boolean | undefined;
  /** See `EdgeClock`. */
  readonly clockAheadNs: Nanoseconds | undefined;
  /** Commits, leaves the group and closes what was opened. */
  close(): Promise<void>;
};

/** Times of ticks are exact for 104 days from the origin on. */
const ORIGIN_AGE_MAX = 100n * 86_400_000_000_000n;
const HEARTBEATS_A_SESSION = 20;

/** The wall's clock, or for recorded ticks of long ago one that begins at their midnight. */
export function edgeTime(originNs: bigint): EdgeTime {
  const nowNs = BigInt(Date.now()) * BigInt(MILLISECOND_NS);
  const isLive = nowNs - originNs < ORIGIN_AGE_MAX;
  const clock = isLive ? wallClock(originNs) : clockFrom(0);
  return { clock, timers: wallTimers(clock), zeroNs: isLive ? originNs : nowNs };
}

/** Throws `bad-config` naming each topic that is missing, or whose schema is another. */
export async function checkEdgeTopics(
  { broker, prefix }: { broker: Broker; prefix: string },
  { originNs }: InstrumentTable,
): Promise<void> {
  const complaints = await topicComplaints(broker, prefix);
  if (complaints.length > 0) throw new OutriderError('bad-config', complaints.join('; '));
  await checkSchemas({
    ...{ broker, topics: edgeTopicSchemas({ name: '', prefix, originNs }) },
    random: seededRandom(`${process.pid} ${Date.now()}`),
  });
}

/** Resolves once it is a member; ticks come with its first assignment. */
export async function hostEdge(options: EdgeHostOptions): Promise<EdgeHost> {
  const { setting, name, group, broker, settings, onProblem } = options;
  const { config, originNs } = setting;
  let processor: Processor | undefined;
  const parts = await openEdge(options, () => processor);
  const { desk, edge, brokerClock } = parts;
  const close = async () => {
    await processor?.close().catch(({ message }: Error) => onProblem(`edge: ${message}`));
    await parts.close();
  };
  try {
    processor = await startProcessor({
      ...{ broker, applicationId: group, processorId: name },
      topology: edgeTopology({ name: group, prefix: config.topicPrefix, originNs }, desk),
      ports: wallPorts(midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS))),
      observer: observed(options, parts),
      settings: {
        ...settings,
        heartbeatMs: Math.ceil(settings.sessionTimeoutMs / HEARTBEATS_A_SESSION),
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ edge, processor, close },
    get isVerifierUp() {
      return parts.isVerifierUp;
    },
    get isGatewayUp() {
      return parts.gateway?.isUp;
    },
    get clockAheadNs() {
      return brokerClock.aheadNs;
    },
  };
}

/** Who loses an instrument says nothing more of it. */
function observed(
  { observer, onProblem }: EdgeHostOptions,
  { desk, brokerClock }: { desk: HostedDesk; brokerClock: EdgeClock },
): ProcessorObserver {
  return {
    ...observer,
    onAssigned(assigned) {
      brokerClock.onAssigned();
      desk.keepOnly(new Set(assigned.active.map(task => Number(task.split('_')[1]))));
      observer?.onAssigned?.(assigned);
    },
    onFailure(failure) {
      const { error, inARow } = failure;
      const reason = error instanceof Error ? error.message : String(error);
      onProblem(`edge: ${reason}; begins anew from its last commit (${inARow} in a row)`);
      observer?.onFailure?.(failure);
    },
  };
}

async function openEdge(options: EdgeHostOptions, processor: () => Processor | undefined) {
  const { setting, name, group, time, onProblem } = options;
  const { config, instruments } = setting;
  const { clock, timers, zeroNs } = time;
  const drafter = needsDrafter(setting)
    ? await startDrafter(setting, {
        onDrafted: drafted => edge.onDrafted(drafted),
        onLost: ({ message }) => onProblem(`${message}; the verifier alone looks ahead`),
      })
    : undefined;
  const verifier = linkVerifier(options, () => edge);
  const desk: HostedDesk = createEdgeDesk({
    ...{ name, clock, zeroNs, onProblem, strategy: config.strategy ?? '' },
    wake: () => processor()?.wake(),
    symbols: instruments.map(({ symbol }) => symbol),
    edge: () => edge,
    onSignal: (signal, ticks) => gateway?.onSignal(signal, ticks),
    onTicks(ticks, injectedNs, arrivedMs) {
      brokerClock.onTicks(ticks.length, arrivedMs);
      gateway?.onTicks(ticks, injectedNs);
    },
  });
  const edge = createEdge(optionsOf(setting, drafter), {
    ...{ clock, timers, link: verifier, drafter, latency: noEdgeLatency },
    // What it decides on is in topics; a log of its own would lack what others had before.
    journal() {},
    flush() {},
    onSignal: desk.onSignal,
    onDecision() {},
    onSettled: desk.onSettled,
  });
  const gateway = connectEdgeGateway({
    ...{ config, instruments, time, group, name, onProblem },
    onPosition: (instrument, positionLots) => edge.onPosition(instrument, positionLots),
  });
  const brokerClock = watchEdgeClock({
    ...{ clock, timers, onProblem, nowMs: Date.now },
    status: () => processor()?.status(),
  });
  return {
    ...{ desk, edge, gateway, brokerClock },
    get isVerifierUp() {
      return verifier.state === 'up';
    },
    async close() {
      brokerClock.close();
      edge.close();
      gateway?.leave();
      verifier.close();
      await drafter?.close();
    },
  };
}

function linkVerifier(
  { setting, verifier, time: { clock, timers }, onProblem }: EdgeHostOptions,
  edge: () => Edge,
) {
  return connectVerifier({
    ...{ ...verifier, terms: verifierTerms(setting), clock, timers },
    onAnswer: answer => edge().onAnswer(answer),
    onState(change) {
      if (change.state === 'up') return;
      onProblem(change.error.message);
      edge().onLinkLost();
    },
  });
}

function optionsOf(setting: RunSetting, drafter: Drafter | undefined) {
  const options = edgeOptions(setting, policyOf(setting.config));
  if (drafter !== undefined) options.draft = undefined;
  return options;
}
