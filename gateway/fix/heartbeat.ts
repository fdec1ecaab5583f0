/** Heartbeat (0): a sign of life, or the answer to a TestRequest. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type Heartbeat = {
  msgType: '0';
  /** The TestRequest this one answers. */
  testReqId?: string | undefined;
};

/** `[112=testReqId]` */
export function encodeHeartbeat(writer: FieldWriter, heartbeat: Heartbeat): void {
  writer.optionalText(Tag.testReqId, heartbeat.testReqId);
}

export function decodeHeartbeat(reader: FieldReader): Heartbeat {
  return { msgType: '0', testReqId: reader.optionalText(Tag.testReqId) };
}
