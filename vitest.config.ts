/** Where the tests are and how long one may take; suites run side by side, a process each. */

import { defineConfig } from 'vitest/config';
import { tallyReporter } from './cli/checks/tally-reporter.ts';

const { OUTRIDER_TALLY_FILE: tallyFile } = process.env;

/** Vitest reads the default export, so this file has one. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'native/target/**', 'runs/**'],
    pool: 'forks',
    reporters: tallyFile ? ['default', tallyReporter(tallyFile)] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
