/** Copies with a fault are planted: an audit would read them in place of the log. */
import { expect, it } from 'vitest';
import { judgeLogsCopied } from './logs-copied.ts';

const NAME = 'run.edge-log';
const bytes = (...texts: string[]) => texts.map(text => Buffer.from(text));
const logs = new Map([[NAME, bytes('a', 'b', 'c')]]);
const copied = (...texts: string[]) => bytes(...texts).map(value => ({ key: NAME, value }));

it('takes a copy that is whole, whatever else lies in the topic', () => {
  const others = bytes('x').map(value => ({ key: 'another.edge-log', value }));
  const judged = judgeLogsCopied(logs, [...others, ...copied('a', 'b', 'c')]);
  expect(judged).toMatchObject({ checked: 3, violations: [] });
});

it.each([
  ['a lost record', ['a', 'c'], 'run.edge-log: 1 lost'],
  ['a lost last one', ['a', 'b'], 'run.edge-log: 1 lost'],
  ['a doubled one', ['a', 'b', 'b', 'c'], 'run.edge-log: 1 too many'],
  ['damaged bytes', ['a', 'x', 'c'], 'run.edge-log: record 1 is another in its topic'],
  ['no copy', [], 'run.edge-log: 3 lost'],
])('finds %s', (_, texts, problem) => {
  expect(judgeLogsCopied(logs, copied(...texts)).violations).toContain(problem);
});
