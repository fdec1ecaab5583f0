/** Help texts, written from what the options themselves say. */
import { z } from 'zod';
import { type ConfigName, configSchema } from '../config.ts';
import { type Command, kebabCase } from './command.ts';

const NAME_COLUMNS = 30;

export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  return [
    'outrider: ticks in, verified forecasts, risk-checked FIX orders out',
    '',
    'usage: npx outrider COMMAND [options]        npm start -- [options] is `outrider run`',
    '',
    ...list,
    '',
    '`outrider COMMAND --help` lists the options of a command with their units and defaults.',
    'Options may also stand in outrider.config.json, under the same names in camel case.',
  ].join('\n');
}

type JsonSchema = {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  /** How a text is written, where the schema says so. */
  form?: string;
  anyOf?: JsonSchema[];
};

/** One block an option of a run: name, form, what it does, default. */
export function configOptionLines(names?: readonly ConfigName[]): string[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as unknown as {
    properties: Record<string, JsonSchema>;
  };
  return Object.entries(schema.properties)
    .filter(([name]) => names === undefined || names.includes(name as ConfigName))
    .map(([name, property]) => optionLine(kebabCase(name), property));
}

export function optionLine(name: string, property: JsonSchema): string {
  const form = formOf(property);
  const head = `  --${name}${form === '' ? '' : ` ${form}`}`;
  const isPlain = property.default === undefined || property.default === false;
  const isList = Array.isArray(property.default);
  const given = isPlain || isList ? '' : ` [${String(property.default)}]`;
  return `${head.padEnd(NAME_COLUMNS)} ${property.description ?? ''}${given}`;
}

function formOf(property: JsonSchema): string {
  if (property.form !== undefined) return property.form;
  if (property.enum !== undefined) return property.enum.join('|');
  if (property.const !== undefined) return String(property.const);
  if (property.anyOf !== undefined) return property.anyOf.map(formOf).join('|');
  switch (property.type) {
    case 'boolean':
      return '';
    case 'integer':
    case 'number':
      return 'N';
    default:
      return 'TEXT';
  }
}
