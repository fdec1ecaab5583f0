/** The options of a run as the command line gives them, read by the schema's own types. */
import { z } from 'zod';
import { type ConfigName, configSchema, loadConfig, type RunConfig } from '../config.ts';
import { type OptionKind, parseOptions } from './command.ts';

type Property = { type?: string; anyOf?: { type?: string }[] };

const PROPERTIES = (
  z.toJSONSchema(configSchema, { io: 'input' }) as unknown as {
    properties: Record<ConfigName, Property>;
  }
).properties;

/** Reads all options of a run, or those named, with the configuration file beneath them. */
export function readConfigOptions(given: string[], names?: readonly ConfigName[]): RunConfig {
  const { values } = parseOptions(given, configKinds(names));
  return configOf(values);
}

/** How the options named are given, or all of a run. */
export function configKinds(names?: readonly ConfigName[]): Record<string, OptionKind> {
  const wanted = names ?? (Object.keys(PROPERTIES) as ConfigName[]);
  return Object.fromEntries(wanted.map(name => [name, kindOf(PROPERTIES[name])]));
}

/** The configuration of option values that are still text. */
export function configOf(values: Record<string, string | boolean | string[]>): RunConfig {
  return loadConfig(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' && isNumeric(PROPERTIES[name as ConfigName])
          ? numberOr(value)
          : value,
      ]),
    ),
  );
}

export function kindOf(property: Property): OptionKind {
  if (property.type === 'boolean') return 'flag';
  return property.type === 'array' ? 'texts' : 'text';
}

const NUMERIC = new Set(['integer', 'number']);

const isNumeric = ({ type = '', anyOf = [] }: Property) =>
  NUMERIC.has(type) || anyOf.some(choice => NUMERIC.has(choice.type ?? ''));

/** What is no number stays text, so that the schema can name it. */
function numberOr(text: string): number | string {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}
