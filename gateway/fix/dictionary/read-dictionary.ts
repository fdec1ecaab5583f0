/** FIX 4.4 as data: every field, message, component and group, read from `fix44.txt`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant, OutriderError } from '#engine';

export type FieldDefinition = {
  tag: number;
  name: string;
  /** Such as `INT` or `UTCTIMESTAMP`, as FIX 4.4 names its data types. */
  type: string;
  /** The values allowed; undefined where any well-formed one is. */
  values: ReadonlySet<string> | undefined;
};

/** What a message, a header, a trailer or one entry of a group is made of. */
export type Layout = {
  /** Tag -> place in the description, from 0 on. */
  places: ReadonlyMap<number, number>;
  required: readonly number[];
  /** By the tag that counts the entries. */
  groups: ReadonlyMap<number, GroupLayout>;
};

/** `delimiter` begins each entry of the group. */
export type GroupLayout = Layout & { delimiter: number };

export type MessageDefinition = Layout & { name: string; isAdministrative: boolean };

export type Dictionary = {
  fields: ReadonlyMap<number, FieldDefinition>;
  messages: ReadonlyMap<string, MessageDefinition>;
  header: Layout;
  trailer: Layout;
};

let known: Dictionary | undefined;

/** The dictionary of FIX 4.4, read once. */
export function fix44(): Dictionary {
  known ??= readDictionary(readFileSync(join(import.meta.dirname, 'fix44.txt'), 'utf8'));
  return known;
}

/**
 * One line a definition, components before what uses them; throws `bad-data` for another line:
 *
 *     field 54 Side CHAR 1 2 3             tag, name, type, values allowed
 *     component Parties 453(448 447)       453 counts entries that begin with 448
 *     header 8! 9! 35!                     `!` after what is required
 *     trailer 93 89 10!
 *     message D NewOrderSingle app 11! @Parties 55!
 */
export function readDictionary(text: string): Dictionary {
  const fields = new Map<number, FieldDefinition>();
  const components = new Map<string, Member[]>();
  const messages = new Map<string, MessageDefinition>();
  const parts: { header?: Layout; trailer?: Layout } = {};
  for (const line of text.trim().split('\n')) {
    const [kind, first = '', name = '', category = '', ...rest] = line.split(' ');
    switch (kind) {
      case 'field': {
        const values = rest.length === 0 ? undefined : new Set(rest);
        fields.set(Number(first), { tag: Number(first), name, type: category, values });
        break;
      }
      case 'component':
        components.set(first, membersOf(afterWords(line, 2), components));
        break;
      case 'header':
      case 'trailer':
        parts[kind] = layoutOf(membersOf(afterWords(line, 1), components));
        break;
      case 'message': {
        const layout = layoutOf(membersOf(afterWords(line, 4), components));
        messages.set(first, { ...layout, name, isAdministrative: category === 'admin' });
        break;
      }
      default:
        throw new OutriderError('bad-data', `dictionary line ${line}: no such definition`);
    }
  }
  const { header, trailer } = parts;
  invariant(header !== undefined && trailer !== undefined, 'a dictionary has header and trailer');
  return { fields, messages, header, trailer };
}

type Member = { tag: number; isRequired: boolean; entry: Member[] | undefined };

function afterWords(line: string, count: number): string {
  return line.split(' ').slice(count).join(' ');
}

/** Members in their order, components replaced by what they hold. */
function membersOf(text: string, components: ReadonlyMap<string, Member[]>): Member[] {
  const words = text.match(/@\w+!?|\d+!?|[()]/g) ?? [];
  const open: Member[][] = [[]];
  for (const word of words) {
    const members = open.at(-1)!;
    if (word === '(') {
      const entry: Member[] = [];
      members.at(-1)!.entry = entry;
      open.push(entry);
    } else if (word === ')') {
      open.pop();
    } else if (word.startsWith('@')) {
      members.push(...componentMembers(word, components));
    } else {
      const tag = Number.parseInt(word, 10);
      members.push({ tag, isRequired: word.endsWith('!'), entry: undefined });
    }
  }
  invariant(open.length === 1, 'every group of a dictionary is closed');
  return open[0]!;
}

/** A component that may be left out asks for nothing. */
function componentMembers(word: string, components: ReadonlyMap<string, Member[]>): Member[] {
  const isRequired = word.endsWith('!');
  const members = components.get(word.slice(1, isRequired ? -1 : undefined));
  invariant(members !== undefined, 'a component is described before it is used');
  return members.map(member => ({ ...member, isRequired: isRequired && member.isRequired }));
}

function layoutOf(members: readonly Member[]): Layout {
  const groups = new Map<number, GroupLayout>();
  for (const { tag, entry } of members) {
    if (entry !== undefined) groups.set(tag, { ...layoutOf(entry), delimiter: entry[0]!.tag });
  }
  return {
    places: new Map(members.map(({ tag }, place) => [tag, place])),
    required: members.filter(member => member.isRequired).map(({ tag }) => tag),
    groups,
  };
}
