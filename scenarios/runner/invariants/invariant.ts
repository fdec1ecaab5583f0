/** What an invariant is judged to be: how much was looked at, and what broke it, in words. */

export type JudgedInvariant = {
  name: string;
  /** What holds when nothing broke it, with its figures. */
  claim: string;
  /** How many things were looked at: an invariant of nothing says nothing. */
  checked: number;
  violations: string[];
};
