/** The `show` of a command: part of what a running gateway lists, as text or JSON. */
import type { RiskListing } from '#gateway';
import { readOut, showGateway } from '../run/operator-desk.ts';
import { parseOptions } from './command.ts';

export async function show<Part>(
  given: string[],
  partOf: (listing: RiskListing) => Part,
  linesOf: (part: Part) => string[],
): Promise<number> {
  const { values } = parseOptions(given, { out: 'text', json: 'flag' });
  const part = partOf(await showGateway(readOut(values)));
  console.log(values.json === true ? JSON.stringify(part) : linesOf(part).join('\n'));
  return 0;
}
