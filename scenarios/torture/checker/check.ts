/** Judges a gateway by what it left behind; no line of this folder is shared with the product. */
import { checkEnds, checkReplay, checkTerms, type Ends } from './check-ends.ts';
import { checkPositions, checkSignals } from './check-outcome.ts';
import { checkAscent, checkBytes, checkNumbers, checkResends } from './check-session.ts';
import type { Evidence } from './evidence.ts';
import { expectOrders } from './expect-orders.ts';
import type { Finding } from './finding.ts';
import { readWire } from './wire.ts';

export type Verdict = {
  findings: Finding[];
  /** New orders, replaces and cancels that the log demands. */
  intents: number;
  /** How they ended. */
  ends: Ends;
  /** Wishes that were too old for an order. */
  refused: number;
};

export function check(evidence: Evidence): Verdict {
  const { log, venues } = evidence;
  const expected = expectOrders(evidence);
  const wires = venues.map(readWire);
  const { findings, ends } = checkEnds(wires, expected);
  return {
    findings: [
      ...checkSignals(evidence),
      ...checkReplay(evidence, expected),
      ...expected.overAsked,
      ...wires.flatMap((wire, venue) => checkTerms(wire, expected, venue)),
      ...findings,
      ...venues.flatMap((each, venue) => checkBytes(each, log, venue)),
      ...wires.flatMap(checkNumbers),
      ...venues.flatMap(checkAscent),
      ...wires.flatMap(checkResends),
      ...checkPositions(evidence, { wires, expected }),
    ],
    intents: expected.requests.length,
    ends,
    refused: expected.refused,
  };
}
