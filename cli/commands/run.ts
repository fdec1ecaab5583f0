/** `outrider run`: the main job; without arguments, two minutes of it with a scripted loss. */
import { runJob } from '../run/job.ts';
import { refuseSessionOptions } from '../run/session-options.ts';
import type { Command } from './command.ts';
import { readConfigOptions } from './config-options.ts';
import { configOptionLines } from './help.ts';

export const runCommand: Command = {
  name: 'run',
  summary: 'ticks in, verified forecasts, risk-checked FIX orders out; npm start is this',
  help: () =>
    [
      'usage: npm start -- [options]        (or: npx outrider run [options])',
      '',
      'Without options: two minutes on the built-in exchange; at 0:50 the verifier is killed, at',
      '1:10 it comes back, at the end the run is replayed from its logs.',
      '',
      '--verifier, --gateway, --venue and --feed name processes of `outrider verifier`, `gateway`',
      'and `venue`; what is not named is the run’s own. They live in real time: the last three',
      'are refused with --speed max and --lockstep. A gateway elsewhere has its own venue.',
      '--feed EXCHANGE:SYMBOL runs on the public feed of an exchange instead; docs/feeds.md.',
      '',
      ...configOptionLines(),
    ].join('\n'),
  async run(given) {
    const config = readConfigOptions(given);
    refuseSessionOptions(config);
    return await runJob(config, { isScripted: given.length === 0 });
  },
};
