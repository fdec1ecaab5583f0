/** A drafter on the virtual clock: what it drafts is there after a delay. */
import type { VirtualTime } from '#engine';
import type { Model } from '#law';
import type { Drafted, Drafter } from '../forecast/drafter.ts';
import { createSpeculator, type SpeculationSize } from '../forecast/speculator.ts';

/** Drafts on what it is given, and hands it over when it would be done. */
export function drafterAfter(
  delayNs: number,
  { draft, seed, size }: { draft: Model; seed: number; size: SpeculationSize },
  by: {
    time: VirtualTime;
    onBegun(): void;
    onDrafted(drafted: Drafted): void;
  },
): Drafter {
  const speculator = createSpeculator(draft, seed, size);
  const handOver = (drafted: Drafted) =>
    by.time.at(by.time.nowNs() + delayNs, () => by.onDrafted(drafted));
  return {
    begin({ instrument, context, wantsPresent }) {
      const { epoch, moveIndex } = context;
      const about = { instrument, epoch, moveIndex };
      speculator.begin(context);
      if (wantsPresent) {
        by.onBegun();
        speculator.draftPresent();
        handOver({ kind: 'present', ...about, forecast: speculator.provisional() });
      }
      const branches = speculator.branches();
      handOver({ kind: 'branches', ...about, wantsPresent, branches, hints: speculator.hints() });
      return true;
    },
  };
}
