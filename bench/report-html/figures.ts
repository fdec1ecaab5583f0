/** All figures of the report in tables, by its own names, and the digests. */
import type { Report } from '../report-schema.ts';
import { type Markup, markup } from './markup.ts';
import { figureText } from './number-text.ts';

/** In tables of their own. */
const OWN_TABLES = new Set([
  ...['version', 'latencyNs', 'digests', 'slippage', 'calibration', 'accounts'],
]);
/** Not known, beside the orders, where the gateway is elsewhere. */
const OF_GATEWAY = new Set(['position', 'pnl']);

export function figuresSection(report: Report): Markup {
  const { instruments, ...ticks } = report.ticks;
  const { accounts = [] } = report;
  const { countedElsewhere } = report.orders;
  const isHere = countedElsewhere === null;
  const shown = isHere ? report : { ...report, orders: { countedElsewhere } };
  const groups: Row[] = [];
  const plain: Row[] = [];
  for (const [name, value] of Object.entries<unknown>({ ...shown, ticks })) {
    if (OWN_TABLES.has(name) || (!isHere && OF_GATEWAY.has(name))) continue;
    (isGroup(value) ? groups : plain).push([name, value]);
  }
  const slippage = Object.entries(isHere ? report.slippage : {}).map(([instrument, one]) => ({
    instrument,
    ...one,
  }));
  const columns = groups.map(([name, value]) => columnTable(name, rowsOf(value)));
  return markup`<div class="figures">${columns}${columnTable('run', plain)}</div>
${wideTable(
  'Accounts',
  accounts.map(({ lines: _, ...account }) => account),
)}${wideTable(
  'Statement',
  accounts.flatMap(({ account, lines }) =>
    lines.map(({ deliveries: _, ...line }) => ({ account, ...line })),
  ),
)}${wideTable('Instruments', instruments)}${wideTable('Slippage', slippage)}
${wideTable('Calibration: share of outcomes inside the interval', report.calibration)}`;
}

export function digestsSection({ digests }: Report): Markup {
  const rows = Object.entries(digests).map(
    ([name, digest]) =>
      markup`<tr><td>${name}</td><td>${digest ?? 'kept by the gateway elsewhere'}</td></tr>`,
  );
  return markup`<div class="scroll digests"><table><tbody>${rows}</tbody></table></div>`;
}

type Row = [name: string, value: unknown];

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function columnTable(heading: string, rows: readonly Row[]): Markup | undefined {
  if (rows.length === 0) return undefined;
  const body = rows.map(
    ([name, value]) => markup`<tr><td>${name}</td><td>${textOf(value)}</td></tr>`,
  );
  return markup`<section><h3>${heading}</h3><table><tbody>${body}</tbody></table></section>`;
}

/** A row an object, a column a field. */
function wideTable(heading: string, rows: readonly object[]): Markup | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const names = Object.keys(first).map(name => markup`<th>${name}</th>`);
  const body = rows.map(
    row => markup`<tr>${Object.values(row).map(value => markup`<td>${textOf(value)}</td>`)}</tr>`,
  );
  return markup`<h3>${heading}</h3>
<div class="scroll wide"><table>
<thead><tr>${names}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}

/** A group within a group is named by the path to it. */
function rowsOf(group: unknown): Row[] {
  if (!isGroup(group)) return [];
  return Object.entries(group).flatMap(([name, value]): Row[] => {
    if (!isGroup(value) || Array.isArray(value)) return [[name, value]];
    return rowsOf(value).map(([inner, text]): Row => [`${name}: ${inner}`, text]);
  });
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ') || 'none';
  if (typeof value === 'number') return figureText(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'none' : String(value);
}
