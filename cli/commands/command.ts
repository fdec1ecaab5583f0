/** A command of the command line, and how its options are read. */
import { parseArgs } from 'node:util';
import { OutriderError } from '#engine';

export type Command = {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  help(): string;
  /** Resolves to the exit status. */
  run(given: string[]): Promise<number>;
};

/** `text`, `flag`, or `texts` for an option that may be given again. */
export type OptionKind = 'text' | 'flag' | 'texts';

export type ParsedOptions = {
  values: Record<string, string | boolean | string[]>;
  positionals: string[];
};

/** Reads `--kebab-case` options; an unknown one, or one without its value, is refused by name. */
export function parseOptions(
  given: string[],
  kinds: Readonly<Record<string, OptionKind>>,
  positionalsMax = 0,
): ParsedOptions {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      kebabCase(name),
      { type: kind === 'flag' ? 'boolean' : 'string', multiple: kind === 'texts' } as const,
    ]),
  );
  const parsed = parse(given, options);
  if (parsed.positionals.length > positionalsMax) {
    const extra = parsed.positionals[positionalsMax];
    throw new OutriderError('bad-usage', `${extra}: not an option; options begin with --`);
  }
  const values = Object.fromEntries(
    Object.entries(parsed.values).map(([name, value]) => [camelCase(name), value]),
  );
  return { values: values as ParsedOptions['values'], positionals: parsed.positionals };
}

function parse(args: string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    return parseArgs({ args, options: options ?? {}, allowPositionals: true, strict: true });
  } catch (cause) {
    const [message] = (cause as Error).message.split('. ');
    throw new OutriderError('bad-usage', `${message}; --help lists the options`, { cause });
  }
}

export const kebabCase = (name: string) => name.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);

const camelCase = (name: string) => name.replace(/-([a-z])/g, (_, c: string) => c.toUpperCase());
