/** The main job, from its configuration to its run folder. */
import { OutriderError } from '#engine';
import { comparisonLine } from '../commands/replay.ts';
import type { RunConfig } from '../config.ts';
import { compareRun } from './compare.ts';
import { checkRunDesk, loadDeskFile } from './desk-file.ts';
import { type Evidence, openEvidence } from './evidence.ts';
import { openEdgeJournal, openGatewayJournal } from './journals.ts';
import { runLiveJob } from './live-job.ts';
import { modelsOf } from './models.ts';
import { lossAndReturn } from './script.ts';
import type { RunSetting } from './settings.ts';
import { openSource, type Source } from './source.ts';
import { startRecord } from './start-record.ts';
import { topicsOf } from './topics-of.ts';
import { runVirtual } from './virtual.ts';

export type JobOptions = {
  /** Without arguments: two minutes, the verifier lost and back, and a replay at the end. */
  isScripted: boolean;
};

/** Resolves to the exit status; a feed that is lost for good is an error after the reports. */
export async function runJob(config: RunConfig, options: JobOptions): Promise<number> {
  const source = await openSource(config);
  try {
    return await runOn(source, config, options);
  } finally {
    if (source.kind === 'remote') source.feed.close();
  }
}

async function runOn(source: Source, config: RunConfig, { isScripted }: JobOptions) {
  const { target, draft } = modelsOf(config);
  const { originNs, instruments } = source;
  const deskFile = loadDeskFile(config);
  const setting: RunSetting = { config, originNs, instruments, target, draft, deskFile };
  checkRunDesk(setting);
  const evidence = openEvidence(setting, source);
  if (config.speed === 'max') {
    await runVirtualJob(setting, source, evidence);
    evidence.finish();
  } else {
    const script = isScripted ? lossAndReturn : undefined;
    const { feedLost } = await runLiveJob({ setting, source, evidence, script });
    evidence.finish();
    if (feedLost !== undefined) throw feedLost;
  }
  if (!isScripted || config.gateway !== undefined) return 0;
  const comparison = compareRun(evidence.folder.path);
  console.log(comparisonLine(comparison));
  return comparison.kind === 'different' ? 1 : 0;
}

async function runVirtualJob(setting: RunSetting, source: Source, evidence: Evidence) {
  if (source.kind !== 'recorded') {
    throw new OutriderError('bad-config', 'speed: max runs on recorded ticks; give --ticks');
  }
  const { originNs, startNs: timeNs } = source;
  const begin = { originNs, timeNs, start: startRecord(setting) };
  const topics = await topicsOf(setting);
  const edgeLog = openEdgeJournal(evidence.folder.edgeLog, begin);
  const gatewayLog = openGatewayJournal(evidence.folder.gatewayLog, begin);
  try {
    await topics?.mirror(evidence.folder, text => console.error(text));
    await runVirtual(setting, topics?.carry(source.ticks) ?? source.ticks, {
      journalEdge: event => edgeLog.write(event),
      journalGateway: event => gatewayLog.write(event),
      flushEdge: () => edgeLog.flush(),
      onSent(bytes) {
        gatewayLog.flush();
        evidence.onSent(bytes);
      },
      onVenueReceived: bytes => evidence.onVenueReceived(bytes),
      observer: evidence.observer,
    });
  } finally {
    edgeLog.close();
    gatewayLog.close();
    await topics?.close();
  }
}
