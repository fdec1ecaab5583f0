/** An edge linked to an echo verifier, with what it asked and what came of it. */

import { type Clock, midnightBefore, seededRandom, wallClock, wallTimers } from '#engine';
import { type ConnectedVerifier, connectVerifier, type LinkChange } from '../client/connect.ts';
import type { LinkSettings } from '../client/settings.ts';
import type { Answer, VerifierTerms } from '../protocol/speculation.ts';
import { type Asked, createEchoEdge, ECHO_TERMS, type EchoAskOptions } from './echo-edge.ts';

export type EchoLink = {
  link: ConnectedVerifier;
  changes: LinkChange[];
  answers: Answer[];
  asked: Map<number, Asked>;
  /** Asks if the link takes it; returns the id of the request. */
  ask(instrument: number, options?: EchoAskOptions): number | undefined;
  /** The next request of each instrument carries its whole context. */
  loseVerifier(): void;
};

/** Today's clock: the origin is given so that two processes can share it. */
export function clockOf(todayNs: bigint): Clock {
  return wallClock(midnightBefore(todayNs));
}

export function openEchoLink(options: {
  port: number;
  clock: Clock;
  terms?: Partial<VerifierTerms>;
  settings?: Partial<LinkSettings>;
}): EchoLink {
  const { port, clock, settings = {} } = options;
  const terms = { ...ECHO_TERMS, ...options.terms };
  const edge = createEchoEdge(terms, seededRandom('echo'));
  const changes: LinkChange[] = [];
  const answers: Answer[] = [];
  const asked = new Map<number, Asked>();
  const link = connectVerifier({
    ...{ port, terms, clock, timers: wallTimers(clock), settings },
    onAnswer: answer => answers.push(answer),
    onState: change => changes.push(change),
  });
  return {
    ...{ link, changes, answers, asked },
    ask(instrument, askOptions) {
      const question = edge.ask(instrument, askOptions);
      if (!link.send(question.request)) return undefined;
      asked.set(question.request.requestId, question);
      return question.request.requestId;
    },
    loseVerifier: () => edge.loseVerifier(),
  };
}
