/** What operators' tools and a running gateway say to each other: one question, one answer. */

import type { ByteReader } from '#engine';
import { badFrame, createFrameEncoder } from '#engine';
import { STATEMENT_BYTES_MAX } from '../position-statement.ts';
import { OPERATOR_BYTES_MAX } from './signed-command.ts';

/*
   tool                              gateway
   command: bytes as signed ───▶
                            ◀─── answer: an OperatorOutcome as JSON, once the command was stepped
   statement: JSON ────────────▶
                            ◀─── answer: an OperatorOutcome as JSON, likewise
   show ───────────────────────▶
                            ◀─── answer: a RiskListing as JSON

   command  1  bytes | show  2  (nothing) | answer  3  text | statement  4  bytes

   Frames are those of engine/network. Nobody logs in: a command is as good as its signature.
*/
const KINDS = { command: 1, show: 2, answer: 3, statement: 4 } as const;
const BYTES_MAX = { command: OPERATOR_BYTES_MAX, statement: STATEMENT_BYTES_MAX } as const;
const ANSWER_BYTES_MAX = 1_000_000;

/** Of what is journalled and stepped. */
export type ControlOrder = { kind: 'command' | 'statement'; bytes: Uint8Array };
export type ControlQuestion = ControlOrder | { kind: 'show' };

/** The socket in a gateway's folder; its owner alone can reach it. */
export const CONTROL_SOCKET = 'control.sock';

export function questionFrame(question: ControlQuestion): Uint8Array {
  const encode = createFrameEncoder();
  if (question.kind === 'show') return encode(KINDS.show);
  const { kind, bytes } = question;
  return encode(KINDS[kind], fields => fields.bytes(kind, bytes, BYTES_MAX[kind]));
}

export const answerFrame = (answer: object): Uint8Array =>
  createFrameEncoder()(KINDS.answer, fields =>
    fields.text('answer', JSON.stringify(answer), ANSWER_BYTES_MAX),
  );

export function readQuestion(kind: number, fields: ByteReader): ControlQuestion {
  switch (kind) {
    case KINDS.command:
      return { kind: 'command', bytes: fields.bytes('command', OPERATOR_BYTES_MAX).slice() };
    case KINDS.statement:
      return { kind: 'statement', bytes: fields.bytes('statement', STATEMENT_BYTES_MAX).slice() };
    case KINDS.show:
      return { kind: 'show' };
    default:
      throw badFrame(`kind is ${kind}`, 'send a command, a statement or show');
  }
}

/** JSON of whatever was asked for. */
export function readAnswer(kind: number, fields: ByteReader): unknown {
  if (kind === KINDS.answer) return JSON.parse(fields.text('answer', ANSWER_BYTES_MAX));
  throw badFrame(`kind is ${kind}`, 'a gateway sends answers');
}
