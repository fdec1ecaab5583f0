/**
 * Positions as a venue, a clearer or a back office states them, held against ours: what differs
 * beyond the tolerance may only shrink until operators have said (risk/controls/reconciliation.ts).
 */
import { z } from 'zod';
import type { GatewayEffects } from './effects.ts';
import type { OperatorOutcome } from './operator/operator-terms.ts';
import type { Desk } from './order/desk.ts';
import { CALL, EVENT, PART } from './risk/layout.ts';
import { writePlace } from './risk/risk.ts';
import { callRisk, syncDesk } from './risk/sync.ts';
import { type GatewayState, strategyAt } from './state.ts';

export const STATEMENT_BYTES_MAX = 65_536;

/** So many differences are told one by one. */
const TOLD_MAX = 20;

const name = z.string().min(1).max(64);
const statementSchema = z.strictObject({
  /** Who states it. */
  source: name,
  /** Of each account that it names; an instrument that is not listed for it is flat there. */
  positions: z
    .array(z.strictObject({ account: name, instrument: name, lots: z.int() }))
    .min(1)
    .max(4096),
});

type Statement = z.output<typeof statementSchema>;

/** As the log has it: the bytes of a JSON document. The same bytes have the same outcome. */
export function takeStatement(
  state: GatewayState,
  bytes: Uint8Array,
  effects: GatewayEffects,
): OperatorOutcome {
  const statement = readStatement(bytes);
  if (typeof statement === 'string') return { status: 'refused', operator: '', text: statement };
  const { source: operator } = statement;
  const stranger = strangerIn(state, statement);
  if (stranger !== undefined) return { status: 'refused', operator, text: stranger };
  const told: string[] = [];
  let compared = 0;
  for (const account of new Set(statement.positions.map(each => each.account))) {
    for (const [instrument, { symbol }] of state.config.instruments.entries()) {
      const desks = desksOf(state, account, instrument);
      const ours = desks.reduce((sum, { holding }) => sum + holding.positionLots, 0);
      const theirs = statedLots(statement, account, symbol);
      compared++;
      if (ours !== theirs) told.push(`${account} ${symbol}: ours ${ours}, theirs ${theirs}`);
      for (const desk of desks) reconcile(state, { desk, byLots: theirs - ours }, effects);
    }
  }
  const differing = told.slice(0, TOLD_MAX).map(text => `; ${text}`);
  const text = `${compared} positions of ${operator} compared, ${told.length} differ`;
  const status = told.length === 0 ? 'applied' : 'differs';
  return { status, operator, text: text + differing.join('') };
}

/** The statement, or why these bytes are none. */
function readStatement(bytes: Uint8Array): Statement | string {
  let given: unknown;
  try {
    given = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return 'the statement is no JSON';
  }
  const read = statementSchema.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    return `the statement: ${issue!.path.join('.')}: ${issue!.message}`;
  }
  const rows = read.data.positions.map(({ account, instrument }) => `${account} ${instrument}`);
  const twice = rows.find((row, at) => rows.indexOf(row) !== at);
  return twice === undefined ? read.data : `the statement: ${twice} stands twice`;
}

/** What it names and this gateway does not have. */
function strangerIn(state: GatewayState, { positions }: Statement): string | undefined {
  const symbols = state.config.instruments.map(({ symbol }) => symbol);
  for (const { account, instrument } of positions) {
    if (!symbols.includes(instrument)) return unknown('instrument', instrument, symbols);
    if (desksOf(state, account, 0).length === 0) {
      const accounts = new Set(state.desks.map(desk => accountOf(state, desk)));
      return unknown('account', account, [...accounts]);
    }
  }
  return undefined;
}

const unknown = (what: string, given: string, known: readonly string[]) =>
  `${what} ${given}: not of this gateway; it has ${known.slice(0, TOLD_MAX).join(', ')}`;

const accountOf = (state: GatewayState, { strategy }: Desk) => strategyAt(state, strategy).account;

const desksOf = (state: GatewayState, account: string, instrument: number): Desk[] =>
  state.desks.filter(desk => desk.instrument === instrument && accountOf(state, desk) === account);

const statedLots = ({ positions }: Statement, account: string, symbol: string) =>
  positions.find(each => each.account === account && each.instrument === symbol)?.lots ?? 0;

/** Whose strategy the difference is nobody knows: all of the account are held to it. */
function reconcile(
  state: GatewayState,
  { desk, byLots }: { desk: Desk; byLots: number },
  effects: GatewayEffects,
): void {
  if (state.config.risk === undefined) return;
  const { memory } = state.risk;
  syncDesk(state, desk, effects);
  memory[PART.event + EVENT.positionLots] = desk.holding.positionLots + byLots;
  memory[PART.event + EVENT.venue] = 0;
  writePlace(memory, PART.event, desk);
  callRisk(state, CALL.reconcile, effects);
}
