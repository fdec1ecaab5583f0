/** Logon (A): opens a session and agrees on the heartbeat interval. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type Logon = {
  msgType: 'A';
  /** Whole seconds; 0 means no heartbeats. */
  heartBtInt: number;
  /** Both sides begin again at number 1. */
  resetSeqNumFlag: boolean;
  /** The number the sender expects next: what it missed is resent unasked. */
  nextExpectedMsgSeqNum?: number | undefined;
  username?: string | undefined;
  password?: string | undefined;
};

const NOT_ENCRYPTED = ['0'] as const;

/** `98=0|108=heartBtInt|[141=Y]|[553=username]|[554=password]|[789=next]` */
export function encodeLogon(writer: FieldWriter, logon: Logon): void {
  writer.text(Tag.encryptMethod, '0');
  writer.integer(Tag.heartBtInt, logon.heartBtInt);
  if (logon.resetSeqNumFlag) writer.flag(Tag.resetSeqNumFlag, true);
  writer.optionalText(Tag.username, logon.username);
  writer.optionalText(Tag.password, logon.password);
  writer.optionalInteger(Tag.nextExpectedMsgSeqNum, logon.nextExpectedMsgSeqNum);
}

export function decodeLogon(reader: FieldReader): Logon {
  reader.code(Tag.encryptMethod, NOT_ENCRYPTED);
  return {
    msgType: 'A',
    heartBtInt: reader.integer(Tag.heartBtInt),
    resetSeqNumFlag: reader.flag(Tag.resetSeqNumFlag),
    username: reader.optionalText(Tag.username),
    password: reader.optionalText(Tag.password),
    nextExpectedMsgSeqNum: reader.optionalInteger(Tag.nextExpectedMsgSeqNum),
  };
}
