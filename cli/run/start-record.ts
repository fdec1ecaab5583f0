/** The first record of both input logs: all that a replay needs to be set up as the run was. */
import { OutriderError } from '#engine';
import { type DeskFile, NEWEST_STEP_VERSION, parseDeskFile, type Zone } from '#gateway';
import type { Instrument } from '#market';
import { configSchema, type RunConfig } from '../config.ts';
import { type GatewaySetting, gatewayConfig } from './gateway-settings.ts';
import type { RunSetting } from './settings.ts';

/** Since 2 the gateway's records name venue and strategy. */
export const START_VERSION = 2;

/** Models are named by their hashes: a replay takes forecasts from the log and needs no model. */
export type StartRecord = {
  version: typeof START_VERSION;
  config: RunConfig;
  originNs: bigint;
  instruments: Instrument[];
  model: { hash: string; kernel: string; contextMoves: number };
  draftHash: string | undefined;
  /** Whole; undefined for a gateway without one. */
  deskFile?: DeskFile | undefined;
  /** Version of the gateway's `step` that the log was begun under. */
  stepVersion: number;
  /** Tables of the time zones that the gateway goes by; undefined where it has no hours or days. */
  zones?: Zone[] | undefined;
};

export function startRecord(setting: RunSetting): string {
  const { originNs, instruments, target, draft, deskFile } = setting;
  // Where a run is written, how it is shown and watched and what carries its ticks is no input:
  // equal runs have equal logs.
  const { out: _out, json: _json, brokers: _b, topicPrefix: _t, ...shown } = setting.config;
  const { operations: _door, logLevel: _level, ...traced } = shown;
  const { traces: _traces, tracesEvery: _every, brokersSecurity: _s, ...config } = traced;
  return JSON.stringify({
    version: START_VERSION,
    config,
    originNs: String(originNs),
    instruments,
    model: { hash: target.hash, kernel: target.kernel, contextMoves: target.contextMoves },
    draftHash: draft?.hash,
    deskFile,
    stepVersion: NEWEST_STEP_VERSION,
    zones: gatewayConfig(setting).zones,
  });
}

/** The log's first record of a gateway alone, which runs no model: none is named. */
export function startText(of: GatewaySetting): string {
  const model = { hash: '', kernel: '', contextMoves: 0 };
  return JSON.stringify({
    ...{ version: START_VERSION, stepVersion: NEWEST_STEP_VERSION, ...of },
    ...{ originNs: String(of.originNs), model, zones: gatewayConfig(of).zones },
  });
}

export function readStartRecord(text: string): StartRecord {
  const read = JSON.parse(text) as StartRecord & { originNs: string };
  if (read.version !== START_VERSION) {
    const message = `start record of version ${read.version}; known is ${START_VERSION}`;
    throw new OutriderError('bad-log', `${message}: replay it with the release that wrote it`);
  }
  return {
    ...{ ...read, originNs: BigInt(read.originNs), config: configSchema.parse(read.config) },
    deskFile: read.deskFile && parseDeskFile(read.deskFile),
    // Logs of the first version do not name it.
    stepVersion: read.stepVersion ?? 1,
  };
}
