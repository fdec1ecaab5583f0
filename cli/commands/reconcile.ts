/** `outrider reconcile`: a statement of positions held against those of a running gateway. */
import { OutriderError } from '#engine';
import { STATEMENT_BYTES_MAX } from '#gateway';
import { compareStatement, readOut } from '../run/operator-desk.ts';
import { readOptionFile } from '../run/option-file.ts';
import { type Command, parseOptions } from './command.ts';

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'holds a statement of positions against those of a running gateway',
  help: () =>
    [
      'usage: outrider reconcile --out DIR --statement FILE',
      '',
      '  --out DIR                    folder of the gateway that runs',
      '  --statement FILE             JSON, 64 KiB at most:',
      '                               { "source": "clearing", "positions": [',
      '                                 { "account": "fund", "instrument": "GC", "lots": -3 }] }',
      '',
      'Each account that it names is compared in every instrument, not listed is 0. Beyond',
      'reconciliationLots a scope may only shrink until two operators arm it. It needs no',
      'signature: it can only tighten. Compared with what the gateway holds now: ask while the',
      'account is quiet. docs/risk.md',
      'Exit 0: all are equal; 1: some differ, or it is refused; the text says what.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, { out: 'text', statement: 'text' });
    if (typeof values.statement !== 'string') {
      throw new OutriderError('bad-usage', 'statement: missing; give --statement FILE');
    }
    const text = readOptionFile(values.statement, STATEMENT_BYTES_MAX);
    return await compareStatement(readOut(values), Buffer.from(text));
  },
};
