/** What every source file keeps to, as one function a rule. */

import { lineAt, type Node, type Source, walk } from './source-tree.ts';

/** A place that breaks a rule; `size` is the measure where the rule is a limit, else 1. */
export type Finding = { readonly text: string; readonly size: number };

export type Rule = (source: Source) => Finding[];

/** By the name that findings and the allow-list carry. */
export const TIDY_RULES: Readonly<Record<string, Rule>> = {
  'file length': fileLength,
  'function length': functionLength,
  'line width': lineWidth,
  exports: exportCount,
  parameters: parameterCount,
  'file name': fileName,
  header,
  'banned syntax': bannedSyntax,
  'outside world': outsideWorld,
  'unfinished work': unfinishedWork,
  'skipped tests': skippedTests,
};

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;
const COLUMNS_MAX = 100;
const EXPORTS_MAX = 8;
const PARAMETERS_MAX = 3;

/** One concept a file. */
function fileLength({ path, text }: Source): Finding[] {
  const lines = lineAt(text.trimEnd(), text.length);
  if (lines <= FILE_LINES_MAX || path.includes('generated')) return [];
  return [{ text: `${lines} lines, at most ${FILE_LINES_MAX}`, size: lines }];
}

function lineWidth({ text }: Source): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const columns = [...line].length;
    return columns > COLUMNS_MAX
      ? [{ text: `line ${index + 1} has ${columns} columns, at most ${COLUMNS_MAX}`, size: 1 }]
      : [];
  });
}

/** A `describe` holds tests rather than steps, so its callback may be as long as it likes. */
function functionLength({ text, tree }: Source): Finding[] {
  const spans: { start: number; lines: number }[] = [];
  if (tree === undefined) spans.push(...rustFunctions(text));
  else {
    walk(tree, (node, parent) => {
      if (!isFunction(node) || (parent !== undefined && isDescribe(parent))) return;
      const start = lineAt(text, node.start);
      spans.push({ start, lines: lineAt(text, node.end) - start + 1 });
    });
  }
  return spans
    .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
    .map(({ start, lines }) => ({
      text: `the function at line ${start} has ${lines} lines, at most ${FUNCTION_LINES_MAX}`,
      size: lines,
    }));
}

/** rustfmt closes a function with a brace below the first column of its `fn` line. */
function rustFunctions(text: string): { start: number; lines: number }[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const indent = /^(\s*)(pub(\([a-z]+\))? )?((const|async|unsafe|extern "C") )*fn /.exec(
      line,
    )?.[1];
    if (indent === undefined || line.endsWith('}') || line.endsWith(';')) return [];
    const length = lines.slice(index).indexOf(`${indent}}`) + 1;
    return [{ start: index + 1, lines: length }];
  });
}

/** An index.ts is the one list of what a folder offers. */
function exportCount({ path, tree }: Source): Finding[] {
  if (tree === undefined || path.endsWith('index.ts')) return [];
  let count = 0;
  for (const statement of childList(tree, 'body')) {
    if (!statement.type.startsWith('Export')) continue;
    const declarations = statement.declaration as Node | null | undefined;
    const listed = childList(statement, 'specifiers').length;
    const declared = declarations ? childList(declarations, 'declarations').length || 1 : 0;
    count += listed + declared || 1;
  }
  return count > EXPORTS_MAX
    ? [{ text: `${count} exports, at most ${EXPORTS_MAX}`, size: count }]
    : [];
}

/** A callback's parameters are chosen by whoever calls it. */
function parameterCount({ text, tree }: Source): Finding[] {
  return findNodes(tree, (node, parent) => isFunction(node) && parent?.type !== 'CallExpression')
    .filter(node => childList(node, 'params').length > PARAMETERS_MAX)
    .map(node => {
      const count = childList(node, 'params').length;
      const place = `the function at line ${lineAt(text, node.start)}`;
      return { text: `${place} has ${count} parameters, at most ${PARAMETERS_MAX}`, size: 1 };
    });
}

/** Rust modules are identifiers and so cannot have hyphens. */
function fileName({ path }: Source): Finding[] {
  const parts = path.split('/');
  const name = parts.at(-1)!;
  const isWellFormed = name.endsWith('.rs')
    ? /^[a-z0-9]+(_[a-z0-9]+)*\.rs$/.test(name)
    : /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.(ts|mjs)$/.test(name);
  if (!isWellFormed) return [{ text: `${name} is not kebab-case`, size: 1 }];
  const vague = parts.find(part => /^(utils?|commons?|helpers?|misc)(\.|$)/.test(part));
  return vague ? [{ text: `${vague} says nothing about what is inside`, size: 1 }] : [];
}

function header({ path, text }: Source): Finding[] {
  const head = text.replace(/^#!.*\n/, '');
  const isThere = path.endsWith('.rs')
    ? /^\/\/! .*\./.test(head)
    : /^\/\*\*\s(?:(?!\*\/)[^.])*\./.test(head);
  return isThere ? [] : [{ text: 'begins without a sentence on what the file is', size: 1 }];
}

function bannedSyntax({ text, tree }: Source): Finding[] {
  const banned: Record<string, string> = {
    TSEnumDeclaration: 'an enum',
    TSAnyKeyword: 'any',
    TSModuleDeclaration: 'a namespace',
  };
  return findNodes(tree, node => node.type in banned).map(node => ({
    text: `${banned[node.type]} at line ${lineAt(text, node.start)}`,
    size: 1,
  }));
}

const WITH_PORTS = /^(engine|edge|verifier|gateway|law|market)\//;
const PORT = /^engine\/(.*[-/])?(clock|random)\.ts$/;
const OUTSIDE_CALLS = new Set([
  ...['Date.now', 'performance.now', 'process.hrtime', 'process.hrtime.bigint', 'Math.random'],
  ...['setTimeout', 'setInterval', 'crypto.randomUUID', 'crypto.getRandomValues'],
]);

/** Time and randomness enter through ports, or a run could not be replayed. */
function outsideWorld({ path, text, tree }: Source): Finding[] {
  if (!WITH_PORTS.test(path) || PORT.test(path) || path.endsWith('.test.ts')) return [];
  const calls = findNodes(tree, node => {
    const callee = (node.callee as Node | undefined) ?? node;
    const name = text.slice(callee.start, callee.end);
    if (node.type === 'CallExpression') return OUTSIDE_CALLS.has(name);
    const isNow = name === 'Date' && childList(node, 'arguments').length === 0;
    return node.type === 'NewExpression' && isNow;
  });
  return calls.map(node => {
    const call = text.slice(node.start, node.end).split('\n')[0];
    return { text: `${call} at line ${lineAt(text, node.start)}: take it from a port`, size: 1 };
  });
}

function unfinishedWork({ text }: Source): Finding[] {
  return [...text.matchAll(/\b(?:TO\x44O|FIX\x4dE|XX\x58)\b/g)].map(match => ({
    text: `${match[0]} at line ${lineAt(text, match.index)}: do it, or open an issue`,
    size: 1,
  }));
}

/** A test may be skipped where something is missing, and then its title says what it needs. */
function skippedTests({ path, text, tree }: Source): Finding[] {
  if (!path.endsWith('.test.ts')) return [];
  return findNodes(tree, node => node.type === 'CallExpression').flatMap(node => {
    const callee = text.slice((node.callee as Node).start, (node.callee as Node).end);
    const first = childList(node, 'arguments')[0];
    const title = first === undefined ? '' : text.slice(first.start, first.end);
    const isBare =
      /^(it|test|describe|suite)\b.*\.(skip|todo|only|fails)$/s.test(callee) ||
      (/^(context|ctx|task)\.skip$/.test(callee) && title === '');
    const isMute = /^(it|test|describe)\.(skipIf|runIf)\(/.test(callee) && !/needs /.test(title);
    const place = `at line ${lineAt(text, node.start)}`;
    if (isBare) return [{ text: `${callee} ${place}: no reason is printed`, size: 1 }];
    return isMute ? [{ text: `${callee} ${place}: say "needs ..." in the title`, size: 1 }] : [];
  });
}

function findNodes(
  tree: Node | undefined,
  isWanted: (node: Node, parent: Node | undefined) => boolean,
): Node[] {
  const found: Node[] = [];
  if (tree !== undefined) walk(tree, (node, parent) => isWanted(node, parent) && found.push(node));
  return found;
}

function isFunction({ type, body }: Node): boolean {
  const kinds = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
  return kinds.includes(type) && body !== null;
}

function isDescribe(node: Node): boolean {
  let callee: Node | undefined = node.type === 'CallExpression' ? node : undefined;
  while (callee?.type === 'CallExpression' || callee?.type === 'MemberExpression') {
    callee = (callee.callee ?? callee.object) as Node;
  }
  return callee?.name === 'describe';
}

function childList(node: Node, field: string): readonly Node[] {
  return (node[field] as readonly Node[] | undefined) ?? [];
}
