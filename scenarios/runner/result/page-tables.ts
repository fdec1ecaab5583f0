/** The tables of the result's page. */
import { durationText, type Markup, type MarkupPart, markup } from '#bench';
import { figureOf } from './figure-text.ts';
import type { Result } from './result.ts';

export function invariantsTable({ invariants }: Result): Markup {
  const rows = invariants.map(({ name, claim, holds, checked, broken }) => [
    ...[name, holds ? 'holds' : 'BROKEN', claim, checked, broken],
  ]);
  const broken = invariants.filter(({ holds }) => !holds);
  return markup`${table(['invariant', '', 'claim', 'looked at', 'broken'], rows)}
${broken.map(
  ({ name, violations }) =>
    markup`<h3>${name}</h3><ul>${violations.map(text => markup`<li>${text}</li>`)}</ul>`,
)}`;
}

export function thresholdsTable({ thresholds }: Result): Markup {
  const rows = thresholds.map(({ text, isMet, observed, values }) => [
    ...[text, isMet ? 'met' : 'MISSED', figureOf(text, observed), values],
  ]);
  return table(['threshold', '', 'observed', 'values'], rows);
}

export function faultsTable({ faults }: Result): Markup {
  const rows = faults.map(({ target, kind, injectedSeconds, undoneSeconds }) => [
    ...[target, kind, secondsText(injectedSeconds), secondsText(undoneSeconds)],
  ]);
  return table(['target', 'fault', 'injected', 'undone'], rows);
}

export function metricsTable({ metrics }: Result): Markup {
  const rows = Object.entries(metrics).map(([name, metric]) => {
    const time = (ns: number | null) => (ns === null ? '' : durationText(ns));
    const { kind, count, rate, min, avg, med, p90, p99, max, about } = metric;
    const share = rate === null ? '' : figureOf(`${name} rate`, rate);
    return [name, kind, count, share, ...[min, avg, med, p90, p99, max].map(time), about];
  });
  const heads = ['metric', 'kind', 'values', 'rate', 'min', 'avg', 'med', 'p90', 'p99', 'max'];
  return table([...heads, 'one value is'], rows);
}

const secondsText = (seconds: number | null) =>
  seconds === null ? 'never' : `${seconds.toFixed(2)} s`;

function table(heads: readonly string[], rows: readonly (readonly MarkupPart[])[]): Markup {
  if (rows.length === 0) return markup`<p class="quiet">None.</p>`;
  const body = rows.map(cells => markup`<tr>${cells.map(cell => markup`<td>${cell}</td>`)}</tr>`);
  return markup`<div class="scroll wide"><table>
<thead><tr>${heads.map(head => markup`<th>${head}</th>`)}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}
