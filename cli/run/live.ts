/** A run in real time: the edge here, its verifier and gateway beside it or elsewhere. */

import { createEdge, type Drafter, type Edge, type EdgeEvent, type EdgeLatency } from '#edge';
import { type Clock, clockFrom, preciseTimers, type Timers, wallTimers } from '#engine';
import type { GatewayEffects, StepProbe } from '#gateway';
import type { Tick } from '#market';
import { connectVerifier } from '#verifier';
import type { RunConfig } from '../config.ts';
import type { RunObserver } from './observer.ts';
import { type RunGateway, type RunGatewayOptions, startRunGateway } from './remote-run-gateway.ts';
import { edgeOptions, policyOf, type RunSetting, verifierTerms } from './settings.ts';

export type LivePorts = {
  clock: Clock;
  timers: Timers;
  journalEdge(event: EdgeEvent): void;
  flushEdge(): void;
  onSent(bytes: Uint8Array, venue: number): void;
  /** Of a gateway of the run's own. */
  onGatewayEffects(effects: GatewayEffects): void;
  onProblem(text: string): void;
  observer: RunObserver;
  latency: EdgeLatency;
  probe: StepProbe;
  /** Drafts in place of the setting's draft. */
  drafter: Drafter | undefined;
};

export type LiveAddresses = Pick<RunGatewayOptions, 'ownVenues' | 'start'> & {
  verifier: { host?: string; port: number };
  gatewayLogDirectory: string;
};

export type LiveRun = {
  readonly edge: Edge;
  readonly gateway: RunGateway;
  readonly isVerifierUp: boolean;
  /** As the link's heartbeats measure it. */
  readonly verifierRoundTripNs: number | undefined;
  onBatch(batch: Tick[], injectedNs: number): void;
  stop(): Promise<void>;
};

/** The venue has this long to answer the last cancels and the logout. */
const STOP_NS = 2_000_000_000;

export function startLive(setting: RunSetting, at: LiveAddresses, ports: LivePorts): LiveRun {
  const { clock, timers, observer, drafter } = ports;
  const options = edgeOptions(setting, policyOf(setting.config, observer.onParent));
  if (drafter !== undefined) options.draft = undefined;
  const gateway = startRunGateway({
    ...{ setting, clock, timers, start: at.start, ownVenues: at.ownVenues },
    logDirectory: at.gatewayLogDirectory,
    onSent: ports.onSent,
    onPosition: (instrument, positionLots) => edge.onPosition(instrument, positionLots),
    onEffects: effects => ports.onGatewayEffects(effects),
    onProblem: ports.onProblem,
    probe: ports.probe,
  });
  const verifier = connectVerifier({
    ...at.verifier,
    terms: verifierTerms(setting),
    clock,
    timers,
    onAnswer(answer) {
      observer.onAnswer(answer);
      edge.onAnswer(answer);
    },
    onState(change) {
      if (change.state === 'up') return;
      ports.onProblem(change.error.message);
      edge.onLinkLost();
    },
  });
  const edge: Edge = createEdge(options, {
    clock,
    timers,
    link: verifier,
    journal: ports.journalEdge,
    flush: ports.flushEdge,
    onSignal: signal => gateway.onSignal(signal),
    onDecision: decision => observer.onDecision(decision),
    onSettled: settled => observer.onSettled(settled),
    latency: ports.latency,
    drafter,
  });
  observer.onStart({ edge: edge.state, gateway: gateway.state });
  gateway.connect();
  return {
    edge,
    gateway,
    get isVerifierUp() {
      return verifier.state === 'up';
    },
    get verifierRoundTripNs() {
      return verifier.roundTripNs;
    },
    onBatch: (batch, injectedNs) => edge.onTicks(batch, injectedNs),
    async stop() {
      await gateway.stop(STOP_NS);
      edge.close();
      verifier.close();
      gateway.close();
    },
  };
}

/** The clock of a run that begins at this time, and its timers, coarse and precise. */
export function liveTime(startNs: number): { clock: Clock; timers: Timers; precise: Timers } {
  const clock = clockFrom(startNs);
  const timers = wallTimers(clock);
  return { clock, timers, precise: preciseTimers({ clock, timers, nextTurn: setImmediate }) };
}

export const defaultDurationNs = (config: RunConfig) =>
  config.ticks.length === 0 ? 120_000_000_000 : Number.POSITIVE_INFINITY;
