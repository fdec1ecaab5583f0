/** A vitest reporter that writes what it counted to a file. */

import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Tally } from './run.ts';

export function tallyReporter(path: string): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      writeFileSync(path, JSON.stringify(countTests(modules, unhandledErrors.length)));
    },
  };
}

/** A file that does not load and an error outside any test count as one failure each. */
export function countTests(modules: readonly TestModule[], unhandledErrors: number): Tally {
  const tests = modules.flatMap(module => [...module.children.allTests()]);
  const broken = modules.filter(module => module.errors().length > 0);
  const skipped = tests.filter(test => test.result().state === 'skipped');
  const passed = tests.filter(test => test.result().state === 'passed');
  return {
    passed: passed.length,
    failed: tests.length - passed.length - skipped.length + broken.length + unhandledErrors,
    skips: skipped.map(describeSkip),
  };
}

function describeSkip(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' && result.note ? ` (${result.note})` : '';
  return `${test.module.relativeModuleId} > ${test.fullName}${note}`;
}
