/** Every dependency has its line in docs/dependencies.md, or nobody would know why it is there. */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

it('lists each package and crate once and nothing else', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const crates = readdirSync(`${ROOT}native/crates`).flatMap(crate =>
    externalCrates(read(`native/crates/${crate}/Cargo.toml`)),
  );
  const wanted = [...Object.keys({ ...dependencies, ...devDependencies }), ...new Set(crates)];
  const listed = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \|/gm)];
  expect(listed.map(match => match[1]).sort()).toEqual(wanted.sort());
});

/** Names under any `[...dependencies]` heading, without the workspace's own crates. */
function externalCrates(manifest: string): string[] {
  return manifest.split(/^\[/m).flatMap(section => {
    if (!/^[a-z-]*dependencies\]/.test(section)) return [];
    return [...section.matchAll(/^([\w-]+) = (?!.*path =)/gm)].map(match => match[1]!);
  });
}
