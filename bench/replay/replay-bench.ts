/** `npm run bench`: one replay, printed and kept. */

import { measureReplay, type ReplayOptions } from './measure.ts';
import type { Offer } from './offer.ts';
import { replayText } from './replay-text.ts';
import { openResults, ROOT } from './results.ts';

/** `options` are those of `outrider run`, as the command line gives them. */
export async function benchReplay(offer: Offer, options: string[]): Promise<void> {
  const results = openResults('replay');
  const { commit } = results;
  const wanted: ReplayOptions = { offer, root: ROOT, options, folder: results.folderOf('run') };
  const replay = await measureReplay(wanted);
  results.write({ offer, replay });
  console.log(`commit     ${commit}`);
  console.log(replayText(replay));
  console.log(`\n${results.path}`);
}
