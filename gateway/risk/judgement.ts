/** One call of the twin under way: what it is about. */
import { type Amount, createAmount } from '../account/amount.ts';
import { ANSWER, HEADER, INTENT, PART } from './layout.ts';
import { SCOPE } from './scope-layout.ts';

export type Judgement = {
  readonly memory: Float64Array;
  /** Where the scopes of the call begin in memory, by kind. */
  readonly scopes: Int32Array;
  /** Kinds of those that have limits; `count` of them. */
  readonly limited: Int32Array;
  count: number;
  /** What they give to do, see needs.ts. */
  needs: number;
  /** Under check; what it sees, a number or money: in arrays, where a double is no object. */
  rule: number;
  readonly seen: Float64Array;
  readonly amount: Amount;
  /** Where the line and the instrument of the call begin. */
  line: number;
  instrument: number;
  /** Where its record begins: the intent or the event. */
  input: number;
  /** Told of each limit that is held against what a rule sees; where a replay traces it. */
  onHeld: OnHeld | undefined;
};

/** Of the scope of a kind: a limit's place in memory; of money, `amount` is what was seen. */
export type OnHeld = (kind: number, limitAt: number, isMoney: boolean) => void;

const KINDS = 6;

export const createJudgement = (memory: Float64Array): Judgement => ({
  ...{ memory, scopes: new Int32Array(KINDS), limited: new Int32Array(KINDS), count: 0 },
  needs: 0,
  ...{ rule: 0, seen: new Float64Array(1), amount: createAmount() },
  ...{ line: 0, instrument: 0, input: PART.intent as number },
  onHeld: undefined,
});

/** Finds what the record at `input` is about; false where it names what is not there. */
export function select(judgement: Judgement, input: number): boolean {
  const { memory, scopes } = judgement;
  judgement.input = input;
  judgement.count = 0;
  judgement.needs = 0;
  memory[PART.answer + ANSWER.alerts] = 0;
  let first = 0;
  for (let kind = 0; kind < KINDS; kind++) {
    const size = kind === 0 ? 1 : memory[HEADER.venues + kind - 1]!;
    const index = kind === 0 ? 0 : memory[input + INTENT.venue + kind - 1]!;
    if (!(Math.floor(index) === index && index >= 0 && index < size)) return false;
    const scope = memory[HEADER.scopesAt]! + (first + index) * PART.scopeValues;
    scopes[kind] = scope;
    const needs = memory[scope + SCOPE.isLimited]!;
    judgement.needs |= needs;
    if (needs !== 0) judgement.limited[judgement.count++] = kind;
    first += size;
  }
  const strategy = memory[input + INTENT.strategy]!;
  const instrument = memory[input + INTENT.instrument]!;
  const line = instrument * memory[HEADER.strategies]! + strategy;
  judgement.line = memory[HEADER.linesAt]! + line * PART.lineValues;
  judgement.instrument = memory[HEADER.instrumentsAt]! + instrument * PART.instrumentValues;
  return true;
}
