/** `npm run bench -- micro [NAME]`: each question with its answer. */

import { OutriderError } from '#engine';
import { watchHost } from '../host.ts';
import { machineText } from '../replay/replay-text.ts';
import { openResults } from '../replay/results.ts';
import type { Ratio } from '../statistics.ts';
import { textTable } from '../table.ts';
import { measureMicro } from './measure-micro.ts';
import { MICROS } from './micros.ts';

/** One by its name, or all. Throws `bad-usage` for a name that none has. */
export async function benchMicro(name: string | undefined): Promise<void> {
  const names = name === undefined ? Object.keys(MICROS) : [name];
  const unknown = names.find(each => !Object.hasOwn(MICROS, each));
  if (unknown !== undefined) {
    const known = Object.keys(MICROS).join(', ');
    throw new OutriderError('bad-usage', `micro: ${unknown} is unknown; there are ${known}`);
  }
  const results = openResults('micro');
  const seen = watchHost();
  const figures = names.map(each => {
    const micro = MICROS[each]!;
    const ways = measureMicro(micro);
    const rows = ways.map(way => [
      `  ${way.name}`,
      `${nsText(way.nsPerItem)} a ${micro.item}`,
      `best ${nsText(way.bestNsPerItem)}`,
      way === ways[0]
        ? `A/A ${ratioText(way.ratio)}`
        : `${ratioText(way.ratio)} x ${ways[0]?.name}`,
    ]);
    console.log(`${each}: ${micro.question}\n${textTable(rows)}\n`);
    return { name: each, ways };
  });
  const host = seen();
  results.write({ host, figures });
  console.log(`${machineText(host)}; load ${host.loadAfter[0]?.toFixed(2)}`);
  console.log(results.path);
}

const nsText = (ns: number) => (ns < 100 ? `${ns.toFixed(1)} ns` : `${ns.toFixed(0)} ns`);

const ratioText = ({ ratio, low, high }: Ratio) =>
  `${ratio.toFixed(3)} (${low.toFixed(3)}..${high.toFixed(3)})`;
