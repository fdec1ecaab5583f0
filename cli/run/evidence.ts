/** The evidence of a run as its parts hand it over: folder, digests, latency, reports. */
import { join } from 'node:path';
import {
  createEvidence,
  createLatencyRecorder,
  createRunFolder,
  type GcRecorder,
  type LatencyRecorder,
  type RunFolder,
  recordGc,
} from '#bench';
import { type Clock, type Nanoseconds, SECOND_NS } from '#engine';
import type { Model } from '#law';
import type { Quote } from '#market';
import { hasVenueElsewhere } from './desk-file.ts';
import { type LiveLatency, liveLatency } from './live-latency.ts';
import type { LiveView } from './live-view.ts';
import { midText } from './mid-text.ts';
import type { RunObserver } from './observer.ts';
import { runInfo, writeReports } from './reports.ts';
import type { RunSetting } from './settings.ts';
import type { Source } from './source.ts';

export type Evidence = {
  readonly folder: RunFolder;
  readonly draft: Model | undefined;
  readonly observer: RunObserver;
  onSent(bytes: Uint8Array, venue?: number): void;
  onVenueReceived(bytes: Uint8Array, venue?: number): void;
  /** What may wait until a tick's work is done. */
  drain(): void;
  /** A live run claims latency; one on the virtual clock never calls this. */
  startLatency(clock: Clock): LiveLatency;
  /** A tick came from another thread. */
  onHop(pushedNs: Nanoseconds, takenNs: Nanoseconds): void;
  /** Ticks came by way of their topic. */
  onLeg(publishedNs: Nanoseconds, deliveredNs: Nanoseconds): void;
  latencies(): LiveView['latency'];
  /** The same, as distributions that sum over processes. */
  buckets: LatencyRecorder['buckets'];
  slippageOf(instrument: number): LiveView['instruments'][number]['slippage'];
  midText(instrument: number, quote: Quote | undefined): string;
  /** Closes the files and writes the reports. */
  finish(): void;
};

export function openEvidence(setting: RunSetting, source: Source): Evidence {
  const { config, instruments, originNs, draft } = setting;
  const elsewhere =
    config.gateway !== undefined ? 'gateway' : hasVenueElsewhere(setting) ? 'venue' : undefined;
  const venues = setting.deskFile?.venues.map(({ name }) => name);
  const folder = createRunFolder(config.out ?? join('runs', timeName()), { elsewhere, venues });
  folder.writeRun(runInfo(setting));
  const collected = createEvidence({
    instruments,
    moves: config.moves,
    parentDurationNs: config.parentSeconds * SECOND_NS,
  });
  let latency: { recorder: LatencyRecorder; clock: Clock; gc: GcRecorder } | undefined;
  return {
    folder,
    draft,
    observer: collected,
    onSent(bytes, venue = 0) {
      collected.onSent(bytes);
      (venue === 0 ? folder.outbound : folder.further[venue - 1])?.append(bytes);
    },
    onVenueReceived: (bytes, venue = 0) => folder.received[venue]?.append(bytes),
    drain() {
      collected.drain();
      folder.flush();
      latency?.recorder.onTime(latency.clock.nowNs());
    },
    startLatency(clock) {
      const { startNs } = source;
      const recorder = createLatencyRecorder({ originNs, startNs, hasIntervals: true });
      latency = { recorder, clock, gc: recordGc() };
      return liveLatency(recorder, clock);
    },
    onHop: (pushedNs, takenNs) => latency?.recorder.record('hop', Math.max(0, takenNs - pushedNs)),
    onLeg: (publishedNs, deliveredNs) =>
      latency?.recorder.record('topic', Math.max(0, deliveredNs - publishedNs)),
    latencies: () =>
      Object.entries(latency?.recorder.summaries() ?? {}).map(([segment, summary]) => ({
        segment,
        ...summary,
      })),
    buckets: () => latency?.recorder.buckets() ?? [],
    slippageOf(instrument) {
      const { slippage } = collected.slippage(instrument);
      if (slippage === undefined) return undefined;
      const { count: parents, mean, margin = Number.NaN } = slippage;
      return { parents, mean: mean / 2, interval: margin / 2 };
    },
    midText: (instrument, quote) => midText(instruments[instrument]!, quote),
    finish() {
      folder.close();
      writeReports({ folder, setting, source, findings: collected.findings(), latency });
    },
  };
}

const timeName = () => new Date().toISOString().replaceAll(/[:.]/g, '-');
