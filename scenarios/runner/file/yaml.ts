/** A YAML file against a schema: what is wrong is said with file, line, field, value and remedy. */
import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { OutriderError } from '#engine';

export type Yaml = {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** As plain objects and lists. */
  readonly value: unknown;
};

const FILE_BYTES_MAX = 1 << 20;
const VALUE_CHARACTERS_MAX = 60;

/** Throws `bad-config` for a file that cannot be read or is no YAML. */
export function openYaml(file: string): Yaml {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw bad(`${file}: cannot be read; give the path of a scenario file`, cause);
  }
  return parseYaml(text, file);
}

export function parseYaml(text: string, file: string): Yaml {
  if (text.length > FILE_BYTES_MAX) throw bad(`${file}: more than 1 MiB; is it the right file?`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw bad(`${file}: ${error.message.split('\n')[0]}`, error);
  return { file, text, document, lines, value: plainValue(document, file) };
}

/** Whether the file has a field at its top, by which its kind is told. */
export const hasField = ({ value }: Yaml, field: string): boolean =>
  typeof value === 'object' && value !== null && field in value;

/** Throws `bad-config` with a line for each problem. */
export function checked<Schema extends z.ZodType>(source: Yaml, schema: Schema): z.output<Schema> {
  const { file, text, document, lines, value } = source;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const node = nodeAt(document, path);
    const line = node?.range ? lines.linePos(node.range[0]).line : 1;
    const shown = node && `${text.slice(...ends(node)).slice(0, VALUE_CHARACTERS_MAX)}: `;
    return `${file}:${line}: ${path.join('.') || 'file'}: ${shown ?? ''}${message}`;
  });
  throw bad(problems.join('\n'));
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw bad(`${file}: ${(cause as Error).message}`, cause);
  }
}

type Located = { range?: [number, number, number] | null };

/** The node of an issue, or the nearest one around it that is there. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Located | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Located | undefined;
    if (node?.range) return node;
  }
  return undefined;
}

const ends = ({ range }: Located): [number, number] => [range![0], range![1]];

const bad = (message: string, cause?: unknown) =>
  new OutriderError('bad-config', message, { cause });
