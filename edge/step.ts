/** The edge as a state machine: one event in, effects out. It only dispatches. */

import { decideOn } from './decide/decision.ts';
import type { EdgeEffects } from './effects.ts';
import type { EdgeEvent } from './event.ts';
import {
  noteAnswer,
  noteAsked,
  noteDeadline,
  noteForecast,
  noteSideInputs,
} from './forecast/look-ahead.ts';
import { observeTicks, openGap } from './observe.ts';
import type { EdgeState } from './state.ts';

export function stepEdge(state: EdgeState, event: EdgeEvent, effects: EdgeEffects): void {
  switch (event.kind) {
    case 'ticks':
      for (const instrument of observeTicks(state, event, effects)) {
        decideOn(state, { instrument, timeNs: event.timeNs }, effects);
      }
      return;
    case 'asked':
      noteAsked(state, event);
      return;
    case 'verdict':
    case 'unanswered':
      noteAnswer(state, event, effects);
      return;
    case 'forecast':
      if (noteForecast(state, event)) decideOn(state, event, effects);
      return;
    case 'side-inputs':
      noteSideInputs(state, event);
      return;
    case 'deadline':
      noteDeadline(state, event);
      return;
    case 'position':
      state.instruments[event.instrument]!.positionLots = event.positionLots;
      return;
    case 'clock-offset':
      state.clockOffsetNs = event.offsetNs;
      return;
    case 'gap':
      openGap(state, event.instrument);
      return;
  }
}
