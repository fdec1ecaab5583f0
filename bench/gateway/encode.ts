/** A NewOrderSingle of 183 bytes: our encoder in Rust beside QuickFIX/J's build and serialise. */

import { z } from 'zod';
import { endOf, nextJson, startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';
import { median, type Ratio, ratioOf } from '../statistics.ts';
import type { Quickfixj } from './quickfixj.ts';

export type Encode = {
  /** The quickest batch of all rounds, nanoseconds an order. */
  rustBestNs: number;
  quickfixjBestNs: number;
  rustMedianNs: number;
  quickfixjMedianNs: number;
  bytes: { rust: number; quickfixj: number };
  /** QuickFIX/J's best batch of a round over ours. */
  ratio: Ratio;
};

const figures = z.object({ bestNs: z.number(), medianNs: z.number(), bytesPerOrder: z.int() });
const ROUNDS = 5;
const SECONDS_MAX = 60;

/** The two in turn; each warms up within its process. */
export async function measureEncode(rust: string, quickfixj: Quickfixj): Promise<Encode> {
  const rows: [rust: z.infer<typeof figures>, quickfixj: z.infer<typeof figures>][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rows.push([await figuresOf([rust]), await figuresOf(quickfixj.command('Encode'))]);
  }
  const [ours, theirs] = [rows.map(([each]) => each), rows.map(([, each]) => each)];
  return {
    rustBestNs: Math.min(...ours.map(each => each.bestNs)),
    quickfixjBestNs: Math.min(...theirs.map(each => each.bestNs)),
    rustMedianNs: median(ours.map(each => each.medianNs)),
    quickfixjMedianNs: median(theirs.map(each => each.medianNs)),
    bytes: { rust: ours[0]!.bytesPerOrder, quickfixj: theirs[0]!.bytesPerOrder },
    ratio: ratioOf(rows.map(([one, other]) => [one.bestNs, other.bestNs])),
  };
}

async function figuresOf(command: readonly [string, ...string[]]) {
  const program = startProgram({ name: command[0], command, folder: ROOT });
  const found = figures.parse(await nextJson(program, command[0]));
  await endOf(program, command[0], SECONDS_MAX);
  return found;
}
