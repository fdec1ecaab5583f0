/** What came of a torture, as lines of text: a row a kind of failure, and the sums. */
import type { Tortured } from './run-torture.ts';

type Row = {
  name: string;
  group: string;
  played: number;
  missed: number;
  problems: number;
  recoveryMs: number[];
};

/** A table in Markdown, so that it can be kept as it is printed. */
export function tortureReport(tortured: Tortured): string[] {
  const { played, intents, orders, notSent, refused, tookMs, kept } = tortured;
  const rows = new Map<string, Row>();
  for (const { failure: name, group, isMissed, problems, recoveryMs } of played) {
    const empty = { name, group, played: 0, missed: 0, problems: 0, recoveryMs: [] };
    const row: Row = rows.get(name) ?? empty;
    rows.set(name, row);
    row.played++;
    row.missed += isMissed ? 1 : 0;
    row.problems += problems.length > 0 ? 1 : 0;
    row.recoveryMs.push(recoveryMs);
  }
  const sorted = [...rows.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const missed = sorted.reduce((sum, row) => sum + row.missed, 0);
  return [
    '| at | failure | injected | not reached | at rest again, median ms | findings |',
    '|---|---|---|---|---|---|',
    ...sorted.map(
      ({ name, group, played: count, missed: not, problems, recoveryMs }) =>
        `| ${group} | ${name} | ${count - not} | ${not} | ${median(recoveryMs)} | ${problems} |`,
    ),
    '',
    `${played.length - missed} failures injected in ${Math.round(tookMs / 1000)} s, ` +
      `${missed} more were not reached.`,
    `${intents} intents: ${orders} orders at the venue, ${notSent} logged as not sent, ` +
      `${intents - orders - notSent} without an end; ${refused} wishes too old for an order.`,
    ...played.flatMap(({ failure, problems }) => problems.map(text => `${failure}: ${text}`)),
    ...kept.map(({ directory, command }) => `kept: ${directory}; again: ${command}`),
  ];
}

const key = ({ group, name }: Row) => `${group} ${name}`;

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!);
}
