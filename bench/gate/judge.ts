/** Figures against the baselines in the repository, and what is said of each. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Never a time: it belongs to a machine and its neighbours. */
export type Gated = {
  name: string;
  kind: GatedKind;
  value: number;
};

export type GatedKind = 'ratio' | 'instructions' | 'allocations' | 'steps';

export type Verdict = { name: string; text: string; isMiss: boolean };

const baselineSchema = z.strictObject({
  /** Of rustc: counts of another compiler are not compared. Null where none is meant. */
  compiler: z.string().nullable(),
  /** How far above its baseline a figure may be, as a share. */
  slack: z.number().positive(),
  values: z.record(z.string(), z.number()),
});

export type Baseline = z.output<typeof baselineSchema>;

/** Counts repeat to the instruction; a ratio of two codes shifts with the processor. */
const SLACK = { ratio: 0.35, instructions: 0.01, allocations: 0.01, steps: 0.01 } as const;
/** Counting itself leaves a byte an item; of instructions it leaves none. */
const BYTES_SLACK_MIN = 2;
const DIGITS = { ratio: 4, instructions: 2, allocations: 2, steps: 2 } as const;

const pathOf = (kind: GatedKind) => join(import.meta.dirname, '..', 'baselines', `${kind}.json`);

export const readBaseline = (kind: GatedKind): Baseline =>
  baselineSchema.parse(JSON.parse(readFileSync(pathOf(kind), 'utf8')));

/** Writes the figures of a kind as its baseline and returns the path; the diff is for review. */
export function recordBaseline(
  kind: GatedKind,
  figures: readonly Gated[],
  compiler: string,
): string {
  const baseline: Baseline = {
    compiler: kind === 'instructions' ? compiler : null,
    slack: SLACK[kind],
    values: Object.fromEntries(
      figures.map(({ name, value }) => [name, Number(value.toFixed(DIGITS[kind]))]),
    ),
  };
  writeFileSync(pathOf(kind), `${JSON.stringify(baseline, undefined, 2)}\n`);
  return pathOf(kind);
}

/** Each figure against its baseline: the figure, the bound, and what to do about a miss. */
export function judge(
  figures: readonly Gated[],
  { compiler, slack, values }: Baseline,
  compilerHere: string,
): Verdict[] {
  return figures.map(({ name, kind, value }) => {
    const baseline = values[name];
    const verdict = (text: string, isMiss = false) => ({ name, text, isMiss });
    if (baseline === undefined) {
      return verdict(
        `${name}: no baseline; record it with \`npm run bench -- gate --record\``,
        true,
      );
    }
    if (compiler !== null && compiler !== compilerHere) {
      return verdict(`${name}: not compared, recorded with ${compiler}, here is ${compilerHere}`);
    }
    const least = kind === 'allocations' ? BYTES_SLACK_MIN : 0;
    const bound = Math.max(baseline * (1 + slack), baseline + least);
    const figure = `${name}: ${kind} ${value.toFixed(3)}, bound ${bound.toFixed(3)}`;
    if (value <= bound) return verdict(figure);
    const remedy =
      'find what made it so with `npm run bench -- --compare`, or record it if it is worth it';
    return verdict(`${figure} (baseline ${baseline.toFixed(3)}): ${remedy}`, true);
  });
}
