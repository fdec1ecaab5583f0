/** Kill switch: while it is thrown nothing new leaves; cancels do. */
import type { Control } from './control.ts';

export const killSwitch: Control = {
  name: 'kill-switch',
  objection: (_intent, { isKilled }) => (isKilled ? { seen: 1, allowed: 0 } : undefined),
};
