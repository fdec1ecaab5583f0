/** Logout (5): ends a session, or confirms its end. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type Logout = { msgType: '5'; text?: string | undefined };

/** `[58=text]` */
export function encodeLogout(writer: FieldWriter, logout: Logout): void {
  writer.optionalText(Tag.text, logout.text);
}

export function decodeLogout(reader: FieldReader): Logout {
  return { msgType: '5', text: reader.optionalText(Tag.text) };
}
