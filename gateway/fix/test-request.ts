/** TestRequest (1): asks the other side for a Heartbeat that carries the same id. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type TestRequest = { msgType: '1'; testReqId: string };

/** `112=testReqId` */
export function encodeTestRequest(writer: FieldWriter, request: TestRequest): void {
  writer.text(Tag.testReqId, request.testReqId);
}

export function decodeTestRequest(reader: FieldReader): TestRequest {
  return { msgType: '1', testReqId: reader.text(Tag.testReqId) };
}
