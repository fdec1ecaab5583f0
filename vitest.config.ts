/** Where the tests are, how many files run at once, and how long a test may take. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { tallyReporter } from './cli/checks/tally-reporter.ts';
import { WaitingFirst } from './cli/checks/waiting-first.ts';

const { OUTRIDER_TALLY_FILE: tallyFile } = process.env;

/** Many times what any needs alone: the machine may have twenty things to do. */
const TEST_MS = 600_000;

/** Vitest reads the default export, so this file has one. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'native/target/**', 'runs/**'],
    // Starts nothing before a test file asks for it.
    globalSetup: [join(import.meta.dirname, 'engine/testing/kafka/shared-kafka-setup.ts')],
    pool: 'forks',
    // One more than there are cores: whole systems mostly wait.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 2,
    sequence: { sequencer: WaitingFirst },
    reporters: tallyFile ? ['default', tallyReporter(tallyFile)] : ['default'],
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
  },
});
