/** A message of the gateway's own for a venue, such as a question, by the venue's session. */
import { invariant } from '#engine';
import type { AtVenue } from './at-venue.ts';
import type { ApplicationMessage } from './fix/message.ts';
import type { SessionEffect } from './session/event.ts';
import { stepSession } from './session/step.ts';

export function tellVenue({ state, venue, effects }: AtVenue, message: ApplicationMessage): void {
  const wanted: SessionEffect[] = [];
  stepSession(venue.session, { kind: 'send', timeNs: state.nowNs, message }, wanted);
  for (const effect of wanted) {
    if (effect.kind === 'send') effects.outbound.add(effect.bytes, venue.index);
    else if (effect.kind === 'timer') effects.dueNs = Math.min(effects.dueNs, effect.dueNs);
    else invariant(false, 'what is sent changes nothing else of its session');
  }
}
