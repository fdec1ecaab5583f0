/** The share of drafts that the target took: what a limit on a bad draft is held against. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ACCEPTANCE_VERDICTS,
  acceptancePpm,
  createAcceptance,
  type DraftCounts,
  noteDrafts,
} from './acceptance.ts';

const counts: fc.Arbitrary<DraftCounts> = fc
  .tuple(fc.nat(5000), fc.nat(1000))
  .map(([drafted, share]) => ({ drafted, accepted: Math.floor((drafted * share) / 1000) }));

it('is that of the latest verdicts, or a draft that went bad would look good for hours', () => {
  fc.assert(
    fc.property(fc.array(counts, { maxLength: 3 * ACCEPTANCE_VERDICTS }), given => {
      const acceptance = createAcceptance();
      for (const each of given) noteDrafts(acceptance, each);
      const window = given.filter(({ drafted }) => drafted > 0).slice(-ACCEPTANCE_VERDICTS);
      const sum = (name: keyof DraftCounts) => window.reduce((all, each) => all + each[name], 0);
      const expected =
        window.length === 0 ? 1_000_000 : Math.floor((sum('accepted') * 1e6) / sum('drafted'));
      expect(acceptancePpm(acceptance)).toBe(expected);
    }),
  );
});

it('says nothing against a target that runs alone', () => {
  const acceptance = createAcceptance();
  noteDrafts(acceptance, { drafted: 0, accepted: 0 });
  expect(acceptancePpm(acceptance)).toBe(1_000_000);
});
