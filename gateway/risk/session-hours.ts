/** Session hours: nothing new leaves outside the schedule of the session before the venue. */
import type { Control } from './control.ts';

export const sessionHours: Control = {
  name: 'session-hours',
  objection: (_intent, { isOutsideHours }) =>
    isOutsideHours ? { seen: 1, allowed: 0 } : undefined,
};
