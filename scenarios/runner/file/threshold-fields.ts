/** The thresholds of a file: checked with the rest of it, and read once all of it is sound. */
import type { Stage } from './scenario.ts';
import { parseThreshold, type Threshold } from './threshold.ts';

/** By subject, what must hold. */
type Given = { readonly thresholds: Readonly<Record<string, readonly string[]>> };
type Stages = { readonly load: readonly Pick<Stage, 'name'>[] };

/** Each says what is measured, and names a stage that there is. */
export function checkThresholds(
  { thresholds, load }: Given & Stages,
  issue: (path: (string | number)[], message: string) => void,
): void {
  for (const [subject, expressions] of Object.entries(thresholds)) {
    for (const [at, expression] of expressions.entries()) {
      const parsed = parseThreshold(subject, expression);
      const path = ['thresholds', subject, at];
      if (typeof parsed === 'string') issue(path, parsed);
      else if (parsed.stage !== undefined && !load.some(one => one.name === parsed.stage)) {
        issue(path, `stage ${parsed.stage}: no load stage has this name`);
      }
    }
  }
}

export function thresholdsOf({ thresholds }: Given): Threshold[] {
  return Object.entries(thresholds).flatMap(([subject, expressions]) =>
    expressions.map(expression => parseThreshold(subject, expression) as Threshold),
  );
}
