/** The folder of a measurement, `runs/bench-TIME`: its figures and what they were made from. */

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from '#engine';
import { writeWhole } from '../run-folder/write-whole.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export type Results = {
  /** Of `result.json`. */
  readonly path: string;
  readonly commit: string;
  /** A folder for one run of the measurement; not made yet. */
  folderOf(name: string): string;
  /** Writes `result.json`: what was measured, when, at which commit, and the figures. */
  write(figures: Record<string, unknown>): void;
};

export function openResults(kind: string): Results {
  const startedAt = new Date().toISOString();
  const folder = join(ROOT, 'runs', `bench-${startedAt.replaceAll(/[:.]/g, '-')}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'result.json');
  const commit = commitOf(ROOT);
  return {
    path,
    commit,
    folderOf: name => join(folder, name),
    write(figures) {
      const result = { version: 1, kind, startedAt, commit, ...figures };
      writeWhole(nodeDisk, path, `${JSON.stringify(result, undefined, 2)}\n`);
    },
  };
}

/** `efee471`, or `efee471 and changes`; `unknown` outside a repository. */
export function commitOf(root: string): string {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', root, ...parameters], { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const hasChanges = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${hasChanges ? ' and changes' : ''}`;
  } catch {
    return 'unknown';
  }
}
