/** `outrider kill`: nothing new leaves from a scope, and what rests there is cancelled. */
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';

export const killCommand: Command = {
  name: 'kill',
  summary: 'blocks new orders and cancels resting ones of a running gateway, by scope',
  help: () =>
    [
      'usage: outrider kill --out DIR --operator NAME --key FILE [--scope SCOPE]',
      '',
      ...SIGNER_LINES,
      '  --scope SCOPE                firm, venue:NAME, desk:NAME, strategy:NAME, account:NAME or',
      '                               instrument:SYMBOL [firm]',
      '',
      'One operator is enough. It outlives restarts; two operators take it back: `outrider arm`.',
      'Exit 0: applied; 1: refused, or no gateway answers; the text says why.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, { ...SIGNER_KINDS, scope: 'text' });
    const scope = String(values.scope ?? 'firm');
    return await operate(readSigner(values), { kind: 'state', scope, state: 'halted' });
  },
};
