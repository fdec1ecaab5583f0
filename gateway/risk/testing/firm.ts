/** A small firm for the tests of controls: its memory, and calls said in words. */
import { loadedKernels } from '#native';
import { createAmount } from '../../account/amount.ts';
import { type Alert, answeredScope, objectionAt, readAlerts } from '../alerts.ts';
import { ANSWER, CALL, EVENT, INTENT, PART } from '../layout.ts';
import type { LimitName, SettingName } from '../limit-table.ts';
import { createRisk, type Risk } from '../risk.ts';
import { ruleName } from '../rules.ts';
import { SCOPE } from '../scope-layout.ts';
import { parseScope } from '../scope-name.ts';
import { scopeAt, setLimit, setSetting } from '../set-limit.ts';
import { setState } from '../states.ts';
import type { RiskTopology } from '../topology.ts';

type Differing = { dailyLots?: number; isRestricted?: boolean; forbidden?: boolean };

/** One venue, two desks and strategies, an account each, two instruments. */
const firmWith = ({ dailyLots = 0, isRestricted = false, forbidden = false }: Differing) =>
  ({
    ...{ venues: ['one'], desks: ['rates', 'metals'], strategies: ['alpha', 'beta'] },
    ...{ accounts: ['USD', 'EUR'], instruments: ['EURUSD', 'XAUUSD'] },
    lines: [0, 1, 0, 1].map(at => ({ desk: at, account: at, isPermitted: !forbidden })),
    // One lot is 1,000 units at 0.00001 an increment.
    instrumentTerms: [10_000_000, 10_000_000].map(incrementNanos => ({
      ...{ incrementNanos, reportNanos: incrementNanos, isRestricted, dailyLots },
    })),
    ...{ limits: [], settings: [] },
  }) satisfies RiskTopology;

export type Wish = Partial<Record<keyof typeof INTENT, number>>;
export type Happening = Partial<Record<keyof typeof EVENT, number>>;

/** What differs from a calm moment at noon: one lot to buy at the mid. */
const CALM: Wish = {
  ...{ nowNs: 43_200_000_000_000, side: 1, lots: 1, limitIncrements: 100_000 },
  ...{ midHalfIncrements: 200_000, acceptancePpm: 1_000_000, idDate: 20_140_502 },
};

export type Firm = ReturnType<typeof createFirm>;

export function createFirm(kernels = loadedKernels.kernels, differing: Differing = {}) {
  const topology = firmWith(differing);
  const risk = createRisk(topology, kernels);
  const { memory } = risk;
  const scopeOf = (text: string) => parseScope(topology, text)!;
  let serial = 0;
  const alerts = () => {
    const list: Alert[] = [];
    readAlerts(risk, list);
    return list;
  };
  return {
    risk,
    limit: (scope: string, name: LimitName, levels: { soft?: number; hard?: number }) =>
      setLimit(memory, { scope: scopeOf(scope), name, ...levels }),
    set: (scope: string, name: SettingName, value: number) =>
      setSetting(memory, { scope: scopeOf(scope), name, value }),
    /** `approved`, or the objection. */
    judge(wish: Wish = {}) {
      serial++;
      const nowNs = wish.nowNs ?? CALM.nowNs!;
      const times = { tickTimeNs: nowNs, forecastTimeNs: nowNs, idSerial: serial };
      write(risk, { at: PART.intent, fields: INTENT }, { ...CALM, ...times, ...wish });
      return risk.kernel.call(CALL.judge) === 0 ? 'approved' : objection(risk);
    },
    happen(what: keyof typeof CALL, event: Happening = {}) {
      const nowNs = event.nowNs ?? CALM.nowNs!;
      write(risk, { at: PART.event, fields: EVENT }, { ...event, nowNs });
      return { isTrue: risk.kernel.call(CALL[what]) === 1, alerts: alerts() };
    },
    alerts,
    halt: (scope: string) =>
      setState(risk, scopeOf(scope), { state: 'halted', nowNs: CALM.nowNs! }),
    reduce: (scope: string) =>
      setState(risk, scopeOf(scope), { state: 'reducing', nowNs: CALM.nowNs! }),
    /** Profit, day start and peak of a scope. */
    earn(scope: string, ...nanos: bigint[]) {
      const at = scopeAt(memory, scopeOf(scope)) + SCOPE.profit;
      for (const [index, value] of nanos.entries()) memory.set(createAmount(value), at + 2 * index);
    },
    scopeValue: (scope: string, field: 'state' | 'trippedRule' | 'overBudget' | 'cancels') =>
      memory[scopeAt(memory, scopeOf(scope)) + SCOPE[field]]!,
  };
}

function write(
  { memory }: Risk,
  { at, fields }: { at: number; fields: Readonly<Record<string, number>> },
  values: Readonly<Record<string, number>>,
): void {
  for (const [name, field] of Object.entries(fields)) memory[at + field] = values[name] ?? 0;
}

function objection(risk: Risk) {
  const { memory } = risk;
  const said = objectionAt(memory, PART.answer + ANSWER.isMoney);
  return {
    rule: ruleName(memory[PART.answer + ANSWER.rule]!),
    scope: answeredScope(risk),
    ...said,
  };
}
