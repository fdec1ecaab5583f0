/** What the configuration of a run means to its parts. */

import { type EdgeOptions, followForecast, type Parent, type Policy, workParent } from '#edge';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import type { DeskFile } from '#gateway';
import { checkDraftSideInputs, type Model, type RunIdentity } from '#law';
import type { Instrument } from '#market';
import type { VerifierTerms } from '#verifier/protocol';
import type { RunConfig } from '../config.ts';
import { batchOf } from './batch.ts';

export type RunSetting = {
  config: RunConfig;
  originNs: bigint;
  instruments: Instrument[];
  target: Model;
  draft: Model | undefined;
  /** Of the option `desk`; without one a gateway is the reference profile's. */
  deskFile?: DeskFile | undefined;
};

/** `onParent` hears of each parent order that begins. */
export function policyOf(
  config: RunConfig,
  onParent?: (instrument: number, parent: Parent) => void,
): Policy {
  switch (config.policy) {
    case 'work-parent':
      return workParent(
        {
          parentLots: config.parentLots,
          parentDurationNs: config.parentSeconds * SECOND_NS,
          slices: config.slices,
          crossAfterPercent: config.crossAfterPercent,
          waitSpreadPercent: config.waitSpreadPercent,
        },
        onParent,
      );
    case 'follow-forecast':
      return followForecast({
        positionLots: config.parentLots,
        leanSpreadPercent: config.waitSpreadPercent,
        restingStyle: config.restingStyle,
      });
  }
}

/** What belongs to the identity of a run's forecasts beside their contexts. */
export function identityOf(
  { seed, trajectories: paths, moves }: RunConfig,
  { hash: modelHash, kernel }: Pick<Model, 'hash' | 'kernel'>,
): RunIdentity {
  return { modelHash, kernel, seed, paths, moves };
}

export function edgeOptions(
  { config, originNs, instruments, target, draft }: RunSetting,
  policy: Policy,
): EdgeOptions {
  const { trajectories: paths, moves, branches } = config;
  if (draft !== undefined) checkDraftSideInputs(target, draft);
  return {
    config: {
      originNs,
      instruments,
      contextMoves: target.contextMoves,
      moves,
      identity: identityOf(config, target),
      policy,
      holdNs: holdNsOf(config),
    },
    size: { branches, paths, moves },
    contextsPerRequest: batchOf(config),
    draft,
    deadlineNs: Math.round(config.deadlineMs * MILLISECOND_NS),
    breaker: { outstandingMax: 32, missesMax: 8 },
    isLockstep: config.lockstep,
  };
}

export const holdNsOf = (config: RunConfig) => Math.round(config.holdMs * MILLISECOND_NS);

export function verifierTerms({ config, instruments, target, draft }: RunSetting): VerifierTerms {
  return {
    modelHash: target.hash,
    kernel: target.kernel,
    draftHash: draft?.hash ?? '',
    seed: config.seed,
    paths: config.trajectories,
    moves: config.moves,
    contextMoves: target.contextMoves,
    sideInputs: target.sideInputs,
    branchesMax: config.branches,
    symbols: instruments.map(({ symbol }) => symbol),
  };
}
