/** Slow features as side inputs, quantised, for a target that takes some (docs/features.md). */
import type { Edge } from '#edge';
import { OutriderError, SECOND_NS } from '#engine';
import type { Model } from '#law';
import { type Bar, createBars, midHalfIncrements, type SlowFeatures, type Tick } from '#market';

/** Scale states are in 1/4096 half increments. */
const SCALE_STEPS = 4096;
const SECONDS_A_MINUTE = 60;
/** Side inputs are in 1/256, and of 16 bits. */
const STEPS = 256;
const [LEAST, MOST] = [-32_768, 32_767];

/** What there is of an instrument, in the order in which a model takes the first K. */
function valuesOf(features: SlowFeatures, instrument: number, scale: number): number[] {
  const unit = scale / SCALE_STEPS;
  const ofBar = (bar: Bar | undefined, seconds: number) =>
    bar === undefined
      ? [0, 0, 0]
      : [(bar.close - bar.open) / unit, (bar.high - bar.low) / unit, bar.quotes / seconds];
  const pair = features.correlations.find(each => each.slice(0, 2).includes(instrument));
  return [
    ...ofBar(features.seconds[instrument], 1),
    ...ofBar(features.minutes[instrument], SECONDS_A_MINUTE),
    pair?.[2] ?? 0,
  ];
}

/** How many `valuesOf` gives. */
const KNOWN = 7;

/** The first `count` side inputs of an instrument whose scale state is `scale`. */
export function sideInputsOf(
  features: SlowFeatures,
  { instrument, scale }: { instrument: number; scale: number },
  count: number,
): Int16Array {
  const values = valuesOf(features, instrument, scale).slice(0, count);
  return Int16Array.from(values, x => Math.min(Math.max(Math.round(x * STEPS), LEAST), MOST));
}

/** Freezes what is known now for each instrument; nothing for a target that takes none. */
export function sideInputFreezer(edge: Edge, count: number): (features: SlowFeatures) => void {
  if (count > KNOWN) {
    const message = `model: its target takes ${count} side inputs, a run has ${KNOWN}`;
    throw new OutriderError('bad-model', `${message}; choose another model`);
  }
  if (count === 0) return () => {};
  return features => {
    for (const [instrument, { context }] of edge.state.instruments.entries()) {
      edge.onSideInputs(
        instrument,
        sideInputsOf(features, { instrument, scale: context.scale }, count),
      );
    }
  };
}

/**
 * Edges of a group have no pool (docs/decisions/0016-edge-as-a-topology.md): their forecasts would
 * be others than those of a run of the same model. Throws `bad-model` for a target that takes some.
 */
export function refuseSideInputs({ sideInputs }: Pick<Model, 'sideInputs'>): void {
  if (sideInputs === 0) return;
  const message = `model: its target takes ${sideInputs} side inputs, an edge of a group has none`;
  throw new OutriderError('bad-model', `${message}; choose another model, or use outrider run`);
}

/**
 * On the virtual clock there is no pool: what the ticks were up to the last whole second is frozen
 * behind the first batch of each second, so that equal ticks give equal versions.
 */
export function virtualSideInputs(edge: Edge, count: number): (ticks: readonly Tick[]) => void {
  const freeze = sideInputFreezer(edge, count);
  if (count === 0) return () => {};
  const bars = createBars(edge.state.instruments.length);
  let second: number | undefined;
  return ticks => {
    for (const tick of ticks) {
      if (tick.kind !== 'quote') continue;
      bars.show(tick.instrument, tick.exchangeTimeNs, midHalfIncrements(tick));
      const now = Math.floor(tick.exchangeTimeNs / SECOND_NS);
      if (second !== undefined && now !== second) freeze(bars.features());
      second = now;
    }
  };
}
