/** Which folder may import which, and that no files import each other in a circle. */

import { posix } from 'node:path';
import { type Node, type Source, walk } from './source-tree.ts';

type Import = {
  readonly specifier: string;
  /** Types vanish before the program runs. */
  readonly isTypeOnly: boolean;
};

/**
 * By folder: what it may import from the others. Tests may import any folder, since an oracle
 * lives apart from what it judges; `bench`, `scenarios` and `cli` tie everything together.
 */
const ALLOWED: Readonly<Record<string, readonly string[] | 'all'>> = {
  native: [],
  engine: ['#native'],
  law: ['#native', '#engine'],
  market: ['#engine', '#native', '#law'],
  edge: ['#law', '#market', '#engine', '#native', '#verifier/protocol', '#gateway/signal'],
  verifier: ['#law', '#market', '#engine', '#native'],
  gateway: ['#law', '#market', '#engine', '#native'],
  models: ['#law', '#market', '#engine', '#native'],
  reference: ['#market'],
  bench: 'all',
  scenarios: 'all',
  cli: 'all',
};

/** Where a list of exports may stand; package.json `imports` names the same files. */
const INDEX = new RegExp(
  ['^[a-z]+', '^verifier/protocol', '^engine/(broker|operations|runtime|schema|streams)']
    .map(folder => `${folder}/index\\.ts$`)
    .join('|'),
);

/** One line for each import that breaks the table above. */
export function findBadImports({ path, tree }: Source): string[] {
  const isInFolder = path.includes('/');
  const folder = isInFolder ? path.split('/')[0]! : '';
  const complaints: string[] = [];
  if (isInFolder && !(folder in ALLOWED)) complaints.push(`${folder} is no known folder`);
  if (path.endsWith('/index.ts') && !INDEX.test(path)) complaints.push('a second index.ts');
  for (const found of importsOf(tree)) {
    const { specifier } = found;
    if (specifier.startsWith('.')) complaints.push(...checkRelative(path, folder, specifier));
    else if (isInFolder && specifier.startsWith('#')) {
      complaints.push(...checkAlias(path, folder, specifier));
    }
    if (folder === 'reference' && !isTest(path) && !isForReference(found)) {
      complaints.push(`reference takes ${specifier} as a parameter, or imports its types`);
    }
  }
  return complaints.map(complaint => `${path}: ${complaint}`);
}

function checkRelative(path: string, folder: string, specifier: string): string[] {
  const file = posix.join(posix.dirname(path), specifier);
  const target = file.split('/')[0]!;
  if (!/\.[a-z]+$/.test(file)) return [`${specifier} has no file extension`];
  const isInside = folder === '' || target === folder;
  return isInside ? [] : [`${specifier} leaves ${folder}: import from #${target}`];
}

function checkAlias(path: string, folder: string, specifier: string): string[] {
  const entry = specifier.slice(1);
  // An entry of its own, such as verifier/protocol, serves the rest of its folder as well.
  if (entry === folder || path.startsWith(`${entry}/`)) {
    return [`${specifier} from within ${entry}: import the file`];
  }
  const allowed = ALLOWED[folder] ?? [];
  const isFree =
    allowed === 'all' ||
    isTest(path) ||
    entry.startsWith(`${folder}/`) ||
    isOfEngine(allowed, entry);
  return isFree || allowed.includes(specifier) ? [] : [`${folder} may not import ${specifier}`];
}

/** The engine's entries stand apart for their size, not for secrets: whoever has one has all. */
function isOfEngine(allowed: readonly string[], entry: string): boolean {
  return allowed.includes('#engine') && entry.startsWith('engine/');
}

function isForReference({ specifier, isTypeOnly }: Import): boolean {
  return isTypeOnly || specifier.startsWith('.');
}

/** Each circle of value imports between the files of one folder, as the path around it. */
export function findImportCycles(sources: readonly Source[]): string[] {
  const targets = new Map(sources.map(source => [source.path, valueImports(source)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const follow = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path)) return;
    done.add(path);
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
  };
  for (const path of targets.keys()) follow(path, []);
  return cycles;
}

function valueImports({ path, tree }: Source): string[] {
  return importsOf(tree)
    .filter(({ specifier, isTypeOnly }) => specifier.startsWith('.') && !isTypeOnly)
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier));
}

function importsOf(tree: Node | undefined): Import[] {
  const imports: Import[] = [];
  if (tree === undefined) return imports;
  walk(tree, node => {
    const source = node.source as Node | null | undefined;
    if (!/^(Import|Export)/.test(node.type) || typeof source?.value !== 'string') return;
    const specifiers = (node.specifiers as readonly Node[] | undefined) ?? [];
    const areTypes = specifiers.length > 0 && specifiers.every(isType);
    imports.push({ specifier: source.value, isTypeOnly: isType(node) || areTypes });
  });
  return imports;
}

function isType({ importKind, exportKind }: Node): boolean {
  return (importKind ?? exportKind) === 'type';
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}
