/** What a fault means to the rest of a scenario. */
import type { Fault, Scenario } from './scenario.ts';

type DeskScenario = Pick<Scenario, 'faults' | 'limits' | 'steps' | 'venues' | 'execution'>;

/** Whether its gateway has a desk file: of limits, operators, or more than one venue. */
export const hasDeskFile = ({ faults, limits, steps, venues, execution }: DeskScenario): boolean =>
  limits !== undefined ||
  execution !== undefined ||
  venues > 1 ||
  steps.length > 0 ||
  faults.some(needsOperators);

/** Whether it takes operators to undo it, who are those of a desk file. */
export const needsOperators = ({ target, kind }: Fault): boolean =>
  target === 'operator' || kind === 'higher-number';

/** Whether bytes between gateway and venue go through a process of their own. */
export const hasVenueLink = ({ faults, steps }: Pick<Scenario, 'faults' | 'steps'>): boolean =>
  faults.some(({ target }) => target === 'venue-link') ||
  steps.some(({ act }) => 'process' in act && act.process === 'venue-link');
