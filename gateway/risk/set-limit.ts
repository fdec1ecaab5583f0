/** Limits and settings of a scope in the flat memory: read, written, and compared. */
import { OutriderError } from '#engine';
import { createAmount, nanosOf } from '../account/amount.ts';
import { HEADER, PART } from './layout.ts';
import { isMoneyLimit, type LimitName, type SettingName } from './limit-table.ts';
import { needOf } from './needs.ts';
import { LIMIT, MONEY_LIMIT, PARAMETER, RING, SCOPE, SCOPE_KINDS } from './scope-layout.ts';
import type { ScopeName } from './scope-name.ts';
import type { ScopeLimit, ScopeSetting } from './topology.ts';

const NANOS_PER_UNIT = 1_000_000_000n;
const NONE = Number.POSITIVE_INFINITY;

/** Where a scope begins. */
export function scopeAt(memory: Float64Array, { kind, index }: ScopeName): number {
  let first = 0;
  for (const each of SCOPE_KINDS) {
    if (each === kind) break;
    first += sizeOf(memory, each);
  }
  return memory[HEADER.scopesAt]! + (first + index) * PART.scopeValues;
}

const sizeOf = (memory: Float64Array, kind: ScopeName['kind']) =>
  kind === 'firm' ? 1 : memory[HEADER.venues + SCOPE_KINDS.indexOf(kind) - 1]!;

/** Everything infinite, nothing warned of. */
export function clearLimits(memory: Float64Array, scope: number): void {
  for (const at of Object.values(LIMIT)) writePlain(memory, scope + SCOPE.limits + 3 * at, {});
  for (const at of Object.values(MONEY_LIMIT)) {
    writeMoney(memory, scope + SCOPE.moneyLimits + 5 * at, {});
  }
}

type Levels = { soft?: number | undefined; hard?: number | undefined };

/** Both levels anew: what is left out is no limit from then on. */
export function setLimit(memory: Float64Array, { scope, name, soft, hard }: ScopeLimit): void {
  checkLevels(name, { soft, hard });
  const at = scopeAt(memory, scope);
  memory[at + SCOPE.isLimited]! |= needOf(name);
  if (isMoneyLimit(name)) {
    writeMoney(memory, at + SCOPE.moneyLimits + 5 * MONEY_LIMIT[name], { soft, hard });
    return;
  }
  checkRing(memory, at, { name, most: Math.max(soft ?? 0, hard ?? 0) });
  if (name === 'orders' && memory[at + SCOPE.parameters + PARAMETER.orderWindowNs] === 0) {
    memory[at + SCOPE.parameters + PARAMETER.orderWindowNs] = SECOND_NS;
  }
  writePlain(memory, at + SCOPE.limits + 3 * LIMIT[name], { soft, hard });
  if (name === 'leverageHundredths') writeLeverage(memory, at);
}

const SECOND_NS = 1_000_000_000;

export function setSetting(memory: Float64Array, { scope, name, value }: ScopeSetting): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    throw new OutriderError('bad-config', `${name}: ${value}; give a whole number from 0`);
  }
  const at = scopeAt(memory, scope);
  checkRing(memory, at, { name, most: value });
  memory[at + SCOPE.isLimited]! |= needOf(name);
  memory[at + SCOPE.parameters + PARAMETER[name]] = value;
  if (name === 'capitalUnits') writeLeverage(memory, at);
}

/** What stands there now; undefined where there is no limit. */
export function limitOf(memory: Float64Array, scope: ScopeName, name: LimitName): Levels {
  const at = scopeAt(memory, scope);
  if (!isMoneyLimit(name)) {
    const place = at + SCOPE.limits + 3 * LIMIT[name];
    return { soft: finite(memory[place]!), hard: finite(memory[place + 1]!) };
  }
  const place = at + SCOPE.moneyLimits + 5 * MONEY_LIMIT[name];
  return { soft: unitsAt(memory, place), hard: unitsAt(memory, place + 2) };
}

export const settingOf = (memory: Float64Array, scope: ScopeName, name: SettingName): number =>
  memory[scopeAt(memory, scope) + SCOPE.parameters + PARAMETER[name]]!;

const finite = (value: number) => (value === NONE ? undefined : value);

function unitsAt(memory: Float64Array, at: number): number | undefined {
  if (memory[at] === NONE) return undefined;
  const amount = createAmount();
  amount.set(memory.subarray(at, at + 2));
  return Number(nanosOf(amount) / NANOS_PER_UNIT);
}

function writePlain(memory: Float64Array, at: number, { soft, hard }: Levels): void {
  memory[at] = soft ?? NONE;
  memory[at + 1] = hard ?? NONE;
  memory[at + 2] = 0;
}

function writeMoney(memory: Float64Array, at: number, { soft, hard }: Levels): void {
  writeUnits(memory, at, soft);
  writeUnits(memory, at + 2, hard);
  memory[at + 4] = 0;
}

function writeUnits(memory: Float64Array, at: number, units: number | undefined): void {
  if (units === undefined) {
    memory[at] = NONE;
    memory[at + 1] = 0;
  } else memory.set(createAmount(BigInt(units) * NANOS_PER_UNIT), at);
}

/** The gross that leverage allows of the capital; none without both. */
function writeLeverage(memory: Float64Array, scope: number): void {
  const capital = BigInt(memory[scope + SCOPE.parameters + PARAMETER.capitalUnits]!);
  const place = scope + SCOPE.moneyLimits + 5 * MONEY_LIMIT.leverage;
  const from = scope + SCOPE.limits + 3 * LIMIT.leverageHundredths;
  for (const level of [0, 1]) {
    const hundredths = memory[from + level]!;
    if (hundredths === NONE) {
      writeUnits(memory, place + 2 * level, undefined);
      continue;
    }
    const nanos = (capital * BigInt(hundredths) * NANOS_PER_UNIT) / 100n;
    memory.set(createAmount(nanos), place + 2 * level);
  }
  memory[place + 4] = 0;
}

const UNITS_MAX = Number.MAX_SAFE_INTEGER;

function checkLevels(name: LimitName, { soft, hard }: Levels): void {
  for (const [level, value] of Object.entries({ soft, hard })) {
    if (value === undefined) continue;
    if (Number.isInteger(value) && value >= 0 && value <= UNITS_MAX) continue;
    const remedy = `give a whole number from 0 to ${UNITS_MAX}`;
    throw new OutriderError('bad-config', `${name} ${level}: ${value}; ${remedy}`);
  }
  if (soft === undefined || hard === undefined || soft <= hard) return;
  throw new OutriderError('bad-config', `${name} soft: ${soft}; give at most hard, ${hard}`);
}

const RING_OF: Partial<Record<LimitName | SettingName, number>> = {
  ...{ orders: SCOPE.orderRing, executions: SCOPE.executionRing },
  programmeCount: SCOPE.programmeRing,
};

/** What is counted in a ring must fit, or the oldest would be forgotten before its time. */
function checkRing(
  memory: Float64Array,
  scope: number,
  { name, most }: { name: LimitName | SettingName; most: number },
): void {
  const ring = RING_OF[name];
  if (ring === undefined || most < memory[scope + ring + RING.capacity]!) return;
  const room = memory[scope + ring + RING.capacity]! - 1;
  const remedy = `give at most ${room}, or start with a larger one in the desk file`;
  throw new OutriderError('limit', `${name}: ${most}; ${remedy}`);
}
