/** What an operator may ask of a running gateway, and how it is said: in JSON. */
import { z } from 'zod';
import { SEQUENCE_MAX } from '../fix/parse.ts';
import { LIMIT_NAMES, SETTING_NAMES } from '../risk/limit-table.ts';

const scope = z.string().regex(/^[\x21-\x7e]{1,120}$/, 'give firm, or KIND:NAME');
const level = z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

const sequenceNumber = z.int().min(1).max(SEQUENCE_MAX).optional();

const actionSchema = z.discriminatedUnion('kind', [
  /** Halted blocks new orders and cancels what rests; reducing lets positions shrink alone. */
  z.strictObject({
    kind: z.literal('state'),
    scope,
    state: z.enum(['active', 'reducing', 'halted']),
  }),
  /** Both levels anew; one that is left out is no limit from then on. */
  z.strictObject({
    kind: z.literal('limit'),
    scope,
    name: z.enum(LIMIT_NAMES),
    ...{ soft: level, hard: level },
  }),
  z.strictObject({
    kind: z.literal('setting'),
    scope,
    name: z.enum(SETTING_NAMES),
    value: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  /** Whether an instrument is on the restricted list. */
  z.strictObject({ kind: z.literal('restrict'), symbol: scope, isRestricted: z.boolean() }),
  /** Sequence numbers that were agreed on with a venue; its halt ends. */
  z.strictObject({
    kind: z.literal('sequence'),
    venue: z.string().min(1).max(64),
    /** Both begin at 1 by the next Logon, 141=Y; else those that are given hold from then on. */
    reset: z.boolean(),
    nextOutgoing: sequenceNumber,
    nextIncoming: sequenceNumber,
  }),
  /** A node of a pair that is at this epoch shall trade, alone if need be. */
  z.strictObject({
    kind: z.literal('promote'),
    node: z.string().min(1).max(64),
    epoch: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  /** The venue says how orders stand: `order:CLORDID`, or all at work of a scope. */
  z.strictObject({ kind: z.literal('ask'), about: scope }),
  /** A desk holds what its venues have: it is in doubt no more. */
  z.strictObject({
    kind: z.literal('vouch'),
    strategy: z.string().min(1).max(64),
    symbol: scope,
  }),
]);

export type OperatorAction = z.output<typeof actionSchema>;

const commandSchema = z.strictObject({
  /** Of the section `operators`. */
  operator: z.string().min(1).max(32),
  /** SenderCompID at the gateway's first venue: a command for another gateway is refused. */
  gateway: z.string().min(1).max(64),
  /** When it was signed; it ascends from command to command of an operator. */
  unixMs: z.int().min(0),
  action: actionSchema,
});

export type OperatorCommand = z.output<typeof commandSchema>;

/** Undefined for a text that is no command. */
export function parseCommand(text: string): OperatorCommand | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = commandSchema.safeParse(given);
  return parsed.success ? parsed.data : undefined;
}

/** One text for one action, whoever asks: by it two operators are known to ask for the same. */
export function actionText(action: OperatorAction): string {
  return JSON.stringify(Object.fromEntries(Object.entries(action).sort(byName)));
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
