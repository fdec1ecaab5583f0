/** `outrider replay DIR`: a run once more from its logs, against what the venue received. */
import { OutriderError } from '#engine';
import { type Comparison, compareRun } from '../run/compare.ts';
import { type Command, parseOptions } from './command.ts';

export const replayCommand: Command = {
  name: 'replay',
  summary: 're-runs a run from its input logs and compares the bytes: outrider replay DIR',
  help: () =>
    [
      'usage: outrider replay DIR',
      '',
      'DIR is a run folder, or the --out of `outrider gateway`. Compared is what the venue',
      'received; where it was a process elsewhere, what was sent to it. A run with its gateway',
      'elsewhere has no bytes to compare: replay the folder of that gateway.',
      '',
      'Exit 0: `identical: N messages, sha256 ...`, or after a crash `identical prefix: N of M`.',
      'Exit 1: the first difference.',
    ].join('\n'),
  async run(given) {
    const { positionals } = parseOptions(given, {}, 1);
    const [directory] = positionals;
    if (directory === undefined) {
      throw new OutriderError('bad-usage', 'DIR: missing; give the folder of a run');
    }
    const comparison = compareRun(directory);
    const line = comparisonLine(comparison);
    if (comparison.kind === 'different') console.error(line);
    else console.log(line);
    return comparison.kind === 'different' ? 1 : 0;
  },
};

export function comparisonLine(comparison: ReturnType<typeof compareRun>): string {
  const against = ' (with fix/outbound.fix, what was sent: the venue keeps what it received)';
  return `${outcome(comparison)}${comparison.compared === 'sent' ? against : ''}`;
}

function outcome(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'identical': {
      const lost = comparison.lost === 0 ? '' : `, ${comparison.lost} lost with their connection`;
      return `identical: ${comparison.messages} messages, sha256 ${comparison.sha256}${lost}`;
    }
    case 'prefix':
      return `identical prefix: ${comparison.messages} of ${comparison.of}`;
    case 'different':
      return `different: ${comparison.at}`;
  }
}
