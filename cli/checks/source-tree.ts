/** The project's own source files, and the syntax trees of those in TypeScript. */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseAst } from 'vitest/node';

/** A syntax node in ESTree form; every other field is a child, a list of children or a value. */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export type Source = {
  /** From the project root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The tree of a .ts or .mjs file; other files have none. */
  readonly tree: Node | undefined;
};

const SOURCE = /\.(ts|mjs|rs)$/;
const OUTSIDE = new Set(['node_modules', 'target', 'runs', '.git']);

/** Reads every source file under `root`, in path order. */
export function readSources(root: string, folder = ''): Source[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter(entry => !OUTSIDE.has(entry.name))
    .flatMap(entry => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return readSources(root, path);
      return SOURCE.test(path) ? [sourceOf(path, readFileSync(join(root, path), 'utf8'))] : [];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Throws the parser's own error, with its position, when the text is no TypeScript. */
export function sourceOf(path: string, text: string): Source {
  const tree =
    extname(path) === '.rs' ? undefined : (parseAst(text, { lang: 'ts' }) as unknown as Node);
  return { path, text, tree };
}

/** Visits a node and everything below it, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void): void {
  const visitBelow = (below: Node, parent: Node | undefined) => {
    visit(below, parent);
    for (const field of Object.values(below)) {
      for (const child of Array.isArray(field) ? field : [field]) {
        if (isNode(child)) visitBelow(child, below);
      }
    }
  };
  visitBelow(node, undefined);
}

/** The line of a position, counted from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
