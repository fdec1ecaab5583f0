/** `npm run bench -- gate`: ratios and counts against the baselines in the repository. */

import { loadedKernels } from '#native';
import { compilerVersion, whyNotCounted } from '../instructions.ts';
import { type Gated, judge, readBaseline, recordBaseline } from './judge.ts';
import { measureAllocations, measureInstructions, measureRatios, measureSteps } from './measure.ts';

const KINDS = ['ratio', 'instructions', 'allocations', 'steps'] as const;

/** Resolves to the exit status: 1 where a figure misses its bound. */
export async function benchGate({ isRecorded }: { isRecorded: boolean }): Promise<number> {
  const skipped = whyNotCounted();
  if (skipped !== undefined) console.log(`skipped: instructions (${skipped})`);
  const { kind: kernels, reason } = loadedKernels;
  if (kernels === 'twin') console.log(`skipped: ratios of native kernels (${reason})`);
  const compiler = compilerVersion();
  const isMissed = (figure: Gated) =>
    !isRecorded && judge([figure], readBaseline(figure.kind), compiler)[0]!.isMiss;
  const measured = [
    ...measureRatios(isMissed),
    ...(await measureAllocations()),
    ...(await measureSteps()),
    ...(skipped === undefined ? await measureInstructions() : []),
  ];
  const ofKinds = KINDS.map(kind => ({
    kind,
    figures: measured.filter(figure => figure.kind === kind),
  })).filter(({ figures }) => figures.length > 0);
  if (isRecorded) {
    for (const { kind, figures } of ofKinds) {
      console.log(`recorded ${recordBaseline(kind, figures, compiler)}`);
    }
    return 0;
  }
  const verdicts = ofKinds.flatMap(({ kind, figures }) =>
    judge(figures, readBaseline(kind), compiler),
  );
  for (const { text, isMiss } of verdicts) console.log(`${isMiss ? 'MISS' : 'ok  '} ${text}`);
  const misses = verdicts.filter(({ isMiss }) => isMiss).length;
  console.log(`${verdicts.length - misses} within their bounds, ${misses} missed`);
  return misses === 0 ? 0 : 1;
}
