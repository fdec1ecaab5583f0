/** `npm run bench`: one replay, printed and kept. */

import { parseRunOptions } from '../compare/side.ts';
import { measureReplay, type ReplayOptions } from './measure.ts';
import type { Offer } from './offer.ts';
import { replayText } from './replay-text.ts';
import { openResults, ROOT } from './results.ts';

/** `runOptions` are those of `outrider run`, such as `branches=8,deadlineMs=40`. */
export async function benchReplay(offer: Offer, runOptions: string | undefined): Promise<void> {
  const options = parseRunOptions(runOptions);
  const results = openResults('replay');
  const { commit } = results;
  const wanted: ReplayOptions = { offer, root: ROOT, options, folder: results.folderOf('run') };
  const replay = await measureReplay(wanted);
  results.write({ offer, replay });
  console.log(`commit     ${commit}`);
  console.log(replayText(replay));
  console.log(`\n${results.path}`);
}
