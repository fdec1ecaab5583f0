/** Sides of a model bench, in turn and in random order: time an item, and ratios to the first. */

import { seededRandom } from '#engine';
import { median, type Ratio, ratioOf, shuffled } from '../../statistics.ts';

export type Side = {
  /** Whose program it is: the best of a group is what ours is set against. */
  group: string;
  name: string;
  /** Does all items of one sample's call; a promise where the program answers by one. */
  run(): Promise<void> | undefined;
};

/** One side's samples, microseconds an item, in the order of the rounds. */
export type Samples = { group: string; name: string; usPerItem: number[] };

export type SideFigures = {
  group: string;
  name: string;
  medianUs: number;
  leastUs: number;
  /** This side over the first; of the first, over itself measured a second time. */
  ratio: Ratio;
};

export type MeasureOptions = {
  /** In one call of a side. */
  items: number;
  rounds: number;
  /** A sample has as many calls as last that long. */
  sampleMs: number;
};

type Slot = { side: Side; calls: number; samples: Samples };

/** Samples of the first side, of the first again, and of the others. */
export async function measureSides(
  sides: readonly [Side, ...Side[]],
  options: MeasureOptions,
): Promise<Samples[]> {
  const slots: Slot[] = [];
  for (const side of sides) {
    const calls = await callsOf(side, options);
    const { group, name } = side;
    const slot = () => ({ side, calls, samples: { group, name, usPerItem: [] } });
    // Of the first two, alike in all but their samples.
    slots.push(slot(), ...(side === sides[0] ? [slot()] : []));
  }
  const random = seededRandom('sides');
  for (let round = 0; round < options.rounds; round++) {
    for (const { side, calls, samples } of shuffled(slots, random.nextFloat)) {
      const ms = await timed(side, calls);
      samples.usPerItem.push((ms * US_PER_MS) / (calls * options.items));
    }
  }
  return slots.map(slot => slot.samples);
}

/** Figures of all sides but the second, which is the first once more. */
export function figuresOf([first, again, ...others]: readonly Samples[]): SideFigures[] {
  return [first!, ...others].map(side => {
    const other = side === first ? again! : side;
    const rounds = first!.usPerItem.map((us, round) => [us, other.usPerItem[round]!] as const);
    return {
      group: side.group,
      name: side.name,
      medianUs: median(side.usPerItem),
      leastUs: Math.min(...side.usPerItem),
      ratio: ratioOf(rounds),
    };
  });
}

/** Of each group beside the first side, in their order, the side with the lowest median. */
export function bestOfGroups([, ...others]: readonly SideFigures[]): SideFigures[] {
  return [...Map.groupBy(others, side => side.group).values()].map(sides =>
    sides.reduce((best, each) => (each.medianUs < best.medianUs ? each : best)),
  );
}

const US_PER_MS = 1000;
const WARM_UP_MS = 500;
const TRIES = 5;

/** Compiled and warm, then doubled until a sample lasts, also where nobody interrupts it. */
async function callsOf(side: Side, { sampleMs }: MeasureOptions): Promise<number> {
  const endMs = performance.now() + WARM_UP_MS;
  do await timed(side, 1);
  while (performance.now() < endMs);
  let calls = 1;
  const leastOf = async (times: number[]) => {
    while (times.length < TRIES) times.push(await timed(side, calls));
    return Math.min(...times);
  };
  while ((await leastOf([])) < sampleMs) calls *= 2;
  return calls;
}

/** Milliseconds; a side that answers at once is not made to wait for the event loop. */
async function timed(side: Side, calls: number): Promise<number> {
  const startMs = performance.now();
  for (let call = 0; call < calls; call++) {
    const pending = side.run();
    if (pending !== undefined) await pending;
  }
  return performance.now() - startMs;
}
