/** `outrider orders DIR`: what the logs say of each order, from the tick to the last answer. */
import { OutriderError } from '#engine';
import { extractDifferences } from '../run/extract-difference.ts';
import { csvLines, extractLines, orderLine } from '../run/extract-lines.ts';
import { extractOrders } from '../run/order-extracts.ts';
import { type Command, parseOptions } from './command.ts';

export const ordersCommand: Command = {
  name: 'orders',
  summary: 'extracts orders from the logs, each item with record and hash: outrider orders DIR',
  help: () =>
    [
      'usage: outrider orders DIR [--order CLORDID] [--json | --csv]',
      '       outrider orders DIR --verify FILE',
      '',
      'DIR is a run folder, or the --out of `outrider gateway` (then without tick and forecast).',
      'Replays the logs: tick, forecast, signal, each risk check with value and limits, bytes',
      'sent with the hash chain, every answer and the position after it. docs/gateway.md',
      '',
      '  --order CLORDID              one order, by any ClOrdID it had; without it a line each',
      '  --json                       extracts as JSON, each with a SHA-256 over its content',
      '  --csv                        a line an item',
      '  --verify FILE                extracts again what a file of --json has, and compares',
      '',
      'Exit 1: the file differs from the logs; each difference is a line.',
    ].join('\n'),
  async run(given) {
    const kinds = { order: 'text', json: 'flag', csv: 'flag', verify: 'text' } as const;
    const { values, positionals } = parseOptions(given, kinds, 1);
    const { order, verify } = values;
    const [directory] = positionals;
    if (directory === undefined) {
      throw new OutriderError('bad-usage', 'DIR: missing; give the folder of a run');
    }
    if (typeof verify === 'string') return verifyFile(directory, verify);
    const extracts = extractOrders(directory, typeof order === 'string' ? order : undefined);
    if (values.json === true) {
      console.log(JSON.stringify(order === undefined ? extracts : extracts[0], null, 1));
    } else if (values.csv === true) console.log(csvLines(extracts).join('\n'));
    else if (order === undefined) for (const extract of extracts) console.log(orderLine(extract));
    else console.log(extracts.flatMap(extractLines).join('\n'));
    return 0;
  },
};

function verifyFile(directory: string, file: string): number {
  const differences = extractDifferences(directory, file);
  for (const line of differences) console.error(`different: ${line}`);
  if (differences.length > 0) return 1;
  console.log(`equal: ${file} says what the logs of ${directory} say`);
  return 0;
}
