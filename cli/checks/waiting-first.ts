/** The order of the test files: those that wait for processes before those that compute. */

import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose tests start processes: the longest ones, which would else end alone. */
const WAITING = ['scenarios/', 'cli/run/', 'gateway/testing/', 'bench/'];

/** Vitest takes a class; within each half it keeps the order of its own: the longest first. */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId, project }: TestSpecification) =>
      WAITING.some(folder => relative(project.config.root, moduleId).startsWith(folder));
    return [...sorted.filter(isWaiting), ...sorted.filter(file => !isWaiting(file))];
  }
}
