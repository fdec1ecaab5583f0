/** What a fault means to the rest of a scenario. */
import type { Fault, Scenario } from './scenario.ts';

/** Whether it takes operators to undo it, who are those of a desk file. */
export const needsOperators = ({ target, kind }: Fault): boolean =>
  target === 'operator' || kind === 'higher-number';

/** Whether bytes between gateway and venue go through a process of their own. */
export const hasVenueLink = ({ faults }: Pick<Scenario, 'faults'>): boolean =>
  faults.some(({ target }) => target === 'venue-link');
