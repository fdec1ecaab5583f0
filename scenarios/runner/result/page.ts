/** The result as one offline HTML page: verdict, what was seen over time, every figure. */
import {
  chart,
  durationScale,
  figure,
  HALF_PAGE,
  htmlPage,
  legend,
  linearScale,
  lineKey,
  linePath,
  type Markup,
  markup,
  px,
  type Scale,
  seriesClass,
  spanOf,
} from '#bench';
import type { Measured, Sample } from '../measure/metric.ts';
import { type Bin, binned } from './bins.ts';
import { figureOf } from './figure-text.ts';
import { faultsTable, invariantsTable, metricsTable, thresholdsTable } from './page-tables.ts';
import type { Result } from './result.ts';

/** `measured`: the raw values; undefined where the harness came to no verdict. */
export function resultPage(result: Result, measured: Measured | undefined): string {
  const { scenario, about } = result;
  const body = markup`<h1>${scenario}</h1>
<p class="quiet">${about}</p>
${facts(result)}
<h2>Invariants</h2>${invariantsTable(result)}
<h2>Thresholds</h2>${thresholdsTable(result)}
<h2>Over time</h2>
${measured === undefined ? noCharts() : charts(result, measured)}
<h2>Faults</h2>${faultsTable(result)}
<h2>All figures</h2>${metricsTable(result)}`;
  return htmlPage(`${scenario}: ${result.outcome}`, body);
}

function facts(result: Result): Markup {
  const { outcome, exitStatus, error, lengthSeconds, seed, scale, machine, startedAt } = result;
  const broken = result.invariants.filter(({ holds }) => !holds).length;
  const missed = result.thresholds.filter(({ isMet }) => !isMet).length;
  const all = [
    ['outcome', outcome.replace('-', ' '), error ?? `exit ${exitStatus}`],
    ['invariants', `${result.invariants.length - broken} hold`, `${broken} broken`],
    ['thresholds', `${result.thresholds.length - missed} met`, `${missed} missed`],
    ['length', `${Number(lengthSeconds.toPrecision(3))} s`, `${scale} times the file's`],
    ['hits', rateText(result, 'hits'), `of ${result.metrics.moves?.count ?? 0} moves`],
    ['seed', String(seed), startedAt.slice(0, 19)],
  ];
  return markup`<p class="quiet">${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.</p>
<dl class="facts">${all.map(
    ([name = '', value = '', remark = '']) =>
      markup`<div><dt>${name}</dt><dd>${value}<small>${remark}</small></dd></div>`,
  )}</dl>`;
}

const rateText = ({ metrics }: Result, name: string) =>
  figureOf(`${name} rate`, metrics[name]?.rate ?? null);

const noCharts = () => markup`<p class="quiet">The harness came to no verdict.</p>`;

type Line = { name: string; points: readonly { seconds: number; value: number }[] };

function charts(result: Result, measured: Measured): Markup {
  const bins = (samples: readonly Sample[]) => binned(samples, result.lengthSeconds);
  const perSecond = (name: string, samples: readonly Sample[]): Line => ({
    name,
    points: bins(samples).map(({ seconds, values, width }) => ({
      seconds,
      value: values.length / width,
    })),
  });
  const quantile = (name: string, samples: readonly Sample[], percent: 50 | 99): Line => ({
    name: `${name} p${percent}`,
    points: bins(samples)
      .filter(({ values }) => values.length > 0)
      .map(bin => ({ seconds: bin.seconds, value: quantileOf(bin, percent) })),
  });
  const provisional = measured['tick-to-provisional'];
  const hit = measured['tick-to-verified-hit'];
  const forecasts = [
    perSecond('verified before the move', hit),
    perSecond('verified after it', measured['tick-to-verified-miss']),
    perSecond('provisional', provisional),
  ];
  const latency = [
    quantile('provisional', provisional, 50),
    quantile('provisional', provisional, 99),
    quantile('hit', hit, 50),
    quantile('hit', hit, 99),
  ];
  const orders = [
    perSecond('new orders', measured.orders),
    perSecond('replaces and cancels', measured.changes),
    perSecond('fills', measured.fills),
  ];
  return markup`<p class="quiet">Bands are faults, from injected to undone; upright lines begin
stages of the load.</p>
<div class="pair">${lineChart(result, { heading: 'Forecasts a second', lines: forecasts })}
${lineChart(result, { heading: 'From due tick to forecast', lines: latency, isDuration: true })}
${lineChart(result, { heading: 'Ticks a second', lines: [perSecond('ticks', measured.ticks)] })}
${lineChart(result, { heading: 'Order messages a second', lines: orders })}</div>`;
}

function quantileOf({ values }: Bin, percent: 50 | 99): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

function lineChart(
  result: Result,
  drawn: { heading: string; lines: readonly Line[]; isDuration?: boolean },
): Markup | undefined {
  const { heading, lines, isDuration = false } = drawn;
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  if (values.length === 0) return undefined;
  const { box } = HALF_PAGE;
  const pixels = { from: box.bottom, to: box.top };
  const span = spanOf(isDuration ? values : [0, ...values]);
  const x = linearScale({ from: 0, to: result.lengthSeconds }, { from: box.left, to: box.right });
  const y = isDuration ? durationScale(span, pixels) : linearScale(span, pixels);
  const axes = {
    x: { scale: x, title: 'seconds since the feed began' },
    y: { scale: y, title: isDuration ? 'latency, logarithmic' : 'a second' },
    summary: heading,
  };
  const paths = lines.map(({ points }, at) => {
    const placed = points.map(({ seconds, value }) => ({ x: x.place(seconds), y: y.place(value) }));
    return markup`<path class="line dashed ${seriesClass(at)}" d="${linePath(placed)}"/>`;
  });
  const keys = lines.map(({ name }, at) => ({ key: lineKey(at), name }));
  const body = markup`${bands(result, x)}${paths}`;
  return figure(heading, '', markup`${legend(keys)}${chart(HALF_PAGE, axes, body)}`);
}

function bands({ faults, stages }: Result, x: Scale): Markup {
  const { top, bottom } = HALF_PAGE.box;
  const areas = faults.flatMap(({ injectedSeconds, undoneSeconds }) => {
    if (injectedSeconds === null || undoneSeconds === null) return [];
    const [from, to] = [x.place(injectedSeconds), x.place(undoneSeconds)];
    return markup`<rect class="area c2 fainter" x="${px(from)}" y="${px(top)}"
width="${px(to - from)}" height="${px(bottom - top)}"/>`;
  });
  const lines = stages.slice(1).map(({ fromSeconds }) => {
    const at = px(x.place(fromSeconds));
    return markup`<path class="zero" d="M${at} ${px(top)}V${px(bottom)}"/>`;
  });
  return markup`${areas}${lines}`;
}
