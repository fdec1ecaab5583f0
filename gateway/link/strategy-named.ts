/** Which of a gateway's strategies an edge means: by its name, or the one that there is. */
import { OutriderError } from '#engine';

/** More of them would not help whoever reads the refusal. */
const NAMES_SHOWN = 8;

/** Throws `protocol` naming what there is. */
export function strategyNamed(strategies: readonly string[], name: string): number {
  const at = name === '' && strategies.length === 1 ? 0 : strategies.indexOf(name);
  if (at >= 0) return at;
  const shown = strategies.slice(0, NAMES_SHOWN).join(', ');
  const all = strategies.length > NAMES_SHOWN ? `${shown} and others` : shown;
  const what = name === '' ? 'none is named' : `${name} is not of this gateway`;
  throw new OutriderError('protocol', `strategy: ${what}; give --strategy one of ${all}`);
}
