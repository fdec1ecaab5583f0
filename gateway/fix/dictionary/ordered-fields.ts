/** The body of a message with its fields ascending, each group whole behind its count. */

import type { FixView } from '../parse.ts';
import { type RawField, rawField } from '../raw-field.ts';
import { type Dictionary, fix44, type GroupLayout } from './read-dictionary.ts';

/** Fields of header and trailer are left out, wherever they stand. */
export function ascendingBody(view: FixView, dictionary: Dictionary = fix44()): RawField[] {
  const { header, trailer, messages } = dictionary;
  const groups = messages.get(view.msgType)?.groups;
  const runs: { tag: number; fields: RawField[] }[] = [];
  const { fields } = view;
  for (let at = 0; at < fields.length; ) {
    const tag = fields[at]!;
    const group = groups?.get(tag);
    const end = group === undefined ? at + 3 : groupEnd(fields, at + 3, group);
    if (!header.places.has(tag) && !trailer.places.has(tag)) {
      runs.push({ tag, fields: rawFields(view, at, end) });
    }
    at = end;
  }
  return runs.sort((a, b) => a.tag - b.tag).flatMap(run => run.fields);
}

function rawFields(view: FixView, start: number, end: number): RawField[] {
  const fields: RawField[] = [];
  for (let at = start; at < end; at += 3) fields.push(rawField(view, at));
  return fields;
}

/** The place after the last member of a group, groups in it included. */
function groupEnd(fields: readonly number[], start: number, group: GroupLayout): number {
  let at = start;
  while (at < fields.length && group.places.has(fields[at]!)) {
    const inner = group.groups.get(fields[at]!);
    at = inner === undefined ? at + 3 : groupEnd(fields, at + 3, inner);
  }
  return at;
}
