/** Options of a process's operations: where it is asked how it is, what it logs and traces. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { LogLevel } from '#engine/operations';
import { type Address, parseAddress } from '../commands/address.ts';

/** Named here too: most processes never load what logs them. */
const LOG_LEVELS = [
  'debug',
  'info',
  'warn',
  'error',
  'silent',
] as const satisfies readonly LogLevel[];
const OPERATIONS = 'where /metrics, /healthz and /readyz answer over HTTP; port 0: any free [none]';
const LOG_LEVEL = 'logs of this level on as JSON to the standard error [plain text]';

/** Of a run. None has a default, so that a log begun without them says nothing of them. */
export const operationsOptions = {
  operations: z
    .string()
    .regex(/^.+:\d{1,5}$/, 'give HOST:PORT')
    .meta({ form: 'HOST:PORT' })
    .optional()
    .describe(OPERATIONS),
  logLevel: z.enum(LOG_LEVELS).optional().describe(LOG_LEVEL),
  traces: z
    .url()
    .meta({ form: 'URL' })
    .optional()
    .describe('of a collector of sampled traces, such as http://127.0.0.1:4318/v1/traces [none]'),
  tracesEvery: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('one decision in so many is traced [1000]'),
};

export const OPERATIONS_OPTION_NAMES = Object.keys(
  operationsOptions,
) as readonly (keyof typeof operationsOptions)[];

/** Of the other processes, as `parseOptions` takes them. */
export const OPERATIONS_KINDS = { operations: 'text', logLevel: 'text' } as const;

export const OPERATIONS_LINES = [
  `  --operations HOST:PORT       ${OPERATIONS}`,
  `  --log-level ${LOG_LEVELS.join('|')}`,
  `                               ${LOG_LEVEL}`,
];

export type OperationsSettings = {
  readonly operations: Address | undefined;
  readonly logLevel: LogLevel | undefined;
};

/** Throws `bad-usage` naming the option, its value and the remedy. */
export function readOperations(values: {
  readonly operations?: unknown;
  readonly logLevel?: unknown;
}): OperationsSettings {
  const { operations, logLevel } = values;
  const level = LOG_LEVELS.find(each => each === logLevel);
  if (logLevel !== undefined && level === undefined) {
    const text = `logLevel: ${String(logLevel)}; give ${LOG_LEVELS.join(', ')}`;
    throw new OutriderError('bad-usage', text);
  }
  const address = operations === undefined ? undefined : parseAddress('operations', operations);
  return { operations: address, logLevel: level };
}
