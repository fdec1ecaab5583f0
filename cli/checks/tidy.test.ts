/** Holds every source file to the tidy rules; old findings are listed here and may only shrink. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSources, type Source, sourceOf } from './source-tree.ts';
import { TIDY_RULES } from './tidy-rules.ts';

/**
 * What is known and not yet put right: `'rule: path'` with the sum of its sizes. An entry whose
 * figure is no longer exact fails, so that it is lowered or dropped.
 */
const KNOWN: Readonly<Record<string, number>> = {};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('finds the source tree tidy, or it would grow untidy one exception at a time', () => {
  const complaints = ratchet(readSources(ROOT), KNOWN);
  expect(complaints.join('\n')).toBe('');
});

describe('the ratchet', () => {
  const long = sourceOf('law/long.ts', `/** Long. */\n${'x();\n'.repeat(500)}`);

  it('lets a known finding pass while its figure stands', () => {
    expect(ratchet([long], { 'file length: law/long.ts': 501 })).toEqual([]);
  });

  it.each([
    [undefined, 'law/long.ts: file length: 501 lines'],
    [500, 'law/long.ts: file length: grew from 500 to 501'],
    [502, 'law/long.ts: file length: lower the known 502 to 501'],
  ])('complains where %s was known of 501', (known, complaint) => {
    const listed = known === undefined ? {} : { 'file length: law/long.ts': known };
    expect(ratchet([long], listed).join()).toContain(complaint);
  });

  it('complains of an entry that is no longer needed', () => {
    const complaints = ratchet([], { 'exports: law/gone.ts': 9 });
    expect(complaints).toEqual(['law/gone.ts: exports: drop the known 9']);
  });
});

const HEAD = '/** What it is. */\n';
const lines = (count: number) => 'x();\n'.repeat(count);

/** By rule: a file with a fault in it, and its closest tidy sibling. */
const PLANTED: readonly [rule: string, faulty: Source, tidy: Source][] = [
  ['file length', file('law/a.ts', lines(400)), file('law/a.ts', lines(399))],
  ['file length', rust('//! A.\n'.repeat(401)), rust('//! A.\n'.repeat(400))],
  [
    'function length',
    file('law/a.ts', `function f() {\n${lines(59)}}`),
    file('law/a.ts', `function f() {\n${lines(58)}}`),
  ],
  [
    'function length',
    file('law/a.test.ts', `it('x', () => {\n${lines(59)}});`),
    file('law/a.test.ts', `describe.each([1])('x', () => {\n${lines(99)}});`),
  ],
  [
    'function length',
    rust(`impl A {\n    pub fn f() {\n${'        x();\n'.repeat(59)}    }\n}\n`),
    rust(`impl A {\n    pub fn f() {\n${'        x();\n'.repeat(58)}    }\n}\n`),
  ],
  ['line width', file('law/a.ts', `//${'a'.repeat(99)}`), file('law/a.ts', `//${'a'.repeat(98)}`)],
  ['exports', file('law/a.ts', exportsOf(9)), file('law/a.ts', exportsOf(8))],
  [
    'exports',
    file('law/a.ts', 'export const [a] = [1];'.repeat(9)),
    file('law/index.ts', exportsOf(9)),
  ],
  [
    'parameters',
    file('law/a.ts', 'const f = (a, b, c, d) => a;'),
    file('law/a.ts', 'list.reduce((a, b, c, d) => a);'),
  ],
  ['file name', file('law/fooBar.ts', ''), file('law/foo-bar.ts', '')],
  ['file name', file('law/foo_bar.test.ts', ''), file('law/foo-bar.test.ts', '')],
  ['file name', file('law/utils.ts', ''), file('law/utility.ts', '')],
  ['file name', file('law/helpers/a.ts', ''), file('law/help/a.ts', '')],
  [
    'header',
    sourceOf('law/a.ts', '// A.\n'),
    sourceOf('law/a.ts', '#!/usr/bin/env node\n/** A. */'),
  ],
  ['header', sourceOf('law/a.ts', '/** */ f(1.5);'), sourceOf('law/a.ts', '/**\n * A.\n */')],
  ['header', rust('// A.'), rust('//! A.')],
  ['banned syntax', file('law/a.ts', 'enum A {}'), file('law/a.ts', 'const A = {} as const;')],
  ['banned syntax', file('law/a.ts', 'f(x as any);'), file('law/a.ts', 'f(any as unknown);')],
  ['banned syntax', file('law/a.ts', 'namespace A {}'), file('law/a.ts', 'const namespace = 1;')],
  ['outside world', file('law/a.ts', 'f(Date.now());'), file('law/a.test.ts', 'f(Date.now());')],
  ['outside world', file('edge/a.ts', 'Math.random();'), file('bench/a.ts', 'Math.random();')],
  ['outside world', file('engine/a.ts', 'new Date();'), file('engine/a.ts', 'new Date(0);')],
  [
    'outside world',
    file('engine/a.ts', 'setTimeout(f);'),
    file('engine/clock.ts', 'setTimeout(f);'),
  ],
  ['unfinished work', file('law/a.ts', '// TO\x44O: x'), file('law/a.ts', '// TO\x44OS')],
  ['unfinished work', rust('//! FIX\x4dE'), rust('//! FIXED')],
  ['skipped tests', file('law/a.test.ts', "it.skip('x', f);"), file('law/a.ts', 'it.skip(1);')],
  [
    'skipped tests',
    file('law/a.test.ts', "it.todo('x');"),
    file('law/a.test.ts', 'reader.skip(1);'),
  ],
  [
    'skipped tests',
    file('law/a.test.ts', "it.skipIf(gone)('reads', f);"),
    file('law/a.test.ts', "it.skipIf(gone)('reads (needs recorded data)', f);"),
  ],
];

describe('a planted fault is found and its tidy sibling passes, or a rule checks nothing', () => {
  it.each(PLANTED)('%s: %o', (rule, faulty, tidy) => {
    expect(TIDY_RULES[rule]!(faulty)).toHaveLength(1);
    expect(TIDY_RULES[rule]!(tidy)).toEqual([]);
  });

  it('has a plant for every rule', () => {
    expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(Object.keys(TIDY_RULES)));
  });
});

function ratchet(sources: readonly Source[], known: Readonly<Record<string, number>>): string[] {
  const complaints: string[] = [];
  const used = new Set<string>();
  for (const [rule, check] of Object.entries(TIDY_RULES)) {
    for (const source of sources) {
      const findings = check(source);
      const key = `${rule}: ${source.path}`;
      const place = `${source.path}: ${rule}`;
      const size = findings.reduce((sum, finding) => sum + finding.size, 0);
      const limit = known[key];
      if (size === 0) continue;
      used.add(key);
      if (limit === undefined) complaints.push(...findings.map(({ text }) => `${place}: ${text}`));
      else if (size > limit) complaints.push(`${place}: grew from ${limit} to ${size}`);
      else if (size < limit) complaints.push(`${place}: lower the known ${limit} to ${size}`);
    }
  }
  for (const [key, limit] of Object.entries(known)) {
    const [rule, path] = key.split(': ');
    if (!used.has(key)) complaints.push(`${path}: ${rule}: drop the known ${limit}`);
  }
  return complaints;
}

function file(path: string, text: string): Source {
  return sourceOf(path, `${HEAD}${text}`);
}

function rust(text: string): Source {
  return sourceOf('native/crates/core/src/a.rs', text);
}

function exportsOf(count: number): string {
  return Array.from({ length: count }, (_, index) => `export type A${index} = 1;`).join('\n');
}
