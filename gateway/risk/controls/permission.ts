/**
 * Permission (SEC 15c3-5(c)(2)): the hours of session and calendar, what a strategy may trade, and
 * the restricted list.
 */
import { type Control, intentOf } from '../control.ts';
import { INTENT } from '../layout.ts';
import { INSTRUMENT, LINE } from '../line-layout.ts';
import { forbid } from '../objection.ts';
import { RULES } from '../rules.ts';

const VENUE = 1;
const STRATEGY = 3;
const INSTRUMENT_KIND = 5;

export const sessionHours: Control = {
  rule: RULES['session-hours'],
  objects: judgement =>
    intentOf(judgement, INTENT.isOutsideHours) !== 0 && forbid(judgement, VENUE),
};

export const permission: Control = {
  rule: RULES.permission,
  objects: judgement =>
    judgement.memory[judgement.line + LINE.isPermitted] === 0 && forbid(judgement, STRATEGY),
};

export const restrictedList: Control = {
  rule: RULES['restricted-list'],
  objects: judgement =>
    judgement.memory[judgement.instrument + INSTRUMENT.isRestricted] !== 0 &&
    forbid(judgement, INSTRUMENT_KIND),
};
