/** Limits and settings by the names that desk files and operators use. */
import { LIMIT, MONEY_LIMIT, PARAMETER } from './scope-layout.ts';

export type LimitName = keyof typeof LIMIT | Exclude<keyof typeof MONEY_LIMIT, 'leverage'>;
export type SettingName = keyof typeof PARAMETER;

export const LIMIT_NAMES = [
  ...Object.keys(LIMIT),
  ...Object.keys(MONEY_LIMIT).filter(name => name !== 'leverage'),
] as LimitName[];

export const SETTING_NAMES = Object.keys(PARAMETER) as SettingName[];

export const isMoneyLimit = (name: LimitName): name is keyof typeof MONEY_LIMIT & LimitName =>
  Object.hasOwn(MONEY_LIMIT, name);

/** What a limit is counted in, for people. */
export function unitOf(name: LimitName): string {
  if (isMoneyLimit(name)) return 'units';
  if (name.endsWith('Ns')) return 'ns';
  if (name.endsWith('Ppm')) return 'ppm';
  if (name.endsWith('BasisPoints')) return 'bp';
  if (name.endsWith('Lots')) return 'lots';
  return name === 'leverageHundredths' ? '1/100' : 'count';
}
