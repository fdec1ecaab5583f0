/** Random topologies, limits and calls of risk, small enough that limits are met all the time. */
import fc from 'fast-check';
import { createAmount } from '../../account/amount.ts';
import { CALL, EVENT, INTENT, PART } from '../layout.ts';
import { LIMIT_NAMES, SETTING_NAMES, type SettingName } from '../limit-table.ts';
import { SCOPE, SCOPE_KINDS } from '../scope-layout.ts';
import { namesOf, type ScopeName } from '../scope-name.ts';
import { scopeAt, setLimit, setSetting } from '../set-limit.ts';
import type { RiskTopology } from '../topology.ts';

/** One call, or one change that no control makes: to be done to every memory alike. */
export type Act = (memory: Float64Array, call: (what: number) => number) => number;

export type RiskCase = { topology: RiskTopology; acts: Act[] };

const few = (most: number) => fc.integer({ min: 1, max: most });
const SECOND = 1_000_000_000;
const HUGE = 2 ** 52;

const oneIn = (most: number) => fc.nat({ max: most - 1 }).map(each => (each === 0 ? 1 : 0));

/** What a limit is about is known by its name: values that are met, or huge, or nothing. */
function limitValue(name: string): fc.Arbitrary<number | undefined> {
  const most = name.endsWith('Ns') ? 2 * SECOND : name.endsWith('Ppm') ? 1_000_000 : 12;
  const units = /Value|Loss|Drawdown|Notional/.test(name) ? 3000 : most;
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: units }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function settingValue(name: string): fc.Arbitrary<number> {
  if (name === 'selfTrade') return fc.nat({ max: 3 });
  if (name === 'capitalUnits') return fc.nat({ max: 5000 });
  if (name.endsWith('Ns')) return fc.constantFrom(0, 1, 8, SECOND, 3 * SECOND, 7_777_777);
  return fc.nat({ max: 8 });
}

const names = (most: number) =>
  few(most).map(count => Array.from({ length: count }, (_, at) => `${at}`));

const scopes = fc.record({
  ...{ venues: names(2), desks: names(2), strategies: names(3), accounts: names(2) },
  instruments: names(2),
});

function scopeIn(topology: Omit<RiskTopology, 'lines'>): fc.Arbitrary<ScopeName> {
  return fc.constantFrom(...SCOPE_KINDS).chain(kind =>
    fc.record({
      kind: fc.constant(kind),
      index: fc.nat({ max: namesOf(topology as RiskTopology, kind).length - 1 }),
    }),
  );
}

const nothing = { lines: [], instrumentTerms: [], limits: [], settings: [] };

const topology: fc.Arbitrary<Grouped> = scopes.chain(named => {
  const scope = scopeIn({ ...named, ...nothing });
  const limit = fc.constantFrom(...LIMIT_NAMES).chain(name =>
    fc
      .record({ scope, soft: limitValue(name), hard: limitValue(name) })
      .map(({ soft, hard, ...rest }) => ({
        ...{ ...rest, name, hard },
        soft: soft === undefined || hard === undefined ? soft : Math.min(soft, hard),
      })),
  );
  const setting = fc
    .constantFrom(...SETTING_NAMES)
    .chain(name => fc.record({ scope, name: fc.constant(name), value: settingValue(name) }));
  const lines = named.instruments.length * named.strategies.length;
  return fc.record({
    ...mapped(named),
    lines: fc.array(
      fc.record({
        desk: fc.nat({ max: named.desks.length - 1 }),
        account: fc.nat({ max: named.accounts.length - 1 }),
        isPermitted: oneIn(30).map(each => each === 0),
      }),
      { minLength: lines, maxLength: lines },
    ),
    instrumentTerms: fc.array(
      fc.record({
        ...{ incrementNanos: units, reportNanos: units, dailyLots: fc.nat({ max: 100 }) },
        isRestricted: oneIn(30).map(each => each === 1),
      }),
      { minLength: named.instruments.length, maxLength: named.instruments.length },
    ),
    limits: fc.array(limit, { maxLength: 6 }),
    settings: fc.array(setting, { maxLength: 6 }),
    groups: fc.array(group(scope), { maxLength: 3 }),
  });
});

type Grouped = RiskTopology & { groups: Pick<RiskTopology, 'limits' | 'settings'>[] };

const joined = ({ groups, ...of }: Grouped): RiskTopology => ({
  ...of,
  limits: [...of.limits, ...groups.flatMap(({ limits }) => limits)],
  settings: [...of.settings, ...groups.flatMap(({ settings }) => settings)],
});

/** What only works together, each with values that are met. */
const GROUPS = [
  { settings: { programmeWindowNs: 9 * SECOND, programmeCount: 2 }, limit: 'programmeOccasions' },
  { settings: { flowWindowNs: 80 * SECOND, layeringFills: 1 }, limit: 'layeringOrders' },
  { settings: { flowWindowNs: 80 * SECOND }, limit: 'stuffingMessages' },
  { settings: { flowWindowNs: 80 * SECOND }, limit: 'stopOrders' },
  { settings: { duplicateWindowNs: 60 * SECOND }, limit: 'duplicateOrders' },
  { settings: { executionWindowNs: 9 * SECOND }, limit: 'executions' },
  { settings: { dutyLots: 1, dutySpreadIncrements: 4, dutyObservedNs: 1 }, limit: 'absencePpm' },
  { settings: { cancelIntervalNs: SECOND }, limit: 'cancelMessages' },
  { settings: { capitalUnits: 50 }, limit: 'leverageHundredths' },
  { settings: { graceNs: 1 }, limit: 'reconciliationLots' },
] as const;

const group = (scope: fc.Arbitrary<ScopeName>) =>
  fc.tuple(scope, fc.constantFrom(...GROUPS), fc.nat({ max: 2 })).map(([drawn, each, hard]) => {
    const at: ScopeName = 'graceNs' in each.settings ? { kind: 'venue', index: 0 } : drawn;
    return {
      settings: Object.entries(each.settings).map(([name, value]) => ({
        ...{ scope: at, name: name as SettingName, value },
      })),
      limits: [{ scope: at, name: each.limit, hard, soft: hard === 0 ? undefined : hard - 1 }],
    };
  });

const units = fc.constantFrom(1, 1_000_000_000, 1_000_000_001, 333_333_333, 2 ** 40);

const mapped = <Values extends object>(values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fc.constant(value)]),
  ) as unknown as { [Name in keyof Values]: fc.Arbitrary<Values[Name]> };

const increments = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 95, max: 105 }) },
  { weight: 1, arbitrary: fc.integer({ min: -HUGE, max: HUGE }) },
);
const lots = fc.oneof(
  { weight: 20, arbitrary: fc.nat({ max: 8 }) },
  { weight: 1, arbitrary: fc.nat({ max: 2 ** 51 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5) },
);
const passed = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(0, 1, 10_000_000, SECOND) },
  { weight: 1, arbitrary: fc.constant(86_400 * SECOND) },
);
const side = fc.constantFrom(1, -1);

/** A place, sometimes one that is not there. */
function place({ venues, desks, strategies, accounts, instruments }: RiskTopology) {
  const within = ({ length }: readonly string[]) =>
    fc.nat({ max: 40 }).map(each => (each === 40 ? length : each % length));
  return fc.record({
    ...{ venue: within(venues), desk: within(desks), strategy: within(strategies) },
    ...{ account: within(accounts), instrument: within(instruments), passedNs: passed },
  });
}

const wish = fc.record({
  ...{
    isAmend: oneIn(4),
    side,
    lots,
    limitIncrements: increments,
    isStop: oneIn(2),
    isMarket: oneIn(10),
  },
  ...{ replacedLots: fc.nat({ max: 3 }), replacedIncrements: increments },
  midHalfIncrements: increments.map(each => 2 * each),
  ...{ tickAgeNs: fc.nat({ max: 2 * SECOND }), forecastAgeNs: fc.nat({ max: 2 * SECOND }) },
  ...{ isProvisional: oneIn(4), acceptancePpm: fc.nat({ max: 1_000_000 }) },
  ...{ entropyPpm: fc.nat({ max: 1_000_000 }), isOutsideHours: oneIn(30) },
  clockOffsetNs: fc.integer({ min: -SECOND, max: SECOND }),
  idStep: fc.nat({ max: 12 }),
});

/** Cancels and fills more often than all else. */
const CALLS = [
  ...[CALL.count, CALL.count, CALL.count, CALL.count, CALL.sync, CALL.sync],
  CALL.connection,
  ...Object.values(CALL).slice(1),
];

const happening = fc.record({
  ...{ kind: fc.constantFrom(0, 0, 1, 1, 2, 3), side, openBuyLots: fc.nat({ max: 5 }) },
  ...{ openSellLots: fc.nat({ max: 5 }), highestBuy: increments, lowestSell: increments },
  ...{ positionLots: fc.integer({ min: -8, max: 8 }), markHalfIncrements: increments },
  what: fc.constantFrom(...CALLS),
});

/** Time and ids go on from act to act. */
function act(of: RiskTopology): fc.Arbitrary<Act> {
  const judged = fc.tuple(place(of), wish).map(
    ([at, each]): Act =>
      (memory, call) => {
        const nowNs = passTime(memory, at, PART.intent);
        const { tickAgeNs, forecastAgeNs, idStep, ...values } = each;
        for (const [name, value] of Object.entries(values)) {
          memory[PART.intent + INTENT[name as keyof typeof values]] = value;
        }
        memory[PART.intent + INTENT.tickTimeNs] = nowNs - tickAgeNs;
        memory[PART.intent + INTENT.forecastTimeNs] = nowNs - forecastAgeNs;
        memory[PART.intent + INTENT.idSerial]! += idStep;
        return call(CALL.judge);
      },
  );
  const happened = fc.tuple(place(of), happening).map(
    ([at, each]): Act =>
      (memory, call) => {
        passTime(memory, at, PART.event);
        const { what, ...values } = each;
        for (const [name, value] of Object.entries(values)) {
          memory[PART.event + EVENT[name as keyof typeof values]] = value;
        }
        return call(what);
      },
  );
  const money = fc.bigInt({ min: -4_000n * 10n ** 9n, max: 4_000n * 10n ** 9n });
  const earned = fc.tuple(scopeIn(of), money, money, money).map(([scope, ...values]): Act => {
    return memory => {
      const at = scopeAt(memory, scope) + SCOPE.profit;
      for (const [index, value] of values.entries())
        memory.set(createAmount(value), at + 2 * index);
      return 0;
    };
  });
  const state = fc.tuple(scopeIn(of), fc.nat({ max: 2 }), fc.nat({ max: 30 })).map(
    ([scope, value, isSeldom]): Act =>
      memory => {
        const at = scopeAt(memory, scope);
        memory[at + SCOPE.state] = isSeldom === 0 ? value : 0;
        memory[at + SCOPE.trippedRule] = 1;
        return 0;
      },
  );
  return fc.oneof(
    { weight: 8, arbitrary: judged },
    { weight: 4, arbitrary: happened },
    { weight: 1, arbitrary: earned },
    { weight: 1, arbitrary: state },
  );
}

/** Both records share one time, which goes on from either. */
function passTime(
  memory: Float64Array,
  at: Record<'venue' | 'desk' | 'strategy' | 'account' | 'instrument' | 'passedNs', number>,
  input: number,
): number {
  const { passedNs, ...indexes } = at;
  const lastNs = Math.max(
    memory[PART.intent + INTENT.nowNs]!,
    memory[PART.event + EVENT.nowNs]!,
    36_000 * SECOND,
  );
  memory[input + INTENT.nowNs] = lastNs + passedNs;
  for (const [name, index] of Object.entries(indexes)) {
    memory[input + INTENT[name as keyof typeof indexes]] = index;
  }
  return lastNs + passedNs;
}

/** Limits that a ring has no room for are refused, the same everywhere; they are left out here. */
export const riskCase: fc.Arbitrary<RiskCase> = topology.map(joined).chain(of =>
  fc.record({
    topology: fc.constant(of),
    acts: fc.array(act(of), { minLength: 10, maxLength: 60 }),
  }),
);

/** A limit and a setting that change in between, as operators change them. */
export function changeLimits(memory: Float64Array, at: number): void {
  const scope = { kind: 'firm', index: 0 } as const;
  setLimit(memory, { scope, name: LIMIT_NAMES[at % LIMIT_NAMES.length]!, hard: at % 12 });
  const name = SETTING_NAMES[at % SETTING_NAMES.length]!;
  setSetting(memory, { scope, name, value: name === 'selfTrade' ? at % 4 : at % 9 });
}
