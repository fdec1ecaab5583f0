/** One step of a node: events in, effects out; no clock, no socket, no log inside. */
import { stepFollower } from './following.ts';
import { stepPrimary } from './leading.ts';
import type { NodeEvent, Turn } from './node-event.ts';
import type { NodeState } from './node-state.ts';

export function stepNode(state: NodeState, event: NodeEvent, turn: Turn): void {
  switch (state.role) {
    case 'following':
    case 'seeking':
      stepFollower(state, event, turn);
      break;
    case 'primary':
      stepPrimary(state, event, turn);
      break;
    case 'stopped':
      break;
  }
}
