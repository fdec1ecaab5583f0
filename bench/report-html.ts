/** `report.html`: the evidence of a run drawn for engineers, in one offline file. */

import type { Findings, InstrumentFindings } from './evidence/findings.ts';
import type { LatencyReading } from './latency/read-log.ts';
import { factsSection } from './report-html/facts.ts';
import { fanCharts } from './report-html/fan-charts.ts';
import { digestsSection, figuresSection } from './report-html/figures.ts';
import { hitsChart } from './report-html/hits-chart.ts';
import { latencySection } from './report-html/latency-section.ts';
import { type Markup, markup } from './report-html/markup.ts';
import { htmlPage } from './report-html/page.ts';
import { positionChart } from './report-html/position-chart.ts';
import { areaKey, legend, SERIES_MAX, solidKey } from './report-html/series.ts';
import { slippageChart } from './report-html/slippage-chart.ts';
import { treeChart } from './report-html/tree-chart.ts';
import type { Report } from './report-schema.ts';

export type ReportHtmlInput = {
  /** One line: what was run. */
  title: string;
  report: Report;
  findings: Findings;
  /** `readLatencyLog` of the run; empty on the virtual clock. */
  latency: LatencyReading;
};

/** Fans drawn of one instrument, and of each where there are several. */
const FANS_OF_ONE = 18;
const FANS_OF_EACH = 6;
/** Instruments drawn; the tables have all. */
const DRAWN_MAX = SERIES_MAX;
const SLIPPAGES_MAX = 4;

/** At most about a megabyte, whatever the run: the evidence is bounded. */
export function reportHtml({ title, report, findings, latency }: ReportHtmlInput): string {
  const { originNs } = findings;
  const drawn = findings.instruments
    .toSorted((one, other) => other.moves - one.moves)
    .slice(0, DRAWN_MAX);
  const withTree = drawn.find(({ tree }) => tree !== undefined);
  const body = markup`<h1>${title}</h1>
${factsSection(report)}
<h2>Latency</h2>
${latencySection(latency)}
<h2>Speculation</h2>
<div class="pair">${hitsChart(findings)}
${withTree && treeChart(withTree.instrument.symbol, withTree.tree!, originNs)}</div>
<h2>Forecasts against what happened</h2>
${fansSection(drawn, originNs)}
<h2>Trading</h2>
${tradingSection(report, findings, drawn)}
<h2>All figures</h2>
${omitted(findings.instruments.length, drawn.length)}
${figuresSection(report)}
<h2>Digests</h2>
<p class="quiet">SHA-256. In lockstep those of forecasts, decisions and FIX bytes are the same on
every machine and with every draft.</p>
${digestsSection(report)}`;
  return htmlPage(title, body);
}

function fansSection(drawn: readonly InstrumentFindings[], originNs: bigint): Markup {
  const withFans = drawn.filter(({ fans }) => fans.length > 0);
  if (withFans.length === 0)
    return markup`<p class="quiet">No forecast was settled and judged.</p>`;
  const cells = withFans.length === 1 ? FANS_OF_ONE : FANS_OF_EACH;
  const keys = [
    { key: areaKey('area c1 faint'), name: '5 % to 95 %, darker 25 % to 75 %' },
    { key: solidKey('thin c1'), name: 'median' },
    { key: solidKey('c2'), name: 'what the mid did' },
  ];
  return markup`<p class="quiet">Settled forecasts at moments spread over the run: quantiles of the
mid after each move, and the mid itself, in half price increments from the mid at that moment.</p>
${legend(keys)}${withFans.map(one => fanCharts(one, originNs, cells))}`;
}

function tradingSection(
  { orders }: Report,
  findings: Findings,
  drawn: readonly InstrumentFindings[],
): Markup {
  if (orders.countedElsewhere !== null) return markup`<p class="quiet">${elsewhere(orders)}</p>`;
  const slippages = drawn.slice(0, SLIPPAGES_MAX).map(one => slippageChart(one, findings.originNs));
  return markup`<div class="pair">${positionChart(findings, drawn)}${slippages}</div>`;
}

const elsewhere = ({ countedElsewhere }: { countedElsewhere: string }) =>
  `Orders, positions, profits and fills are counted by the gateway at ${countedElsewhere}: its
folder has its log and the FIX bytes.`;

function omitted(instruments: number, drawn: number): Markup | undefined {
  if (instruments === drawn) return undefined;
  return markup`<p class="quiet">Drawn above: the ${drawn} instruments that moved most, of
${instruments}.</p>`;
}
