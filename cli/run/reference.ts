/** The reference on the same inputs as a run in lockstep, and the digests of what it did. */
import { createHash, hash } from 'node:crypto';
import { SECOND_NS } from '#engine';
import type { Tick } from '#market';
import { afresh } from '#models';
import { type ReferenceProfile, runReference } from '#reference';
import type { RunConfig } from '../config.ts';
import { SENDER, TARGET } from './comp-ids.ts';
import { limitsOf } from './gateway-settings.ts';
import { holdNsOf, type RunSetting } from './settings.ts';

export type LawDigests = { forecasts: string; decisions: string; fixOutbound: string };

export function referenceProfile(config: RunConfig): ReferenceProfile {
  return {
    seed: config.seed,
    paths: config.trajectories,
    moves: config.moves,
    policy: {
      parentLots: config.parentLots,
      parentDurationNs: config.parentSeconds * SECOND_NS,
      slices: config.slices,
      crossAfterPercent: config.crossAfterPercent,
      waitSpreadPercent: config.waitSpreadPercent,
      holdNs: holdNsOf(config),
    },
    limits: limitsOf(config),
    session: {
      sender: SENDER,
      target: TARGET,
      heartbeatNs: config.heartbeatSeconds * SECOND_NS,
    },
    venue: { quoteLots: config.quoteSizeLots, bandIncrements: config.bandIncrements },
  };
}

/** Runs the executable law over the ticks; they stand in memory, as the reference is sequential. */
export function runReferenceOn(setting: RunSetting, ticks: Iterable<Tick>) {
  return runReference(referenceProfile(setting.config), {
    originNs: setting.originNs,
    instruments: setting.instruments,
    ticks,
    target: afresh(setting.target),
    sha256: text => hash('sha256', text, 'buffer'),
  });
}

export function lawDigests(result: ReturnType<typeof runReferenceOn>): LawDigests {
  const digest = (lines: string[], end: string) => {
    const sha256 = createHash('sha256');
    for (const line of lines) sha256.update(line + end, 'latin1');
    return sha256.digest('hex');
  };
  return {
    forecasts: digest(result.forecasts, '\n'),
    decisions: digest(result.decisions, '\n'),
    fixOutbound: digest(result.outbound, ''),
  };
}
