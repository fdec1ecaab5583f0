/** Judges a parsed message by the dictionary of FIX 4.4, as far as a session's rules ask for it. */
import type { FieldProblem, FixView } from '../parse.ts';
import { RejectReason, Tag } from '../tag.ts';
import { type Dictionary, fix44, type GroupLayout, type Layout } from './read-dictionary.ts';
import { isWellFormed } from './value-format.ts';

/** What is looked at, by the names and with the defaults of QuickFIX's settings. */
export type DictionaryRules = {
  /** Header before body before trailer. Default true. */
  validateFieldsOutOfOrder: boolean;
  /** Default true. */
  validateFieldsHaveValues: boolean;
  /** Tags from 5000 on must be in the dictionary. Default true. */
  validateUserDefinedFields: boolean;
  /** Members of a group in their order. Default true. */
  validateUnorderedGroupFields: boolean;
  /** Tags below 5000 that the message has no place for pass. Default false. */
  allowUnknownMsgFields: boolean;
};

export const DICTIONARY_RULES: DictionaryRules = {
  validateFieldsOutOfOrder: true,
  validateFieldsHaveValues: true,
  validateUserDefinedFields: true,
  validateUnorderedGroupFields: true,
  allowUnknownMsgFields: false,
};

/** The first thing wrong; `garbled` is not to be answered; undefined where all is well. */
export type Verdict = FieldProblem | 'garbled' | undefined;

export const USER_DEFINED_TAG_MIN = 5_000;

/** One field in its place: `layout` is that of its header, message, trailer or group. */
type Placed = { tag: number; text: string; layout: Layout };

/** An entry of a group, or the message as a whole, as far as it was read. */
type Scope = { layout: Layout; seen: Set<number> };

type Walk = {
  view: FixView;
  rules: DictionaryRules;
  /** Index into `view.fields`, by threes. */
  at: number;
  placed: Placed[];
  /** What must hold all that its layout requires. */
  scopes: Scope[];
  counts: { tag: number; said: number; found: number }[];
  body: Layout;
};

/** Never throws, whatever the bytes; its work is bounded by the fields of the message. */
export function validateMessage(
  view: FixView,
  rules: DictionaryRules = DICTIONARY_RULES,
  dictionary: Dictionary = fix44(),
): Verdict {
  const parsed = view.problem;
  if (parsed?.reason === RejectReason.invalidTag) {
    return parsed.tag === undefined ? 'garbled' : parsed;
  }
  if (parsed?.reason === RejectReason.dataFormatIncorrect) return parsed;
  const message = dictionary.messages.get(view.msgType);
  const body = message ?? NO_FIELDS;
  const walk: Walk = { view, rules, at: 0, placed: [], scopes: [], counts: [], body };
  const misplaced = walkMessage(walk, dictionary);
  if (misplaced !== undefined) return misplaced;
  if (message === undefined) {
    return { reason: RejectReason.invalidMsgType, tag: undefined };
  }
  return missingField(walk) ?? wrongValue(walk, dictionary) ?? wrongCount(walk);
}

const NO_FIELDS: Layout = { places: new Map(), required: [], groups: new Map() };

/** Takes the fields in their order into header, body and trailer, and finds what is misplaced. */
function walkMessage(walk: Walk, { header, trailer }: Dictionary): FieldProblem | undefined {
  const parts = [header, walk.body, trailer];
  const scopes = parts.map(layout => ({ layout, seen: new Set<number>() }));
  walk.scopes.push(...scopes);
  const { fields } = walk.view;
  let part = 0;
  while (walk.at < fields.length) {
    const tag = fields[walk.at]!;
    const own = header.places.has(tag) ? 0 : trailer.places.has(tag) ? 2 : 1;
    if (own < part && walk.rules.validateFieldsOutOfOrder) {
      return { reason: RejectReason.tagOutOfOrder, tag };
    }
    part = Math.max(part, own);
    const problem = takeField(walk, scopes[own]!);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The next field, with all entries of the group that it may count. */
function takeField(walk: Walk, scope: Scope): FieldProblem | undefined {
  const { view, at } = walk;
  const tag = view.fields[at]!;
  if (scope.seen.has(tag)) return { reason: RejectReason.tagTwice, tag };
  scope.seen.add(tag);
  const text = valueAt(view, at);
  walk.placed.push({ tag, text, layout: scope.layout });
  walk.at += 3;
  const group = scope.layout.groups.get(tag);
  return group === undefined ? undefined : takeGroup(walk, { tag, text, group });
}

function takeGroup(
  walk: Walk,
  { tag: countTag, text, group }: { tag: number; text: string; group: GroupLayout },
): FieldProblem | undefined {
  const { fields } = walk.view;
  let entry: Scope | undefined;
  let found = 0;
  let place = -1;
  while (walk.at < fields.length) {
    const tag = fields[walk.at]!;
    if (tag === group.delimiter) {
      entry = { layout: group, seen: new Set() };
      walk.scopes.push(entry);
      found++;
      place = -1;
    } else if (entry === undefined) {
      if (!group.places.has(tag)) break;
      return withoutDelimiter(countTag, group, tag);
    } else if (!group.places.has(tag)) {
      if (!isPassedOver(walk, tag)) break;
    } else if (walk.rules.validateUnorderedGroupFields) {
      if (group.places.get(tag)! < place) return { reason: RejectReason.groupOutOfOrder, tag };
    }
    place = group.places.get(tag) ?? place;
    const problem = takeField(walk, entry!);
    if (problem !== undefined) return problem;
  }
  walk.counts.push({ tag: countTag, said: Number(text), found });
  return undefined;
}

function withoutDelimiter(countTag: number, group: GroupLayout, tag: number): FieldProblem {
  const text = `The group ${countTag} must set the delimiter field ${group.delimiter}`;
  return { reason: RejectReason.groupOutOfOrder, tag, text };
}

/** A field that has no place in the message either does not end the group it stands in. */
function isPassedOver({ body, rules }: Walk, tag: number): boolean {
  return !body.places.has(tag) && tag !== Tag.checkSum && isUnknownAllowed(rules, tag);
}

function isUnknownAllowed(rules: DictionaryRules, tag: number): boolean {
  const isOwn = tag >= USER_DEFINED_TAG_MIN;
  return isOwn ? !rules.validateUserDefinedFields : rules.allowUnknownMsgFields;
}

function missingField({ scopes }: Walk): FieldProblem | undefined {
  for (const { layout, seen } of scopes) {
    for (const tag of layout.required) {
      if (!seen.has(tag)) return { reason: RejectReason.requiredTagMissing, tag };
    }
  }
  return undefined;
}

function wrongValue({ placed, rules }: Walk, { fields }: Dictionary): FieldProblem | undefined {
  for (const { tag, text, layout } of placed) {
    if (text === '') {
      if (!rules.validateFieldsHaveValues) continue;
      return { reason: RejectReason.tagWithoutValue, tag };
    }
    const field = fields.get(tag);
    if (field !== undefined) {
      const { type, values } = field;
      if (!isWellFormed(type, text)) return { reason: RejectReason.dataFormatIncorrect, tag };
      const said = type === 'MULTIPLEVALUESTRING' ? text.split(' ') : [text];
      if (values !== undefined && !said.every(value => values.has(value))) {
        return { reason: RejectReason.valueIncorrect, tag };
      }
    }
    if (layout.places.has(tag) || isUnknownAllowed(rules, tag)) continue;
    const reason = field === undefined ? RejectReason.invalidTag : RejectReason.tagNotDefined;
    return { reason, tag };
  }
  return undefined;
}

function wrongCount({ counts }: Walk): FieldProblem | undefined {
  for (const { tag, said, found } of counts) {
    if (said !== found) return { reason: RejectReason.groupCountIncorrect, tag };
  }
  return undefined;
}

function valueAt({ bytes, fields }: FixView, at: number): string {
  return bytes.toString('latin1', fields[at + 1]!, fields[at + 2]!);
}
