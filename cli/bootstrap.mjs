#!/usr/bin/env node
/**
 * Enters the project from any Node >= 20: sets up what is missing, then runs the pinned Node.
 *
 *     node cli/bootstrap.mjs test            all tests and checks, with one line of counts
 *     node cli/bootstrap.mjs check           the static checks alone
 *     node cli/bootstrap.mjs COMMAND ...     the `outrider` command
 */

import { join } from 'node:path';
import { runInPlace } from './set-up/run-in-place.mjs';
import { ROOT, setUp } from './set-up/set-up.mjs';

/** Programs beside the `outrider` command; any other word is a command of its own. */
const PROGRAMS = {
  test: ['cli/checks/run.ts', 'all'],
  check: ['cli/checks/run.ts', 'static'],
};

const [command = 'help', ...rest] = process.argv.slice(2);
const isChecks = Object.hasOwn(PROGRAMS, command);
try {
  const { node, environment } = await setUp({ isCargoReported: isChecks });
  const [program, ...first] = isChecks ? PROGRAMS[command] : ['cli/main.ts', command];
  runInPlace(node, [join(ROOT, program), ...first, ...rest], environment);
} catch (error) {
  console.error(`outrider: ${error.message}`);
  if (isChecks) console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}
