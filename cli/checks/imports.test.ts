/** Holds the folders to their table of imports, so that each can be read without the others. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findBadImports, findImportCycles } from './import-rules.ts';
import { readSources, sourceOf } from './source-tree.ts';

const SOURCES = readSources(fileURLToPath(new URL('../..', import.meta.url)));

it('finds no import against the table, or the folders would grow into one', () => {
  expect(SOURCES.flatMap(findBadImports).join('\n')).toBe('');
});

it('finds no circle of imports, or files could not be read one after another', () => {
  expect(findImportCycles(SOURCES).join('\n')).toBe('');
});

describe('a planted fault is found', () => {
  it.each([
    ['native/a.ts', "import { a } from '#engine';", 'native may not import #engine'],
    ['engine/a.ts', "import type { A } from '#market';", 'engine may not import #market'],
    ['engine/a.ts', "export { a } from '#law';", 'engine may not import #law'],
    ['market/a.ts', "await import('#edge');", 'market may not import #edge'],
    ['edge/a.ts', "import { a } from '#verifier';", 'edge may not import #verifier'],
    ['gateway/a.ts', "import { a } from '#edge';", 'gateway may not import #edge'],
    ['edge/a/b.ts', "import { a } from '../../law/a.ts';", '../../law/a.ts leaves edge'],
    ['edge/a.test.ts', "import { a } from '../law/a.ts';", '../law/a.ts leaves edge'],
    ['edge/a.ts', "import { a } from './b';", './b has no file extension'],
    ['edge/a.ts', "import { a } from '#edge';", '#edge from within edge'],
    [
      'verifier/protocol/a.ts',
      "import { a } from '#verifier/protocol';",
      '#verifier/protocol from',
    ],
    ['edge/a/index.ts', '', 'a second index.ts'],
    ['law/a.ts', "import { a } from '#market/feeds';", 'law may not import #market/feeds'],
    ['misc/a.ts', '', 'misc is no known folder'],
    ['reference/a.ts', "import { type A, b } from '#market';", 'reference takes #market'],
    ['reference/a.ts', "import { createHash } from 'node:crypto';", 'reference takes node:crypto'],
  ])('in %s: %s', (path, text, complaint) => {
    const complaints = findBadImports(sourceOf(path, text));
    expect(complaints).toEqual([expect.stringContaining(`${path}: ${complaint}`)]);
  });

  it('in files that import each other', () => {
    const a = sourceOf('law/a.ts', "import { b } from './inner/b.ts';");
    const b = sourceOf('law/inner/b.ts', "export { c } from '../c.ts';");
    const c = sourceOf('law/c.ts', "import { a } from './a.ts';");
    expect(findImportCycles([a, b, c])).toEqual([
      'law/a.ts -> law/inner/b.ts -> law/c.ts -> law/a.ts',
    ]);
  });
});

describe('what the table allows passes', () => {
  it.each([
    ['edge/a.ts', "import { a } from '#verifier/protocol'; import { b } from '#gateway/signal';"],
    ['reference/a.ts', "import type { A } from '#market'; import { b } from './b.ts';"],
    ['engine/a.test.ts', "import { a } from '#reference';"],
    ['verifier/protocol/index.ts', "import fs from 'node:fs'; import { z } from 'zod';"],
    ['verifier/sessions/a.ts', "import { a } from '#verifier/protocol';"],
    ['engine/broker/index.ts', "export { a } from './a.ts';"],
    ['market/a.ts', "import { a } from '#engine/broker';"],
    ['vitest.config.ts', "import { a } from './cli/a.ts';"],
    ['cli/a.ts', "import { a } from '#scenarios';"],
  ])('in %s: %s', (path, text) => {
    expect(findBadImports(sourceOf(path, text))).toEqual([]);
  });

  it('in files whose circle is of types alone', () => {
    const a = sourceOf('law/a.ts', "import type { B } from './b.ts';");
    const b = sourceOf('law/b.ts', "import { type A } from './a.ts';");
    expect(findImportCycles([a, b])).toEqual([]);
  });
});
