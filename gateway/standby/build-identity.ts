/** What of a node's build decides whether it makes of a log what the other node makes of it. */

export type BuildIdentity = {
  /** Versions of `step` that it knows: under another it would make other bytes. */
  steps: readonly number[];
  /**
   * Of this log's state to which nothing has happened; '' where the log is not begun. Builds of two
   * layouts can follow each other, and compare bytes alone.
   */
  layout: string;
};

/** A list for people: `1, 2`. */
export const stepsText = ({ steps }: Pick<BuildIdentity, 'steps'>): string => steps.join(', ');

/** What is worth telling of two builds that may follow each other; undefined where they are one. */
export function buildDifference(one: BuildIdentity, other: BuildIdentity): string | undefined {
  if (one.layout === other.layout || one.layout === '' || other.layout === '') return undefined;
  const layouts = `layout ${one.layout}, not ${other.layout}`;
  return `of another build (${layouts}; it knows step version ${stepsText(one)})`;
}
