/** An option that is a whole number. */
import { OutriderError } from '#engine';
import { kebabCase } from './command.ts';

/** Undefined where it is not given; throws `bad-usage` for what is none, or beyond the bounds. */
export function readWholeNumber(
  values: Record<string, unknown>,
  option: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER } = {},
): number | undefined {
  if (values[option] === undefined) return undefined;
  const number = Number(values[option]);
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  throw new OutriderError(
    'bad-usage',
    `${kebabCase(option)}: ${values[option]}; give a whole number from ${least} to ${most}`,
  );
}
