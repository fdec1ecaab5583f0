/** The one error type: a code for programs, a message that names field, value and remedy. */

export type ErrorCode =
  | 'bad-config'
  | 'bad-data'
  | 'bad-frame'
  | 'bad-log'
  | 'bad-model'
  | 'bad-usage'
  | 'disk'
  | 'fenced'
  | 'kernel'
  | 'limit'
  | 'network'
  | 'protocol'
  | 'replay';

export class OutriderError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutriderError';
    this.code = code;
  }
}

/** Throws when an invariant of the program itself is broken: a bug, never bad input. */
export function invariant(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new Error(`Invariant: ${statement}`);
}
