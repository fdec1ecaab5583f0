/** What a fault means to the rest of a scenario. */
import type { Fault, Scenario } from './scenario.ts';

/** From then on no order leaves: service does not return by itself. */
export const isFinal = ({ kind }: Fault): boolean => kind === 'higher-number';

/** Whether bytes between gateway and venue go through a process of their own. */
export const hasVenueLink = ({ faults }: Pick<Scenario, 'faults'>): boolean =>
  faults.some(({ target }) => target === 'venue-link');
