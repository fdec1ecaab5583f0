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
import { namesExchange } from '#market';
import { loadedKernels } from '#native';
import type { RunConfig } from '../config.ts';
import { modelledDelays } from './modelled-delays.ts';
import { plainReport } from './plain-report.ts';
import type { RunSetting } from './settings.ts';
import type { Source } from './source.ts';

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
    sideInputs: target.sideInputs,
    threads: threadsOf(config),
  };
}

function threadsOf({ verifier, gateway, venue, feed: given }: RunConfig): string {
  const isExchange = given !== undefined && namesExchange(given);
  const feed = isExchange ? undefined : given;
  const isPaper = gateway === undefined && venue === undefined;
  const here = [
    ...(feed === undefined ? ['feed', 'edge'] : ['edge']),
    ...(gateway === undefined ? ['gateway'] : []),
    ...(isPaper ? ['paper venue'] : []),
  ];
  const elsewhere = Object.entries({ verifier, gateway, venue, feed }).flatMap(([name, address]) =>
    address === undefined ? [] : [`; ${name}: the process at ${address}`],
  );
  const pacing = given === undefined ? ' but for the last 2 ms before a tick is due' : '';
  const own = verifier === undefined ? '; verifier and forwarder: a process each' : '';
  return (
    `run: ${here.join(', ')} on the main thread, parked in the event loop${pacing}${own}` +
    `${elsewhere.join('')}. docs/threads.md`
  );
}

export function writeReports(run: {
  folder: RunFolder;
  setting: RunSetting;
  source: Source;
  findings: Findings;
  latency: { recorder: LatencyRecorder; clock: Clock; gc: GcRecorder } | undefined;
}): void {
  const { folder, setting, source, findings, latency } = run;
  const { branches, trajectories, moves, json, gateway: countedElsewhere } = setting.config;
  const isGatewayHere = countedElsewhere === undefined;
  const report = createReport(findings, {
    size: { branches, trajectories, moves },
    readStats: source.kind === 'recorded' ? (source.ingested ?? source.opened.stats) : undefined,
    latencyNs: latency?.recorder.summaries() ?? {},
    gc: latency?.gc.close(),
    latencyComparable: latency !== undefined && loadedKernels.kind === 'native',
    logDigests: {
      edgeLog: logDigest(folder.edgeLog),
      gatewayLog: isGatewayHere ? logDigest(folder.gatewayLog) : null,
    },
    countedElsewhere,
    modelledAnswerNs: latency === undefined ? modelledAnswerNs(setting.config) : undefined,
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

function modelledAnswerNs(config: RunConfig): number {
  const { verifierOneWayNs, serviceNs } = modelledDelays(config);
  return 2 * verifierOneWayNs + serviceNs;
}

function titleOf({ ticks, speed, lockstep, feed }: RunConfig): string {
  if (feed !== undefined) return `Outrider on the feed of ${feed}`;
  if (ticks.length === 0) return 'Outrider on the built-in exchange';
  const pace = lockstep
    ? 'in lockstep'
    : speed === 'max'
      ? 'on the virtual clock'
      : `at ${speed} x`;
  return `Outrider on ${ticks.map(path => path.split('/').slice(-2).join('/')).join(', ')} ${pace}`;
}
