/** `outrider vouch`: a desk in doubt holds what its venues have, as two operators say. */
import { OutriderError } from '#engine';
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';

export const vouchCommand: Command = {
  name: 'vouch',
  summary: 'lets a desk in doubt of a running gateway grow again; takes two operators',
  help: () =>
    [
      'usage: outrider vouch --out DIR --operator NAME --key FILE --strategy NAME',
      '                      --instrument SYMBOL',
      '',
      ...SIGNER_LINES,
      '  --strategy NAME              as the desk file has it',
      '  --instrument SYMBOL          the desk is that of the strategy in it',
      '',
      'A desk is in doubt since a fill beyond an order, or one of an order that is none of ours:',
      'it may shrink its position, not grow it. `outrider limits show` names those in doubt. The',
      'position stays as executions made it: compare it with the venue first.',
      'It takes two operators: the second asks for the very same within ten minutes.',
      'Exit 0: applied; 3: waits for the second operator; 1: refused; the text says why.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, {
      ...{ ...SIGNER_KINDS, strategy: 'text', instrument: 'text' },
    });
    const { strategy, instrument } = values;
    if (typeof strategy !== 'string' || typeof instrument !== 'string') {
      const message = 'give --strategy NAME and --instrument SYMBOL; `outrider limits show`';
      throw new OutriderError('bad-usage', message);
    }
    const action = { kind: 'vouch', strategy, symbol: instrument } as const;
    return await operate(readSigner(values), action);
  },
};
