/** The head of the report: what was run on what, and the figures asked for first. */
import type { Report } from '../report-schema.ts';
import { type Markup, markup } from './markup.ts';
import { countText, durationText, figureText, percentText } from './number-text.ts';

type Fact = { name: string; value: string; remark: string };

export function factsSection(report: Report): Markup {
  const { ticks, forecasts, speculation, orders } = report;
  const ratio = (share: number | null, text: (share: number) => string) =>
    share === null ? 'none' : text(share);
  const { branches, trajectories, moves } = speculation;
  const hit = report.latencyNs['tick-to-verified-hit'];
  const all: Fact[] = [
    {
      name: 'ticks taken',
      value: countText(ticks.taken),
      remark: `${countText(ticks.moves)} moves`,
    },
    {
      name: 'hit rate',
      value: ratio(forecasts.hitRate, percentText),
      remark: `arrival bounds it at ${ratio(forecasts.arrivalBound, percentText)}`,
    },
    {
      name: 'draft accepted',
      value: ratio(speculation.acceptance, percentText),
      remark: `${ratio(speculation.tokensPerPass, figureText)} tokens a pass`,
    },
    {
      name: 'verified tokens a token used',
      value: ratio(speculation.verifiedTokensPerUsed, figureText),
      remark: `${branches} x ${trajectories} x ${moves} looked ahead`,
    },
    ordersFact(orders),
    ...(hit === undefined
      ? []
      : [
          {
            name: 'tick to verified, hit, p99',
            value: durationText(hit.p99),
            remark: `p50 ${durationText(hit.p50)}`,
          },
        ]),
  ];
  if (report.gc !== null) all.push(gcFact(report.gc));
  return markup`<p class="quiet">${subtitle(report)}</p>
<dl class="facts">${all.map(
    ({ name, value, remark }) =>
      markup`<div><dt>${name}</dt><dd>${value}<small>${remark}</small></dd></div>`,
  )}</dl>`;
}

function ordersFact(orders: Report['orders']): Fact {
  const name = 'new orders';
  if (orders.countedElsewhere !== null) {
    return { name, value: 'elsewhere', remark: `gateway ${orders.countedElsewhere}` };
  }
  const { sent, filled, cancelled } = orders;
  const remark = `${countText(filled)} filled, ${countText(cancelled)} cancelled`;
  return { name, value: countText(sent), remark };
}

function subtitle({ ticks, machine, kernel }: Report): string {
  const symbols = ticks.instruments.map(({ symbol }) => symbol);
  const shown =
    symbols.length > 8 ? [...symbols.slice(0, 8), `${symbols.length - 8} more`] : symbols;
  const times = [ticks.firstTime, ticks.lastTime].map(time => time?.slice(0, 19) ?? 'no tick');
  return (
    `${shown.join(', ')}; ${times.join(' to ')} UTC. ${machine.cpu}, ${machine.cores} cores, ` +
    `Node ${machine.node}, ${kernel} kernel.`
  );
}

function gcFact({ count, totalNs, maxNs }: NonNullable<Report['gc']>): Fact {
  return {
    name: 'longest pause of the collector',
    value: durationText(maxNs),
    remark: `${countText(count)} in all, ${durationText(totalNs)}`,
  };
}
