/** Side inputs after the law: a version and its values, frozen at a move index. */
import { OutriderError } from '#engine';
import type { Context } from './context.ts';
import type { Model } from './model.ts';

export type SideInputs = {
  /** 0: there are none. */
  readonly version: number;
  /** As many as the target takes, in 1/256; none under version 0. */
  readonly values: Int16Array;
};

export const NO_SIDE_INPUTS: SideInputs = { version: 0, values: new Int16Array(0) };

/** Most values of a version. */
export const SIDE_INPUTS_MAX = 16;

/** The present context keeps what it has; the contexts after it have these. */
export function freezeSideInputs(context: Context, sideInputs: SideInputs): void {
  context.nextSideInputs = sideInputs;
}

/**
 * The present's pairs under the side inputs that the contexts after it will have: where the next
 * move is looked at ahead.
 */
export function underNextSideInputs(context: Context): Context {
  const { sideInputs, nextSideInputs } = context;
  return sideInputs === nextSideInputs ? context : { ...context, sideInputs: nextSideInputs };
}

/** A draft takes none or as many as its target: else `bad-model`. */
export function checkDraftSideInputs(target: Model, draft: Model): void {
  if (draft.sideInputs === 0 || draft.sideInputs === target.sideInputs) return;
  const message = `draft ${draft.name} takes ${draft.sideInputs} side inputs, its target`;
  throw new OutriderError('bad-model', `${message} ${target.sideInputs}; choose another draft`);
}

/** Whether both say the same, whatever their versions. */
export function hasSameValues(a: SideInputs, b: SideInputs): boolean {
  return a.values.length === b.values.length && a.values.every((value, j) => value === b.values[j]);
}
