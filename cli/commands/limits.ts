/** `outrider limits`: what a running gateway allows, and changes of it. */
import { OutriderError } from '#engine';
import { LIMIT_NAMES, type OperatorAction, SETTING_NAMES } from '#gateway';
import { listingLines } from '../run/listing-lines.ts';
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';
import { show } from './show.ts';
import { readWholeNumber } from './whole-number.ts';

export const limitsCommand: Command = {
  name: 'limits',
  summary: 'shows and sets the limits of a running gateway: outrider limits show|set',
  help: () =>
    [
      'usage: outrider limits show --out DIR [--json]',
      '       outrider limits set --out DIR --operator NAME --key FILE CHANGE',
      '',
      ...SIGNER_LINES,
      '  --json                       of show: as JSON',
      '',
      'CHANGE is one of',
      '  --scope SCOPE --limit NAME [--soft N] [--hard N]   both levels anew; none: no limit',
      '  --scope SCOPE --setting NAME --value N             windows, intervals, policies; 0: off',
      '  --restrict SYMBOL, --allow SYMBOL                  the restricted list',
      '',
      `limits:   ${LIMIT_NAMES.join(' ')}`,
      `settings: ${SETTING_NAMES.join(' ')}`,
      '',
      'Money in whole units, times in ns. What tightens takes one operator; all else, settings',
      'among it, takes two: the second asks for the very same within ten minutes. docs/risk.md',
      'Exit 0: applied; 3: waits for the second operator; 1: refused; the text says why.',
    ].join('\n'),
  async run([what = '', ...given]) {
    if (what === 'show') return await show(given, listing => listing, listingLines);
    if (what !== 'set') {
      throw new OutriderError('bad-usage', `limits ${what}: give show or set; --help`);
    }
    const names = { scope: 'text', limit: 'text', soft: 'text', hard: 'text' } as const;
    const others = { setting: 'text', value: 'text', restrict: 'text', allow: 'text' } as const;
    const { values } = parseOptions(given, { ...SIGNER_KINDS, ...names, ...others });
    return await operate(readSigner(values), actionOf(values));
  },
};

type Values = Record<string, unknown>;

function actionOf(values: Values): OperatorAction {
  const { restrict, allow, limit, setting } = values;
  const given = [restrict, allow, limit, setting].filter(each => each !== undefined);
  if (given.length !== 1) {
    throw new OutriderError('bad-usage', 'give one of --limit, --setting, --restrict and --allow');
  }
  if (restrict !== undefined) {
    return { kind: 'restrict', symbol: String(restrict), isRestricted: true };
  }
  if (allow !== undefined) return { kind: 'restrict', symbol: String(allow), isRestricted: false };
  const scope = String(values.scope ?? 'firm');
  if (setting !== undefined) {
    const value = readWholeNumber(values, 'value');
    if (value === undefined) throw new OutriderError('bad-usage', 'value: missing; give --value N');
    return { kind: 'setting', scope, name: nameIn(SETTING_NAMES, 'setting', setting), value };
  }
  const [soft, hard] = [readWholeNumber(values, 'soft'), readWholeNumber(values, 'hard')];
  return { kind: 'limit', scope, name: nameIn(LIMIT_NAMES, 'limit', limit), soft, hard };
}

function nameIn<Name extends string>(names: readonly Name[], option: string, given: unknown): Name {
  const name = names.find(each => each === given);
  if (name !== undefined) return name;
  throw new OutriderError('bad-usage', `${option}: ${given}; give one of ${names.join(', ')}`);
}
