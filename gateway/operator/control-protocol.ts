/** What operators' tools and a running gateway say to each other: one question, one answer. */

import type { ByteReader } from '#engine';
import { badFrame, createFrameEncoder } from '#engine';
import { OPERATOR_BYTES_MAX } from './signed-command.ts';

/*
   tool                              gateway
   command: bytes as signed ───▶
                            ◀─── answer: an OperatorOutcome as JSON, once the command was stepped
   show ───────────────────────▶
                            ◀─── answer: a RiskListing as JSON

   command  1  bytes | show  2  (nothing) | answer  3  text

   Frames are those of engine/network. Nobody logs in: a command is as good as its signature.
*/
const KINDS = { command: 1, show: 2, answer: 3 } as const;
const ANSWER_BYTES_MAX = 1_000_000;

export type ControlQuestion = { kind: 'command'; bytes: Uint8Array } | { kind: 'show' };

/** The socket in a gateway's folder; its owner alone can reach it. */
export const CONTROL_SOCKET = 'control.sock';

export function questionFrame(question: ControlQuestion): Uint8Array {
  const encode = createFrameEncoder();
  if (question.kind === 'show') return encode(KINDS.show);
  return encode(KINDS.command, fields =>
    fields.bytes('command', question.bytes, OPERATOR_BYTES_MAX),
  );
}

export const answerFrame = (answer: object): Uint8Array =>
  createFrameEncoder()(KINDS.answer, fields =>
    fields.text('answer', JSON.stringify(answer), ANSWER_BYTES_MAX),
  );

export function readQuestion(kind: number, fields: ByteReader): ControlQuestion {
  switch (kind) {
    case KINDS.command:
      return { kind: 'command', bytes: fields.bytes('command', OPERATOR_BYTES_MAX).slice() };
    case KINDS.show:
      return { kind: 'show' };
    default:
      throw badFrame(`kind is ${kind}`, 'send a command or show');
  }
}

/** JSON of whatever was asked for. */
export function readAnswer(kind: number, fields: ByteReader): unknown {
  if (kind === KINDS.answer) return JSON.parse(fields.text('answer', ANSWER_BYTES_MAX));
  throw badFrame(`kind is ${kind}`, 'a gateway sends answers');
}
