/** `outrider ask`: the venue says how an order stands, or all that are at work in a scope. */
import { OutriderError } from '#engine';
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';

export const askCommand: Command = {
  name: 'ask',
  summary: 'has venues say how orders of a running gateway stand: one, or those of a scope',
  help: () =>
    [
      'usage: outrider ask --out DIR --operator NAME --key FILE (--order CLORDID | --scope SCOPE)',
      '',
      ...SIGNER_LINES,
      '  --order CLORDID              of an order at work, or of its unanswered change',
      '  --scope SCOPE                firm, venue:NAME, desk:NAME, strategy:NAME, account:NAME or',
      '                               instrument:SYMBOL: all its orders at work',
      '',
      'One operator is enough: nothing new leaves for an order that is asked after (35=H) until',
      'the venue has said how it stands. `outrider orders DIR --order CLORDID` shows the answer.',
      'Exit 0: asked; 1: refused, or no gateway answers; the text says why.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, { ...SIGNER_KINDS, scope: 'text', order: 'text' });
    const { order, scope } = values;
    if ((order === undefined) === (scope === undefined)) {
      throw new OutriderError('bad-usage', 'give --order CLORDID or --scope SCOPE, one of the two');
    }
    const about = order === undefined ? String(scope) : `order:${order}`;
    return await operate(readSigner(values), { kind: 'ask', about });
  },
};
