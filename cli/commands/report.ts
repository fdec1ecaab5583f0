/** `outrider report DIR --day DATE`: what a day came to, and whether the venue says the same. */
import { OutriderError } from '#engine';
import { dayLines, reconciledLines } from '../run/day-lines.ts';
import { dayReport } from '../run/day-report.ts';
import { type Command, parseOptions } from './command.ts';

export const reportCommand: Command = {
  name: 'report',
  summary: 'end of day from the log, held against the venue: outrider report DIR --day DATE',
  help: () =>
    [
      'usage: outrider report DIR --day YYYY-MM-DD [--account NAME] [--against FILE] [--json]',
      '',
      'DIR is a run folder, or the --out of `outrider gateway`. Replays gateway.log: positions,',
      'money and deliveries by account, counts, executions, open orders, commands, limits passed',
      'and problems of a day, sequence numbers, the records it covers and the hash chain.',
      '',
      '  --day YYYY-MM-DD             a trading day as the desk file has it; UTC without one',
      '  --account NAME               whose trading day, where those of accounts differ',
      "  --against FILE               FIX messages of the venue's drop copy or execution file:",
      '                               each fill, bust and correction is compared by ExecID',
      '  --json                       as JSON, with a SHA-256 over its content',
      '',
      'Exit 1: the file and the log differ; each difference is a line.',
    ].join('\n'),
  async run(given) {
    const kinds = { day: 'text', account: 'text', against: 'text', json: 'flag' } as const;
    const { values, positionals } = parseOptions(given, kinds, 1);
    const { day, against } = values;
    const [directory] = positionals;
    if (directory === undefined || typeof day !== 'string') {
      throw new OutriderError('bad-usage', 'give DIR, the folder of a run, and --day YYYY-MM-DD');
    }
    const { report, reconciled } = dayReport(directory, day, {
      account: textOf(values.account),
      against: textOf(against),
    });
    if (values.json === true) {
      console.log(JSON.stringify(reconciled ? { ...report, reconciled } : report, null, 1));
    } else {
      console.log(dayLines(report).join('\n'));
      if (reconciled) console.log(reconciledLines(reconciled).join('\n'));
    }
    const isEqual = reconciled === undefined || isClean(reconciled);
    return isEqual ? 0 : 1;
  },
};

const textOf = (given: unknown) => (typeof given === 'string' ? given : undefined);

const isClean = ({ differences, garbage }: { differences: unknown[]; garbage: number }) =>
  differences.length === 0 && garbage === 0;
