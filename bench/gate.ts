/** `npm run bench -- gate`: ratios and counts against the baselines in the repository. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadedKernels } from '#native';
import { countAllocations } from './allocations.ts';
import { compilerVersion, countInstructions, whyNotCounted } from './instructions.ts';
import { measureMicro } from './micro/measure-micro.ts';
import { MICROS } from './micro/micros.ts';

/** Never a time: it belongs to a machine and its neighbours. */
export type Gated = {
  name: string;
  kind: 'ratio' | 'instructions' | 'allocations';
  value: number;
};

export type Verdict = { name: string; text: string; isMiss: boolean };

const baselineSchema = z.strictObject({
  /** Of rustc: counts of another compiler are not compared. Null where none is meant. */
  compiler: z.string().nullable(),
  /** How far above its baseline a figure may be, as a share. */
  slack: z.number().positive(),
  values: z.record(z.string(), z.number()),
});

export type Baseline = z.output<typeof baselineSchema>;

const FOLDER = join(import.meta.dirname, 'baselines');
const KINDS = ['ratio', 'instructions', 'allocations'] as const;
/** Counts repeat to the instruction; a ratio of two codes shifts with the processor. */
const SLACK = { ratio: 0.35, instructions: 0.01, allocations: 0.01 } as const;
/** Counting itself leaves a byte an item; of instructions it leaves none. */
const BYTES_SLACK_MIN = 2;

export const readBaseline = (kind: Gated['kind']): Baseline =>
  baselineSchema.parse(JSON.parse(readFileSync(join(FOLDER, `${kind}.json`), 'utf8')));

/** Resolves to the exit status: 1 where a figure misses its bound. */
export async function benchGate({ isRecorded }: { isRecorded: boolean }): Promise<number> {
  const skipped = whyNotCounted();
  const measured = [
    ...measureRatios(),
    ...(await measureAllocations()),
    ...(skipped === undefined ? await measureInstructions() : []),
  ];
  if (skipped !== undefined) console.log(`skipped: instructions (${skipped})`);
  const { kind, reason } = loadedKernels;
  if (kind === 'twin') console.log(`skipped: ratios of native kernels (${reason})`);
  if (isRecorded) {
    for (const kind of KINDS) record(kind, measured);
    return 0;
  }
  const verdicts = KINDS.flatMap(kind => {
    const figures = measured.filter(figure => figure.kind === kind);
    return figures.length === 0 ? [] : judge(figures, readBaseline(kind), compilerVersion());
  });
  for (const { text, isMiss } of verdicts) console.log(`${isMiss ? 'MISS' : 'ok  '} ${text}`);
  const misses = verdicts.filter(({ isMiss }) => isMiss).length;
  console.log(`${verdicts.length - misses} within their bounds, ${misses} missed`);
  return misses === 0 ? 0 : 1;
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

/** Ours over the other way: a native kernel over its twin, a record over JSON. */
export function measureRatios(): Gated[] {
  return Object.entries(MICROS).flatMap(([name, micro]) =>
    measureMicro(micro)
      .slice(1)
      .map(({ name: way, ratio }) => ({
        ...{ name: `${name} over ${way}`, kind: 'ratio' as const, value: 1 / ratio.ratio },
      })),
  );
}

export async function measureAllocations(): Promise<Gated[]> {
  const figures: Gated[] = [];
  for (const name of Object.keys(MICROS)) {
    const { bytesPerItem } = await countAllocations(name);
    figures.push({ name, kind: 'allocations', value: bytesPerItem });
  }
  return figures;
}

export async function measureInstructions(): Promise<Gated[]> {
  return (await countInstructions()).flatMap(count => [
    { name: count.kernel, kind: 'instructions', value: count.instructionsPerItem },
    {
      ...{ name: `${count.kernel}, allocations`, kind: 'instructions' },
      value: count.allocationsPerItem,
    },
  ]);
}

function record(kind: Gated['kind'], measured: readonly Gated[]): void {
  const figures = measured.filter(figure => figure.kind === kind);
  if (figures.length === 0) return;
  const digits = kind === 'ratio' ? 4 : 2;
  const baseline: Baseline = {
    compiler: kind === 'instructions' ? compilerVersion() : null,
    slack: SLACK[kind],
    values: Object.fromEntries(
      figures.map(({ name, value }) => [name, Number(value.toFixed(digits))]),
    ),
  };
  const path = join(FOLDER, `${kind}.json`);
  writeFileSync(path, `${JSON.stringify(baseline, undefined, 2)}\n`);
  console.log(`recorded ${path}`);
}
