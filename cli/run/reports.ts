/** What a run leaves beside its logs: run.json, latency.hlog, report.json, report.html. */
import {
  createReport,
  type Findings,
  type GcRecorder,
  type LatencyRecorder,
  type RunFolder,
  type RunInfo,
  readLatencyLog,
  reportHtml,
} from '#bench';
import { type Clock, logDigest } from '#engine';
import { loadedKernels } from '#native';
import type { RunConfig } from '../config.ts';
import { plainReport } from './plain-report.ts';
import type { RunSetting } from './settings.ts';
import type { Source } from './source.ts';

const THREADS =
  'run: feed, edge, gateway and paper venue on the main thread, parked in the event loop but for ' +
  'the last 2 ms before a tick is due; verifier and forwarder: a process each. docs/threads.md';

export function runInfo({ config, originNs, instruments, target, draft }: RunSetting): RunInfo {
  return {
    version: 1,
    config,
    seed: config.seed,
    originNs: String(originNs),
    instruments: instruments.map(({ symbol }) => symbol),
    versions: {
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      targetKernel: target.kernel,
      ...(draft === undefined ? {} : { draftKernel: draft.kernel }),
      kernels: loadedKernels.kind,
    },
    hashes: { target: target.hash, ...(draft === undefined ? {} : { draft: draft.hash }) },
    threads: THREADS,
  };
}

export function writeReports(run: {
  folder: RunFolder;
  setting: RunSetting;
  source: Source;
  findings: Findings;
  latency: { recorder: LatencyRecorder; clock: Clock; gc: GcRecorder } | undefined;
}): void {
  const { folder, setting, source, findings, latency } = run;
  const { branches, trajectories, moves, json } = setting.config;
  const report = createReport(findings, {
    size: { branches, trajectories, moves },
    readStats: source.kind === 'recorded' ? source.opened.stats : undefined,
    latencyNs: latency?.recorder.summaries() ?? {},
    gc: latency?.gc.close(),
    latencyComparable: latency !== undefined && loadedKernels.kind === 'native',
    logDigests: { edgeLog: logDigest(folder.edgeLog), gatewayLog: logDigest(folder.gatewayLog) },
  });
  const log = latency?.recorder.log(latency.clock.nowNs()) ?? '';
  latency?.recorder.destroy();
  folder.writeLatency(log);
  const title = titleOf(setting.config);
  const html = reportHtml({
    title,
    report,
    findings,
    latency: readLatencyLog(log, 'latency.hlog'),
  });
  folder.writeReport(report, html);
  console.log(json ? JSON.stringify(report) : plainReport(report, folder.path));
}

function titleOf({ ticks, speed, lockstep }: RunConfig): string {
  if (ticks.length === 0) return 'Outrider on the built-in exchange';
  const pace = lockstep
    ? 'in lockstep'
    : speed === 'max'
      ? 'on the virtual clock'
      : `at ${speed} x`;
  return `Outrider on ${ticks.map(path => path.split('/').slice(-2).join('/')).join(', ')} ${pace}`;
}
