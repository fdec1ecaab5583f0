/** What the gate measures: ratios, heap bytes, steps and instructions. */

import { countAllocations } from '../allocations.ts';
import { countInstructions } from '../instructions.ts';
import { measureMicro } from '../micro/measure-micro.ts';
import { MICROS } from '../micro/micros.ts';
import { countSteps } from '../steps.ts';
import type { Gated } from './judge.ts';

/**
 * Ours over the other way: a native kernel over its twin, a record over JSON. One that `isMissed`
 * is measured twice more, and the lowest stands: a busy moment misses once, a slow-down each time.
 */
export function measureRatios(isMissed: (figure: Gated) => boolean): Gated[] {
  return Object.keys(MICROS).flatMap(name => {
    let figures = ratiosOf(name);
    for (let again = 0; again < AGAIN_MAX && figures.some(isMissed); again++) {
      figures = ratiosOf(name).map((figure, at) =>
        figure.value < figures[at]!.value ? figure : figures[at]!,
      );
    }
    return figures;
  });
}

const AGAIN_MAX = 2;

function ratiosOf(name: string): Gated[] {
  const micro = MICROS[name]!;
  if (micro.ways.length === 1) return [];
  const [, ...others] = measureMicro(micro);
  return others.map(({ name: way, ratio }) => ({
    ...{ name: `${name} over ${way}`, kind: 'ratio' as const, value: 1 / ratio.ratio },
  }));
}

export async function measureAllocations(): Promise<Gated[]> {
  const figures: Gated[] = [];
  for (const name of Object.keys(MICROS)) {
    const { bytesPerItem } = await countAllocations(name);
    figures.push({ name, kind: 'allocations', value: bytesPerItem });
  }
  return figures;
}

/** Work in TypeScript, of which no instructions are counted: a record, a tick, a message. */
const STEPPED = ['stream-task', 'tick-path', 'feed-message'];

export async function measureSteps(): Promise<Gated[]> {
  const figures: Gated[] = [];
  for (const name of STEPPED) {
    const { stepsPerItem } = await countSteps(name);
    figures.push({ name, kind: 'steps', value: stepsPerItem });
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
