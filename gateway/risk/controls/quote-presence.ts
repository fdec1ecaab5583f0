/**
 * A market maker's duty (RTS 8): quotes on both sides, of at least a size, within a spread, for a
 * share of the time. Absence is in millionths of the UTC day so far; its limit is said as an
 * alert and refuses nothing.
 */
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT } from '../layout.ts';
import { LINE } from '../line-layout.ts';
import { alertAnswer } from '../objection.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, SCOPE } from '../scope-layout.ts';

const STRATEGY = 3;
const DAY_NS = 86_400_000_000_000;
const MILLION = 1_000_000;

/** Before the line changes: what it was until now counts until now. */
export function observeQuotes(judgement: Judgement): void {
  const { memory, line, input } = judgement;
  const nowNs = memory[input + EVENT.nowNs]!;
  const utcDay = Math.floor(nowNs / DAY_NS);
  if (memory[line + LINE.dutyDay] !== utcDay) {
    memory[line + LINE.dutyDay] = utcDay;
    memory[line + LINE.observedNs] = 0;
    memory[line + LINE.presentNs] = 0;
    memory[line + LINE.dutyNs] = nowNs;
  }
  const passedNs = Math.max(0, nowNs - memory[line + LINE.dutyNs]!);
  memory[line + LINE.dutyNs]! += passedNs;
  memory[line + LINE.observedNs]! += passedNs;
  if (memory[line + LINE.wasPresent] === 1) memory[line + LINE.presentNs]! += passedNs;
  holdAbsence(judgement);
}

function holdAbsence(judgement: Judgement): void {
  const { memory, line, scopes } = judgement;
  const parameters = scopes[STRATEGY]! + SCOPE.parameters;
  const limit = scopes[STRATEGY]! + SCOPE.limits + 3 * LIMIT.absencePpm;
  const observedNs = memory[line + LINE.observedNs]!;
  if (memory[parameters + PARAMETER.dutyLots] === 0) return;
  if (!(observedNs > memory[parameters + PARAMETER.dutyObservedNs]!)) return;
  judgement.rule = RULES['quote-presence'];
  const absentNs = observedNs - memory[line + LINE.presentNs]!;
  judgement.seen[0] = Math.floor((absentNs / observedNs) * MILLION);
  if (!exceedsAt(judgement, STRATEGY, LIMIT.absencePpm)) return;
  if (memory[limit + 2] === 2) return;
  memory[limit + 2] = 2;
  alertAnswer(judgement, STRATEGY);
}

/** After the line changed: whether its quotes now do what is asked. */
export function setPresence({ memory, line, scopes }: Judgement): void {
  const parameters = scopes[STRATEGY]! + SCOPE.parameters;
  const least = memory[parameters + PARAMETER.dutyLots]!;
  const spread = memory[line + LINE.lowestSell]! - memory[line + LINE.highestBuy]!;
  const isPresent =
    least > 0 &&
    memory[line + LINE.openBuyLots]! >= least &&
    memory[line + LINE.openSellLots]! >= least &&
    spread <= memory[parameters + PARAMETER.dutySpreadIncrements]!;
  memory[line + LINE.wasPresent] = isPresent ? 1 : 0;
}
