/** Steps were done: each in its time, and what was to be seen was seen. */
import type { JudgedInvariant } from './invariant.ts';

/** In their order; those behind one that failed were not played. */
export function judgeSteps(
  names: readonly string[],
  played: readonly { name: string; problem: string | undefined }[],
): JudgedInvariant {
  const failed = played.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${name}: ${problem}`],
  );
  const rest = names.slice(played.length);
  const left = rest.length === 0 ? [] : [`not played after that: ${rest.join(', ')}`];
  const claim = `${names.length} steps, one after another: ${names.join(', ')}`;
  return { name: 'stepsDone', claim, checked: played.length, violations: [...failed, ...left] };
}
