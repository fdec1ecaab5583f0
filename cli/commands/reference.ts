/** `outrider reference`: the executable law on recorded ticks, and its digests. */
import { OutriderError } from '#engine';
import { openTicks, type Tick } from '#market';
import { durationNs } from '../run/duration.ts';
import { modelsOf } from '../run/models.ts';
import { lawDigests, runReferenceOn } from '../run/reference.ts';
import type { Command } from './command.ts';
import { readConfigOptions } from './config-options.ts';
import { configOptionLines } from './help.ts';

/** The reference holds its ticks and texts in memory. */
const TICKS_MAX = 1_000_000;

export const referenceCommand: Command = {
  name: 'reference',
  summary: 'runs the executable law on recorded ticks and prints its digests',
  help: () =>
    [
      'usage: outrider reference --ticks PATH [options of `outrider run`]',
      '',
      'Prints JSON: what it did, and the digests that `run --lockstep` must equal.',
      '',
      ...configOptionLines(),
    ].join('\n'),
  async run(given) {
    const config = readConfigOptions(given);
    if (config.ticks.length === 0) {
      throw new OutriderError('bad-usage', 'ticks: missing; give --ticks PATH');
    }
    const { ticks: paths, timeZone, duration } = config;
    const opened = await openTicks({ paths, timeZone });
    const ticks = await firstTicks(opened.ticks, duration);
    const { target } = modelsOf({ ...config, draft: 'none' });
    const { originNs, instruments } = opened;
    const result = runReferenceOn(
      { config, originNs, instruments, target, draft: undefined },
      ticks,
    );
    console.log(
      JSON.stringify(
        {
          ticks: ticks.length,
          forecasts: result.forecasts.length,
          decisions: result.decisions.length,
          messages: result.outbound.length,
          refused: result.refused,
          digests: lawDigests(result),
        },
        null,
        2,
      ),
    );
    return 0;
  },
};

async function firstTicks(ticks: AsyncIterable<Tick[]>, duration: string | undefined) {
  const kept: Tick[] = [];
  let endNs = Number.POSITIVE_INFINITY;
  for await (const batch of ticks) {
    if (kept.length === 0 && duration !== undefined) {
      endNs = batch[0]!.exchangeTimeNs + durationNs(duration);
    }
    for (const tick of batch) {
      if (tick.exchangeTimeNs > endNs) return kept;
      if (kept.length === TICKS_MAX) {
        const message = `ticks: more than ${TICKS_MAX}; shorten the reference with --duration`;
        throw new OutriderError('limit', message);
      }
      kept.push(tick);
    }
  }
  return kept;
}
