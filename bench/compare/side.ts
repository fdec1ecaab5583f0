/** A side of a comparison: a commit in a tree of its own, or this tree with options. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError } from '#engine';
import { ROOT } from '../replay/results.ts';

export type Side = {
  /** As it was given. */
  name: string;
  root: string;
  /** Of `outrider run`. */
  options: string[];
};

/** `.`: this tree; `keepWarmMs=0,branches=8`: this tree with options; else a commit of git. */
export function openSide(name: string): Side {
  if (name === '.') return { name, root: ROOT, options: [] };
  if (name.includes('=')) return { name, root: ROOT, options: parseRunOptions(name) };
  return { name, root: treeOf(name), options: [] };
}

/** `keepWarmMs=0,branches=8` as `--keep-warm-ms 0 --branches 8`; none for undefined. */
export function parseRunOptions(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text.split(',').flatMap(pair => {
    const [, name, value] = /^([a-z][A-Za-z]*)=(.+)$/.exec(pair.trim()) ?? [];
    if (name === undefined || value === undefined) {
      throw usage(`${pair}: no option; give NAME=VALUE, several with commas between them`);
    }
    return [`--${name.replaceAll(/[A-Z]/g, c => `-${c.toLowerCase()}`)}`, value];
  });
}

/**
 * A worktree of the commit under `runs/trees`, set up as any clone is and kept for the next time
 * (`git worktree remove` frees it). Packages come from npm's own cache.
 */
function treeOf(commit: string): string {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', ROOT, ...parameters], { encoding: 'utf8', stdio: 'pipe' }).trim();
  let hash: string;
  try {
    hash = git('rev-parse', '--verify', '--short=12', `${commit}^{commit}`);
  } catch {
    throw usage(`compare: ${commit} is no commit, no NAME=VALUE and not "."; give one of them`);
  }
  const root = join(ROOT, 'runs', 'trees', hash);
  if (!existsSync(join(root, 'package.json'))) git('worktree', 'add', '--detach', root, hash);
  const setUp = ['cli/bootstrap.mjs', 'help'];
  const { status } = spawnSync(process.execPath, setUp, {
    ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  });
  if (status === 0) return root;
  throw usage(`compare: ${commit} does not set up in ${root}, as said above; choose another`);
}

const usage = (message: string) => new OutriderError('bad-usage', message);
