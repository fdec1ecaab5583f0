/** `outrider arm`: a scope that was killed or tripped trades again, once two operators ask. */
import { OutriderError } from '#engine';
import { operate, readSigner, SIGNER_KINDS, SIGNER_LINES } from '../run/operator-desk.ts';
import { type Command, parseOptions } from './command.ts';

const STATES = ['active', 'reducing'] as const;

export const armCommand: Command = {
  name: 'arm',
  summary: 'lets a killed scope of a running gateway trade again; takes two operators',
  help: () =>
    [
      'usage: outrider arm --out DIR --operator NAME --key FILE [--scope SCOPE] [--state STATE]',
      '',
      ...SIGNER_LINES,
      '  --scope SCOPE                as `outrider kill` had it, or a rule tripped it [firm]',
      '  --state STATE                active, or reducing: positions may only shrink [active]',
      '',
      'The first operator leaves it waiting for ten minutes; a second, with another key, asks for',
      'the very same. Making an active scope reducing takes one operator.',
      'Exit 0: applied; 3: waits for the second operator; 1: refused; the text says why.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, { ...SIGNER_KINDS, scope: 'text', state: 'text' });
    const state = STATES.find(each => each === (values.state ?? 'active'));
    if (state === undefined) {
      throw new OutriderError('bad-usage', `state: ${values.state}; give ${STATES.join(' or ')}`);
    }
    const scope = String(values.scope ?? 'firm');
    return await operate(readSigner(values), { kind: 'state', scope, state });
  },
};
